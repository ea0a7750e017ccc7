"""How much of each thing a brief tells, so that a bad day fits on one page: the worst in full, the rest by number."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Depth:
    """Entries told at all in a section, and how wide (in characters) one explanation may be; 0 leaves it out."""

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
)
