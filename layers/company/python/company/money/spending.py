"""The spending of one fire: money is reserved before a call to a model and settled after it, in the brain's account."""

from dataclasses import dataclass
from decimal import Decimal

from company.errors import BrainBusy, Refused
from company.fire.fire import Fire
from company.money.budget import BudgetSpent
from company.money.tokens import TokenUsage

LIMITS = frozenset({"a_fire_keeps_to_its_budget", "an_employee_keeps_to_its_day", "the_company_keeps_to_its_day"})
"""The database's rules that limit spending."""


@dataclass(frozen=True)
class SessionSpend:
    """What a session spent so far, in calls, tokens and dollars."""

    turns: int
    input: int
    output: int
    cache_write: int
    cache_read: int
    usd: Decimal


class FireSpending:
    """What this fire may spend and has spent. Every figure is the brain's, so a killed fire's account is kept."""

    def __init__(self, fire: Fire) -> None:
        self._fire = fire

    def reserve(self, *, model: str, most_input: int, most_output: int) -> int:
        """Reserves the most that a call of so many tokens can cost; the reservation's number.

        Raises BudgetSpent with the limit and when it allows calls again. The refusal is recorded for the owner. Also
        where the balance is kept locked by a transaction that stands open: then nobody knows what is left.
        """
        call = {"model": model, "most_input": most_input, "most_output": most_output}
        brain, session_id = self._fire.brain, self._fire.session_id
        try:
            return int(brain.value("reserve_spend", session_id=session_id, **call))
        except BrainBusy as busy:
            raise BudgetSpent("another transaction keeps the company's balance locked: no call is made") from busy
        except Refused as refused:
            if refused.rule not in LIMITS:
                raise
            brain.run("note_spending_refused", session_id=session_id, **call)
            raise BudgetSpent(str(refused)) from refused

    def settle(self, reservation: int, usage: TokenUsage | None) -> Decimal:
        """Records what the call used; its cost in dollars. A second time is refused.

        Usage that nobody knows (None), or that cannot be, costs what was reserved.
        """
        tokens = usage.as_json() if usage else dict.fromkeys(TokenUsage().as_json())
        cost: Decimal = self._fire.brain.value("settle_spend", reservation=reservation, **tokens)
        return cost

    def release(self, reservation: int) -> None:
        """Cancels a reservation. Only where the call certainly cost nothing: in doubt it counts."""
        self._fire.brain.run("release_spend", reservation=reservation)

    def so_far(self) -> SessionSpend:
        """This fire's calls, those without an answer too. An open reservation counts in full."""
        spend = self._fire.brain.row(SessionSpend, "spend_of_session", session_id=self._fire.session_id)
        assert spend is not None, "a sum always answers"
        return spend
