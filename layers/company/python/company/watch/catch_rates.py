"""How many of its tests an auditor found, as the owner and the auditor of audits read it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CatchRate:
    """An auditor's tests of a week, counted backwards from now. hours: the median until one was found."""

    auditor: str
    weeks_ago: int
    planted: int
    caught: int
    missed: int
    hours: float | None
