"""How a product fills its pages of the console: panels of text and tables. The console draws them, and escapes all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from company.brain import Brain

Cell = str | float | None


@dataclass(frozen=True)
class Panel:
    """A heading, a sentence, and a table. numbers: the columns aligned to the right.

    plot: the table is also drawn, its first column along the bottom and each other as one series of numbers.
    """

    title: str
    says: str = ""
    head: tuple[str, ...] = ()
    rows: Sequence[Sequence[Cell]] = ()
    numbers: tuple[int, ...] = ()
    plot: Literal["", "bar", "line"] = ""


@dataclass(frozen=True)
class ConsolePages:
    """The product's pages: an overview, and one of each entity; both at a moment, read from the brain."""

    overview: "Callable[[Brain, datetime], Sequence[Panel]]"
    entity: "Callable[[Brain, str, datetime], Sequence[Panel]]"
