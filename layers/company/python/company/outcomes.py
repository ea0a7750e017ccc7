"""The outcomes of a fire. A role's code returns one of them; only the session writes state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

Evidence = Mapping[str, JsonValue]
"""What was done, in numbers: {"rows": 31, "asked": 2}. A success needs at least one number."""


@dataclass(frozen=True)
class TaskClose:
    """How a claimed task ends: complete, failed, blocked (on whom, to do what) or pending again after a wait."""

    task_id: int
    status: Literal["complete", "failed", "blocked", "pending"]
    result: Mapping[str, JsonValue] = field(default_factory=dict)
    is_permanent: bool = True
    blocked_on: str | None = None
    blocked_action: str | None = None
    wait_seconds: int = 0


@dataclass(frozen=True)
class Done:
    """The work of this fire is done. The note goes to the role's manager."""

    evidence: Evidence
    note: str = ""
    closes: tuple[TaskClose, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """There was nothing to do; reason says why."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """The work could not be done, and trying again at once would not help. waits_for: the role whose turn it is."""

    reason: str
    evidence: Evidence = field(default_factory=dict)
    closes: tuple[TaskClose, ...] = ()
    note: str = ""
    waits_for: str = ""


Worked = Done | Failed
"""An outcome of work that was begun."""
Outcome = Worked | Skipped
