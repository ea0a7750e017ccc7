"""Makes a customer's dashboard from the brain."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import dropwhile, groupby

from company.brain import Brain
from company.vertical import Dashboard, EarlierDashboard, Facts, Row
from patchfirst.dashboard.document import entries
from patchfirst.dashboard.libraries import libraries
from patchfirst.dashboard.page import render_dashboard
from patchfirst.dashboard.records import Because, EpssPoint, Handled, Listed, Shown, Week
from patchfirst.page.changes import WHAT, name_of
from patchfirst.page.data_notes import credits_of, notes
from patchfirst.reasons import Reason, reasons_of, source_title

COLUMNS = [column.name for column in fields(Listed)]
WEEKS = 26


def make_dashboard(brain: Brain, facts: Facts, before: EarlierDashboard | None) -> Dashboard:
    """The page for one customer at one moment, compared with what they can have opened before."""
    shown = _shown(brain, facts, before)
    return Dashboard(render_dashboard(shown), entries(shown), libraries())


def _shown(brain: Brain, facts: Facts, before: EarlierDashboard | None) -> Shown:
    customer_id, name = facts.customer["id"], facts.customer["name"]
    lines = [Listed(**{column: row[column] for column in COLUMNS}) for row in facts.top_of_list]
    cves = [line.cve for line in lines]
    return Shown(
        customer_id=customer_id,
        customer=name,
        as_of=facts.until,
        lines=lines,
        reasons=_reasons(brain, lines),
        epss=_epss(brain, cves, facts),
        weeks=_weeks(brain, customer_id, facts),
        notes=[note.removeprefix("Note: ") for note in notes(facts)],
        before_as_of=before.as_of if before else None,
        before=before.entries if before else {},
        handle={cve: _handle(facts, cve) for cve in cves},
        handled=[_handled(row) for row in facts.handled],
        credits=credits_of(facts),
    )


def _handle(facts: Facts, cve: str) -> str:
    """The customer's own link; where there is none, what the owner types for them."""
    if facts.handle_address is not None:
        return facts.handle_address(cve)
    return f'watchbill customers handle "{facts.customer["name"]}" {cve}'


def _handled(row: Row) -> Handled:
    back = WHAT[row["back_because"]] if row["back_because"] else ""
    return Handled(row["entity"], name_of(row), row["at"], row["by_whom"], back)


def _weeks(brain: Brain, customer_id: int, facts: Facts) -> Sequence[Week]:
    """From the first one of which anything is known."""
    found = brain.rows(Week, "dashboard_weeks", customer_id=customer_id, until=facts.until, weeks=WEEKS)
    return list(dropwhile(lambda week: week.listed is None, found))


def _reasons(brain: Brain, lines: Sequence[Listed]) -> Mapping[str, Sequence[Because]]:
    """Of each CVE; the points of its own list add up to its number there."""
    questions = {line.cve: line.question for line in lines}
    found = reasons_of(brain, list(questions))
    return {cve: [_because(one, questions[cve]) for one in reasons] for cve, reasons in found.items()}


def _because(reason: Reason, question: str) -> Because:
    points = reason.points if reason.question == question else None
    return Because(reason.part, points, reason.says, source_title(reason.source), reason.as_of)


def _epss(brain: Brain, cves: Sequence[str], facts: Facts) -> Mapping[str, Sequence[EpssPoint]]:
    found = brain.rows(EpssPoint, "dashboard_epss", cves=cves, until=facts.until)
    ordered = sorted(found, key=lambda point: (point.cve, point.at))
    return {cve: list(points) for cve, points in groupby(ordered, key=lambda point: point.cve)}
