"""What the owner asks of a day on the desk: its date, its feeds, its faults, and how long it runs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from watchbill.desk.model_access import ModelAccess
from watchbill.drill.registry import FAULTS
from watchbill.sample_week import FIRST_DAY, MORNING

DEPLOY_LEAD = timedelta(minutes=5)
"""How long before its first hour a day deploys its company."""


@dataclass(frozen=True)
class DayOptions:
    """The owner's options. feeds is a folder of recorded files; None means the product's own sample."""

    home: Path
    vertical: str
    date: date = FIRST_DAY
    feeds: Path | None = None
    faults: tuple[str, ...] | None = None
    """None plants the faults of the demo: a stale feed (not with recorded feeds) and a muted schedule."""
    endpoint_url: str | None = None
    desk_postgres: str | None = None
    days: int = 1
    hours: int = 24
    """Of the last day; fewer than 24 end it before its brief."""
    live: bool = False
    """Functions read the publishers' own addresses; everything else stays on loopback."""
    model: ModelAccess | None = None
    """The model that employees may use; with None they work by the book."""

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.date, MORNING, UTC)

    @property
    def ends_at(self) -> datetime:
        extra = max((FAULTS[name].extra_time for name in self.faults or () if name in FAULTS), default=timedelta(0))
        return self.starts_at + timedelta(days=self.days - 1, hours=self.hours) + extra
