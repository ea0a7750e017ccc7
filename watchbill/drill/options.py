"""What the owner asks of a drill: which faults, by which seed, and how long it runs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watchbill.desk.model_access import ModelAccess
from watchbill.sample_week import FIRST_DAY, MORNING

DAYS = 7


@dataclass(frozen=True)
class DrillOptions:
    """faults: only these; one alone on its own day of the week, several one after another. None named: all of them.

    pairs: so many times two faults at once, drawn by the seed, in place of each once.
    """

    home: Path
    vertical: str
    faults: tuple[str, ...] = ()
    seed: int = 1
    endpoint_url: str | None = None
    desk_postgres: str | None = None
    pairs: int = 0
    model: ModelAccess | None = None

    @property
    def is_compared(self) -> bool:
        """Whether it ends as a week without faults must: every fault once, all are over, and nobody errs at random."""
        return not self.faults and not self.pairs and self.model is None

    @property
    def week_starts_at(self) -> datetime:
        return datetime.combine(FIRST_DAY, MORNING, UTC)
