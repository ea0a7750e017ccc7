"""MONEY: what the model cost, and which fires went by the book."""

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.page import Section
from company.text.clauses import fitted
from company.text.wording import counted

TITLE = "MONEY"
MOST_REASONS = 3
MOST_REASON = 160
"""Characters of one reason; the session has the rest."""


def money_section(facts: BriefFacts, depth: Depth) -> Section:  # noqa: ARG001  every section has this shape
    """The model's cost in the span and in the month; the line names what it does not count."""
    fires = facts.fires
    month = f"{facts.until.astimezone(facts.zone):%B} ${facts.month_usd:.2f}"
    with_the_model = f"{counted(fires.with_the_model, 'fire')} called it"
    employees = counted(fires.people_by_the_book, "employee")
    by_the_book = f"{fires.by_the_book} went by the book ({employees})"
    cost = f"model ${float(fires.usd):.2f}"
    lines = [f"{cost}: {with_the_model}, {by_the_book}; {month}; AWS's bill not in it"]
    if _needs_limit_line(facts):
        lines.append(_limit(facts))
    return Section(TITLE, lines=(*lines, *_reasons(facts)))


def _needs_limit_line(facts: BriefFacts) -> bool:
    """A company that goes only by the book never comes near its limit."""
    return bool(facts.spending.today_usd or facts.spending.stopped or facts.fires.with_the_model)


def _limit(facts: BriefFacts) -> str:
    spending = facts.spending
    today = f"today (UTC) ${spending.today_usd:.2f} of ${spending.limit_usd:.2f}"
    if not spending.stopped:
        return today
    return f"{today}; {counted(spending.stopped, 'employee')} reached a limit and went on by the book"


def _reasons(facts: BriefFacts) -> tuple[str, ...]:
    """Why the book replaced the model, the most frequent reasons first."""
    lines = [
        f"the book replaced the model in {counted(row.fires, 'fire')}: {fitted(row.because, MOST_REASON)}"
        for row in facts.by_book_because[:MOST_REASONS]
    ]
    more = sum(row.fires for row in facts.by_book_because[MOST_REASONS:])
    return (*lines, f"and in {counted(more, 'more fire')}") if more else tuple(lines)
