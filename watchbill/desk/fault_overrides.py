"""Planted faults of the desk's AWS: schedules that never fire, and functions that are replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from company.json_values import JsonObject
from watchbill.cloud.runtime import Invocation

Replacement = Callable[[JsonObject, str], Invocation | None]
"""Runs instead of a function, with its event and request id; None lets the function itself run."""


@dataclass
class FaultOverrides:
    """Empty until a fault is planted. `blocked` holds schedules that stay ENABLED and never fire."""

    all_blocked: bool = False
    blocked: set[str] = field(default_factory=set)
    replacements: dict[str, Replacement] = field(default_factory=dict)

    def is_blocked(self, schedule: str) -> bool:
        return self.all_blocked or schedule in self.blocked

    def run(self, function: str, event: JsonObject, request_id: str) -> Invocation | None:
        """The replacement's run; None when the function is to run."""
        replacement = self.replacements.get(function)
        return replacement(event, request_id) if replacement else None
