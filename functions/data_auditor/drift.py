"""Whether the values of a source are spread as they were a week ago: what no rule for one row can see."""

from collections.abc import Sequence
from dataclasses import dataclass

from data_auditor.samples import Difference

FEWEST_ROWS = 200
"""Of fewer rows a share or a mean says little."""
SHARE_MOVES = 0.1
"""By how much the share of rows that have a value may move in a week."""
MEAN_MOVES = 0.5
"""By how many standard deviations the mean of a number may move in a week."""


@dataclass(frozen=True)
class FieldFigures:
    """One column of a source, a week ago and now: rows, the share that has a value, and of numbers mean and spread."""

    field: str
    rows_before: int
    rows_now: int
    known_before: float
    known_now: float
    mean_before: float | None
    mean_now: float | None
    spread_before: float | None

    @property
    def is_comparable(self) -> bool:
        return min(self.rows_before, self.rows_now) >= FEWEST_ROWS

    @property
    def has_drifted(self) -> bool:
        """Whether more rows lost or got the value, or its mean moved further, than a week of news explains."""
        return abs(self.known_now - self.known_before) > SHARE_MOVES or self._mean_moved

    @property
    def _mean_moved(self) -> bool:
        if self.mean_before is None or self.mean_now is None or not self.spread_before:
            return False
        return abs(self.mean_now - self.mean_before) > MEAN_MOVES * self.spread_before

    @property
    def difference(self) -> Difference:
        return Difference(
            self.field, _shown(self.known_before, self.mean_before), _shown(self.known_now, self.mean_now)
        )


def drifted(figures: Sequence[FieldFigures]) -> list[Difference]:
    """The columns whose values are spread otherwise than a week ago."""
    return [one.difference for one in figures if one.has_drifted]


def _shown(known: float, mean: float | None) -> str:
    """'known 98 %, mean 6.41'."""
    return f"known {100 * known:.0f} %" + (f", mean {mean:.3g}" if mean is not None else "")
