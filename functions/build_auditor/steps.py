"""A step of a change's trial, the same for each kind of change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrialStep:
    """What a trial looks at. name: what holds when the step is passed; verdict: the change's, where it has failed."""

    name: str
    has_failed: bool
    verdict: str
