"""What is wrong with the desk's AWS, on purpose: silent schedules, and functions in whose place something else runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from watchbill.cloud.runtime import Invocation

Replacement = Callable[[Any, str], Invocation | None]
"""Runs in a function's place on an event and a request id; None lets the function itself run."""


@dataclass
class FaultOverrides:
    """Nothing is wrong until a fault is planted. `silenced` holds schedules that stay ENABLED and never fire."""

    all_blocked: bool = False
    blocked: set[str] = field(default_factory=set)
    replacements: dict[str, Replacement] = field(default_factory=dict)

    def is_blocked(self, schedule: str) -> bool:
        return self.all_blocked or schedule in self.blocked

    def run(self, function: str, event: Any, request_id: str) -> Invocation | None:
        """What the stand-in made of it; None when the function is to run."""
        stand_in = self.replacements.get(function)
        return stand_in(event, request_id) if stand_in else None
