"""Tools for the few questions that only the owner can answer; for managers and the CEO."""

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner.answer_time import answer_by
from company.owner.decisions import Asked, AskedDecision, Decision
from company.tools import by_need, reading_tool, tool


@by_need
@tool
def ask_decision(
    fire: Fire,
    fingerprint: str,
    question: str,
    background: str,
    unknown: str,
    options: dict[str, str],
    recommendation: str,
    default_option: str,
    finding_id: int | None = None,
    subject: JsonObject | None = None,
) -> AskedDecision:
    """Asks the owner one question. Without an answer by the owner's next noon it expires, and nothing is done.

    options: each answer with what it does, at least two. default_option: the one that does nothing: no, wait, later,
    not now, nothing, leave it or leave as it is. unknown: what you could not find out. subject: with schedule or
    schedules a yes may switch those on, and the brain words the question. The same question is asked again only when
    its finding or its subject is another one, or after a week: is_new says whether it was asked now. You have three
    new questions a day: decision_id null says that this one was set aside, and the owner sees only how many were.
    Example: ask_decision(fingerprint="switch_on:x", question="Switch x's schedule back on?", background="Checked: ...",
    unknown="who did it", options={"yes": "fires again today", "no": "stays off"}, recommendation="yes",
    default_option="no", finding_id=7, subject={"schedule": "x"}).
    """
    by = answer_by(fire.now, fire.settings.owner_timezone)
    asked = fire.brain.row(
        Asked,
        "ask_decision",
        fingerprint=fingerprint,
        question=question,
        background=background,
        unknown=unknown,
        options=options,
        recommendation=recommendation,
        default_option=default_option,
        answer_by=by,
        finding_id=finding_id,
        subject=subject or {},
    )
    assert asked is not None, "ask_decision always answers"
    return AskedDecision(asked.decision_id, asked.is_new, answer_by=by)


@by_need
@reading_tool
def last_decision(fire: Fire, fingerprint: str) -> Decision | None:
    """Gives your newest question of a fingerprint with its answer, or None when you never asked it.

    Example: last_decision(fingerprint="switch_on:x") gives {"id": 2, "answer": "no", "answered_at": "..."}.
    """
    return fire.brain.row(Decision, "last_decision", fingerprint=fingerprint)


@by_need
@reading_tool
def my_answered_decisions(fire: Fire) -> list[Decision]:
    """Lists your questions that the owner answered and on which you have not acted yet; never one that expired.

    answer is an option or null; answer_text is the owner's own words.
    Example: my_answered_decisions() gives [{"id": 2, "answer": "yes", "subject": {"schedule": "x"}}].
    """
    return fire.brain.rows(Decision, "my_answered_decisions")


@by_need
@tool
def note_decision_acted(fire: Fire, decision_id: int, outcome: str) -> dict[str, int]:
    """Records what was done after an answer, once for each question; the brief shows it to the owner.

    Example: note_decision_acted(decision_id=2, outcome="switched on; it fires next at 08:40").
    """
    fire.brain.run("note_decision_acted", decision_id=decision_id, outcome=outcome)
    return {"decision_id": decision_id}
