"""The limits of one fire. Nobody works without them, and a limit that is reached ends the work, not the company."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from company.errors import CompanyError
from company.records import Budget

CLOSING_SECONDS = 3.0
"""Kept back, so that the closing transaction still fits before Lambda's timeout."""


class BudgetSpent(CompanyError):
    """A limit of this fire is reached; what was learned is kept, the rest waits for the next fire."""


@dataclass(frozen=True)
class FireBudget:
    """Real seconds until this fire must close, from its record and from Lambda's own deadline: the nearer one."""

    ends_at: float
    tick: Callable[[], float] = time.monotonic

    @classmethod
    def start(
        cls, budget: Budget, remaining_seconds: float | None, tick: Callable[[], float] = time.monotonic
    ) -> "FireBudget":
        seconds = float(budget.seconds)
        if remaining_seconds is not None:
            seconds = min(seconds, remaining_seconds - CLOSING_SECONDS)
        return cls(ends_at=tick() + seconds, tick=tick)

    def seconds_left(self) -> float:
        return self.ends_at - self.tick()

    def require_time(self) -> None:
        """Raises BudgetSpent when no time is left; long work asks this between its pieces."""
        if self.seconds_left() <= 0:
            raise BudgetSpent("the seconds of this fire are spent")
