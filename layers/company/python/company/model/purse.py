"""The purse of one fire on its own: its turns, tokens and seconds, from its record. It knows no prices."""

from decimal import Decimal
from typing import TYPE_CHECKING

from company.budget import BudgetSpent
from company.model.port import Purse, Usage

if TYPE_CHECKING:
    from company.session import Fire


class FirePurse:
    """Counts in memory. Tokens read from the cache are left out: they cost a tenth, and come again at every turn."""

    def __init__(self, fire: "Fire") -> None:
        self._fire = fire
        self._turns = 0
        self._tokens = 0
        self._held: dict[int, int] = {}

    def reserve(self, *, model: str, most_input: int, most_output: int) -> int:  # noqa: ARG002  the port's shape
        limits = self._fire.record.budget
        self._fire.budget.require_time()
        if self._turns >= limits.turns:
            raise BudgetSpent(f"the {limits.turns} turns of this fire are spent")
        if self._tokens + sum(self._held.values()) + most_output > limits.tokens:
            raise BudgetSpent(f"the {limits.tokens} tokens of this fire are spent")
        self._turns += 1
        self._held[self._turns] = most_output
        return self._turns

    def settle(self, reservation: int, usage: Usage) -> Decimal:
        del self._held[reservation]
        self._tokens += usage.input + usage.output + usage.cache_write
        return Decimal(0)

    def release(self, reservation: int) -> None:
        self._held.pop(reservation, None)


def purse_of(fire: "Fire") -> Purse:
    """The one place that says whose purse a fire thinks from."""
    return FirePurse(fire)
