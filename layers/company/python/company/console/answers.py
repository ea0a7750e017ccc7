"""An answer of the owner on the console: given once, with the sentence that says what came of it."""

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.rendering import see_other
from company.console.visit import Visit
from company.owner import decision_links
from company.owner.decisions import Decision

LONGEST_ANSWER = 2000
"""Characters of an answer in the owner's own words."""


def describe_answer(row: Decision, called: str) -> str:
    """The question, what was recorded, and what came of calling the role that asked."""
    answer = " ".join(filter(None, (row.answer, row.answer_text and f'"{row.answer_text}"')))
    return f"{row.question} {answer}. {called}"


def describe_first_answer(row: Decision) -> str:
    """Why there is no second answer, as `watchbill decide` says it."""
    if row.answered_by == "silence":
        return f"D-{row.id} expired, and nothing was done; it may be asked again."
    return f'D-{row.id} was answered "{row.answer or row.answer_text}" by {row.answered_by}.'


def give_answer(visit: Visit, number: int, back: str) -> Response[str]:
    """Records the answer of a form by a link of its own, which it uses; then calls the role that asked."""
    option, words = visit.field("option") or None, visit.field("words", LONGEST_ANSWER) or None
    askers: list[str] = []
    before = visit.brain.row(Decision, "subject_of_decision", id=number)
    if before is not None and before.answered_at is not None:
        raise BadRequest(409, describe_first_answer(before))

    def do() -> str:
        token = decision_links.issue(visit.brain, number).removeprefix(decision_links.PATH)
        hashed = decision_links.hashed(token)
        askers.append(visit.brain.value("answer_by_link", token_sha256=hashed, option=option, words=words))
        return ""

    noted = visit.act(f"answered D-{number}", do)
    row = visit.brain.row(Decision, "subject_of_decision", id=number)
    assert row is not None, "it was just answered"
    visit.say(noted, f"D-{number} is answered: {describe_answer(row, visit.site.call(askers[0]))}")
    return see_other(f"{back}?done={noted}")
