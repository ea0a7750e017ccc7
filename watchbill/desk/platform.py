"""What AWS does by itself, on the desk: alarms, the database's clock and its tidying, mail events, the owner's notices.

None of them is a fire: they run between the fires, by Scheduler.call_later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from watchbill.cloud.alarms import Alarms
from watchbill.cloud.database_clock import EVERY, next_tick
from watchbill.cloud.mail_events import MailEventPublisher
from watchbill.cloud.metrics import Metrics
from watchbill.cloud.notices import Notice, Notices
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import Scheduler
from watchbill.desk.desk import Desk

A_DAY = timedelta(days=1)
GROWING = ("sessions", "slots", "schedules", "role_leases", "findings", "session_log", "inbox", "task_queue",
    "task_events", "fetches", "batches", "raw_documents", "beats", "clock")  # fmt: skip
"""Tables that each fire asks, and of which nearly nothing was there when a connection planned its questions."""


class PlatformServices:
    """Starts at `since`, the time of the deploy, from which on beats are due."""

    def __init__(self, desk: Desk, scheduler: Scheduler, since: datetime) -> None:
        self.metrics = Metrics(desk.cloud)
        self.alarms = Alarms(desk.cloud, self.metrics, since)
        self.notices = Notices(desk.cloud)
        self._mail_events = MailEventPublisher(desk.cloud, desk.deployed)
        self._desk, self._scheduler = desk, scheduler
        self._repeat(next_tick(since), EVERY, self._tick, "database_clock")
        self._repeat(since + A_DAY, A_DAY, self._vacuum, "autovacuum")
        self._repeat(self.alarms.first, self.alarms.step, self._evaluate, "alarms", asks_brain=False)

    @property
    def received(self) -> list[Notice]:
        """What reached the owner so far."""
        return self.notices.received

    def after_fire(self, attempt: AttemptResult) -> None:
        """Takes the metrics and the mail of an attempt, and records what it sent to the owner."""
        self.metrics.note_attempt(attempt)
        self._mail_events.publish_new(attempt.ended_at)
        self.notices.collect(attempt.ended_at)

    def _evaluate(self, now: datetime) -> None:
        self.metrics.note_queues(now)
        self.alarms.evaluate(now)
        self.notices.collect(now)

    def _tick(self, _: datetime) -> None:
        self._desk.tick_database_clock()

    def _vacuum(self, _: datetime) -> None:
        """What a server's autovacuum does within a minute: a simulated day takes less time than it waits.

        A table that somebody holds locked waits for the next day, as theirs does.
        """
        tables = ", ".join(f"company.{name}" for name in GROWING)
        self._desk.run_as_migrate(f"VACUUM (ANALYZE, SKIP_LOCKED) {tables}")

    def _repeat(
        self, at: datetime, every: timedelta, act: Callable[[datetime], None], name: str, *, asks_brain: bool = True
    ) -> None:
        def once() -> None:
            act(at)
            self._repeat(at + every, every, act, name, asks_brain=asks_brain)

        self._scheduler.call_later(at, once, name, asks_brain=asks_brain)


def then_call(platform: PlatformServices, then: Callable[[AttemptResult], None]) -> Callable[[AttemptResult], None]:
    """after_fire for the scheduler: the platform services first, then `then`."""
    return partial(_both, platform, then)


def _both(platform: PlatformServices, then: Callable[[AttemptResult], None], attempt: AttemptResult) -> None:
    platform.after_fire(attempt)
    then(attempt)
