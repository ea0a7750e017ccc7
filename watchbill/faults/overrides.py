"""What is wrong with the desk's AWS, on purpose: silent schedules, and functions in whose place something else runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from watchbill.cloud.runtime import Invocation

StandIn = Callable[[Any, str], Invocation | None]
"""Runs in a function's place on an event and a request id; None lets the function itself run."""


@dataclass
class Troubles:
    """Nothing is wrong until a fault is planted. `silenced` holds schedules that stay ENABLED and never fire."""

    all_is_silent: bool = False
    silenced: set[str] = field(default_factory=set)
    stand_ins: dict[str, StandIn] = field(default_factory=dict)

    def is_silent(self, schedule: str) -> bool:
        return self.all_is_silent or schedule in self.silenced

    def run(self, function: str, event: Any, request_id: str) -> Invocation | None:
        """What the stand-in made of it; None when the function is to run."""
        stand_in = self.stand_ins.get(function)
        return stand_in(event, request_id) if stand_in else None
