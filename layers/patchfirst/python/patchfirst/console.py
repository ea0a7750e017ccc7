"""PatchFirst's pages on the owner's console: the two lists, what moved in a day, and a CVE's numbers over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from company.brain import Brain
from company.vertical.panels import ConsolePages, Panel
from patchfirst.dashboard.records import EpssPoint

SHOWN = 25
DAY = timedelta(days=1)


@dataclass(frozen=True)
class RankedCve:
    """A CVE on one of the two lists, with the number that orders it there."""

    cve: str
    number: Decimal | None
    vendor: str | None
    product: str | None
    date_added: date | None
    due_date: date | None
    epss: float | None


@dataclass(frozen=True)
class DayMover:
    """A score that changed in a span."""

    cve: str
    old_score: Decimal
    new_score: Decimal | None
    at: datetime


@dataclass(frozen=True)
class ScorePoint:
    """A score of a CVE from a moment on."""

    at: datetime
    score: Decimal


def _overview(brain: Brain, now: datetime) -> Sequence[Panel]:
    return (
        _ranked("Fix now", "Known to be exploited: CISA lists them.", brain.rows(RankedCve, "top_now", most=SHOWN)),
        _ranked("Next to be exploited", "An estimate.", brain.rows(RankedCve, "top_next", most=SHOWN)),
        _movers(brain.rows(DayMover, "score_movers", since=now - DAY, most=SHOWN)),
    )


def _ranked(title: str, says: str, rows: Sequence[RankedCve]) -> Panel:
    head = ("CVE", "Number", "Product", "Listed", "Due", "EPSS")
    return Panel(title, f"{says} The first {len(rows)}.", head, [_line(row) for row in rows], (1, 5))


def _line(row: RankedCve) -> tuple[str | float | None, ...]:
    product = " ".join(filter(None, (row.vendor, row.product)))
    listed, due = (f"{day:%d %b %Y}" if day else None for day in (row.date_added, row.due_date))
    return row.cve, _number(row.number), product, listed, due, f"{row.epss:.1%}" if row.epss is not None else None


def _movers(rows: Sequence[DayMover]) -> Panel:
    lines = [(row.cve, float(row.old_score), _number(row.new_score), f"{row.at:%d %b %H:%M}") for row in rows]
    says = "The largest moves of 24 hours, UTC." if rows else "No score moved in 24 hours."
    return Panel("Movers", says, ("CVE", "From", "To", "When"), lines, (1, 2))


def _entity(brain: Brain, cve: str, now: datetime) -> Sequence[Panel]:
    scores = [(f"{row.at:%Y-%m-%d %H:%M}", float(row.score)) for row in brain.rows(ScorePoint, "scores_of", cve=cve)]
    points = sorted(brain.rows(EpssPoint, "dashboard_epss", cves=[cve], until=now), key=lambda point: point.at)
    epss = [(f"{point.at:%Y-%m-%d}", round(point.epss * 100, 2)) for point in points]
    panels = (
        Panel("Score over time", head=("From", "Score"), rows=scores, numbers=(1,), plot="line"),
        Panel("EPSS over time, in percent", head=("From", "EPSS"), rows=epss, numbers=(1,), plot="line"),
    )
    return [panel for panel in panels if panel.rows]


def _number(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


CONSOLE = ConsolePages(_overview, _entity)
