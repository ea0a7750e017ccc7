"""How a product explains the numbers of one of its entities: each part with its points, evidence, source and date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ExplainedPart:
    """One part of a number. points of at most `most`; as_of: the day from which its source says so, None if untold."""

    part: str
    points: float
    most: float
    says: str
    source: str
    as_of: date | None
    age_days: int | None
    is_known: bool


@dataclass(frozen=True)
class ExplainedNumber:
    """A number of an entity, 0 to 100, as the sum of its parts; None with the reason where it has none.

    changes: what would change it, each a sentence with its points.
    """

    title: str
    number: float | None
    says: str
    parts: Sequence[ExplainedPart]
    changes: Sequence[str]
