"""What the company knows of the model's endpoint: a circuit breaker, in one row of the brain that all roles share.

When two roles got no answer, everybody works by the book at once, and one fire at a time tries the endpoint again.
"""

from dataclasses import dataclass
from typing import Literal

from company.fire.fire import Fire
from company.model.port import Model, ModelDown
from company.model.retries import MOST_TRIES

CHECK_SHARE = 0.02
"""The share of a fire's seconds in which an endpoint must answer each step of a check, where it is in doubt: six on
Lambda, one on the desk. Each fire that looks waits so long for a silent one."""
LEAST_CHECK_SECONDS = 0.9


@dataclass(frozen=True)
class MayAsk:
    """How a session may ask. because: what the last failure was; None when nobody failed since the last answer.

    ask: at once. check: after a look whether the endpoint answers. probe: the same, for everybody. book: not at all.
    """

    how: Literal["ask", "check", "probe", "book"]
    because: str | None


class Endpoint:
    """The endpoint, as one fire meets it: is it asked, and what became of that."""

    def __init__(self, fire: Fire) -> None:
        self._fire = fire
        self._may_ask = MayAsk("ask", None)
        self._has_answered = False

    def require_not_known_down(self) -> None:
        """Raises ModelDown when the endpoint is known to be down, and another fire is to try it."""
        may_ask = self._fire.brain.row(MayAsk, "may_ask_model", session_id=self._fire.session_id)
        assert may_ask is not None, "the brain always says how"
        if may_ask.how == "book":
            raise ModelDown(f"the model's endpoint is known to be down: {may_ask.because}")
        self._may_ask = may_ask

    def check(self, model: Model, name: str) -> None:
        """Where it is in doubt, looks first whether anybody answers: a second, and not the model's whole time."""
        if self._may_ask.how != "ask":
            model.check(name, max(LEAST_CHECK_SECONDS, self._fire.budget.seconds_left() * CHECK_SHARE))

    @property
    def most_tries(self) -> int:
        """An endpoint that failed somebody is tried once, until it answers."""
        return 1 if self._may_ask.because is not None and not self._has_answered else MOST_TRIES

    def note_answered(self) -> None:
        """After a paid answer. Said once, and only where it was in doubt."""
        if not self._has_answered and self._may_ask.how != "ask":
            self._fire.brain.run("note_model_answered", session_id=self._fire.session_id)
        self._has_answered = True

    def note_down(self, why: str, *, is_refusal: bool) -> None:
        """One open finding for the whole company, however many employees meet it: they share endpoint and key."""
        fire, model = self._fire, self._fire.settings.company_model
        fire.log.warning("the model's endpoint is down", model=model, reason=why, is_refusal=is_refusal)
        fire.brain.run("note_model_down", session_id=fire.session_id, model=model, is_refusal=is_refusal, why=why)
