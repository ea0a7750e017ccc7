"""What a product says so that its order can be tried on a past day, with nothing in view that came later."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

Values = Mapping[str, float]
"""A value for each entity; an entity without one has no place of its own in an order."""


@dataclass(frozen=True)
class History:
    """What a source said of each entity in one of its editions, and by which version of its method."""

    edition_at: datetime
    version: str | None
    values: Values


@dataclass(frozen=True)
class Rival:
    """Another order to compare with: a value per entity, the highest first.

    column: of the query `candidates`. from_history: made from the editions until the day; it gives None with a reason
    where they are too few.
    """

    name: str
    title: str
    column: str = ""
    from_history: Callable[[Sequence[History], date], tuple[Values | None, str]] | None = None


@dataclass(frozen=True)
class Backtest:
    """How the order of a product is tried.

    outcomes: the source, and its column with the date on which an entity's outcome happened. own_dates: for each
    source the columns that date a row; a row with a later date than the day is left out. candidates: a query of what
    could still happen (entity, parts real[] in the order of the score's parts, and a column for each rival).
    history: the source and its column of which rivals see every edition.
    """

    outcomes: tuple[str, str]
    own_dates: Mapping[str, tuple[str, ...]]
    candidates: str
    rivals: tuple[Rival, ...]
    history: tuple[str, str]
