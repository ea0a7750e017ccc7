"""Which steps of a beat have anything to do: one question to the brain, where asking for each step would take thirty.

It is asked before the first step that it may leave out, and again after each step that was done: what that step wrote
may be work for a later one. A step that it does not name would write nothing.
"""

from company.fire.apart import attempt
from company.fire.fire import Fire
from company.watch.ledger import EVENT_AGE_SECONDS, KEPT_DAYS, MOST_ATTEMPTS, REFILL_WHEN_BELOW
from heartbeat.idle_work import OVERDUE_AFTER_HOURS
from heartbeat.problems import idle_seconds
from heartbeat.waking import ESCALATION_WAITS_HOURS, MOST_A_DAY

QUESTION = "which steps have something to do"
ALL_WITHIN_MINUTES = 5
"""The first beat of each hour does all steps, so that one that is left out by mistake, or broken, shows in an hour."""


class Agenda:
    """The steps to do in one beat. All of them in the first beat of an hour, and where the question fails."""

    def __init__(self, fire: Fire) -> None:
        self._fire = fire
        self._does_all = fire.now.minute < ALL_WITHIN_MINUTES
        self._steps: frozenset[str] | None = None

    def has(self, step: str) -> bool:
        self.ask()
        return self._does_all or step in (self._steps or ())

    def ask(self) -> None:
        """Asks the brain, unless it is known what to do."""
        if not self._does_all and self._steps is None:
            self._steps = attempt(self._fire, QUESTION, self._ask, None)
            self._does_all = self._steps is None

    def note_done(self) -> None:
        """A step was done, or tried."""
        self._steps = None

    def _ask(self) -> frozenset[str] | None:
        fire = self._fire
        rows = fire.brain.all(
            "steps_to_do",
            refill_below=fire.now + REFILL_WHEN_BELOW,
            most_attempts=MOST_ATTEMPTS,
            event_age_seconds=EVENT_AGE_SECONDS,
            overdue_after_hours=OVERDUE_AFTER_HOURS,
            idle_seconds=idle_seconds(fire),
            unanswered_after_hours=ESCALATION_WAITS_HOURS,
            most_wakes=MOST_A_DAY,
            keep_days=KEPT_DAYS,
        )
        return frozenset(row["step"] for row in rows)
