"""MONEY: what thinking cost, and who worked without a model."""

from company.brief.depth import Depth
from company.brief.facts import Facts
from company.brief.page import Section
from company.wording import clipped, counted

TITLE = "MONEY"
MOST_REASONS = 3
MOST_REASON = 160
"""Characters of one; the session has the rest."""


def money_section(facts: Facts, depth: Depth) -> Section:  # noqa: ARG001  every section has this shape
    """The model's cost of the span and of the month; what is not counted is said."""
    fires = facts.fires
    month = f"{facts.until.astimezone(facts.zone):%B} ${facts.month_usd:.2f}"
    thought = f"{counted(fires['with_the_model'], 'fire')} called it"
    people = counted(fires["people_by_the_book"], "employee")
    book = f"{fires['by_the_book']} went by the book ({people})"
    cost = f"model ${float(fires['usd']):.2f}"
    lines = [f"{cost}: {thought}, {book}; {month}; AWS's bill not in it"]
    if _is_worth_a_line(facts):
        lines.append(_limit(facts))
    return Section(TITLE, lines=(*lines, *_why(facts)))


def _is_worth_a_line(facts: Facts) -> bool:
    """A company that thinks by the book alone has nothing to say of its limit."""
    return bool(facts.spending["today_usd"] or facts.spending["stopped"] or facts.fires["with_the_model"])


def _limit(facts: Facts) -> str:
    spending = facts.spending
    said = f"today (UTC) ${spending['today_usd']:.2f} of ${spending['limit_usd']:.2f}"
    stopped = spending["stopped"]
    return f"{said}; {counted(stopped, 'employee')} went on by the book at a limit" if stopped else said


def _why(facts: Facts) -> tuple[str, ...]:
    """Why the book stood in for the model, the commonest reasons first."""
    told = facts.by_book_because[:MOST_REASONS]
    lines = [
        f"the book stood in for {counted(row['fires'], 'fire')}: {clipped(row['because'], MOST_REASON)}" for row in told
    ]
    more = sum(row["fires"] for row in facts.by_book_because[MOST_REASONS:])
    return (*lines, f"and for {counted(more, 'fire')} more") if more else tuple(lines)
