"""Asking to have a slot fired again: the brain's verdict, and its text."""

from dataclasses import dataclass

VERDICTS = {
    "asked": "asked",
    "fired_again_before": "it was fired again before",
    "not_over": "the slot is {status}",
    "not_made_up_for": "what it missed is not made up for, as its record says",
    "paused": "{role} is paused",
    "not_deployed": "its schedule is not deployed and enabled",
    "too_old": "it is more than a day old",
    "worked_since": "it or a later one has worked since",
    "at_work": "a fire of {role} is at work",
}


@dataclass(frozen=True)
class RetryVerdict:
    """Whether a slot will be fired again, or why not; whose slot it is, and its status."""

    verdict: str
    slot_role: str | None
    slot_status: str | None

    @property
    def text(self) -> str:
        return VERDICTS[self.verdict].format(role=self.slot_role, status=self.slot_status)
