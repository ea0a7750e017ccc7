"""The purse of one fire: money is taken before a call and settled after it, and the brain keeps the till."""

from decimal import Decimal
from typing import Protocol

from company.errors import Refused
from company.fire.fire import Fire
from company.money.budget import BudgetSpent

LIMITS = frozenset({"a_fire_keeps_to_its_budget", "an_employee_keeps_to_its_day", "the_company_keeps_to_its_day"})


class Usage(Protocol):
    """What one answer took, in tokens; the four kinds do not overlap."""

    @property
    def input(self) -> int: ...

    @property
    def output(self) -> int: ...

    @property
    def cache_write(self) -> int: ...

    @property
    def cache_read(self) -> int: ...


class Purse:
    """What this fire may spend. Nothing is kept here: every figure is the brain's, so a killed fire's account stays."""

    def __init__(self, fire: Fire) -> None:
        self._fire = fire

    def reserve(self, *, model: str, most_input: int, most_output: int) -> int:
        """Takes the most a call can cost, in tokens; the reservation's number.

        Raises BudgetSpent, naming the limit and when it opens again. The refusal is noted, so that the owner sees it.
        """
        asked = {"model": model, "most_input": most_input, "most_output": most_output}
        brain, session_id = self._fire.brain, self._fire.session_id
        try:
            return int(brain.value("reserve_spend", session_id=session_id, **asked))
        except Refused as refused:
            if refused.rule not in LIMITS:
                raise
            brain.run("note_spending_refused", session_id=session_id, **asked)
            raise BudgetSpent(str(refused)) from refused

    def settle(self, reservation: int, usage: Usage) -> Decimal:
        """Writes what the call really took; its cost in dollars. Refused a second time."""
        cost: Decimal = self._fire.brain.value(
            "settle_spend",
            reservation=reservation,
            input=usage.input,
            output=usage.output,
            cache_write=usage.cache_write,
            cache_read=usage.cache_read,
        )
        return cost

    def release(self, reservation: int) -> None:
        """Gives back what a call did not take. Only if it certainly cost nothing: in doubt it counts."""
        self._fire.brain.run("release_spend", reservation=reservation)

    @property
    def turns(self) -> int:
        """Calls made so far in this fire, those without an answer too."""
        return int(self._totals()["turns"])

    @property
    def tokens(self) -> dict[str, int]:
        """So far in this fire: {"input", "output", "cache_write", "cache_read"}."""
        row = self._totals()
        return {kind: int(row[kind]) for kind in ("input", "output", "cache_write", "cache_read")}

    @property
    def cost(self) -> Decimal:
        """Dollars of this fire so far; what is still reserved counts in full."""
        return Decimal(self._totals()["usd"])

    def _totals(self) -> dict[str, Decimal]:
        row = self._fire.brain.one("spend_of_session", session_id=self._fire.session_id)
        assert row is not None, "a sum always answers"
        return dict(row)
