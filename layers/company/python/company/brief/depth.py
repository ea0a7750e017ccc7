"""How much a brief says of each thing, so that a bad day fits on one page: the worst in full, the rest by number."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Depth:
    """The most entries of a section, and the most characters of an explanation and of a note; 0 leaves it out."""

    entries: int
    explanation: int
    notes: int

    @property
    def explains(self) -> bool:
        return self.explanation > 0


DEPTHS = (
    Depth(12, 420, 210),
    Depth(10, 210, 105),
    Depth(8, 105, 105),
    Depth(6, 105, 80),
    Depth(4, 0, 80),
    Depth(2, 0, 60),
    Depth(1, 0, 60),
)
