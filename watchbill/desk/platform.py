"""AWS's own services on the desk: CloudWatch alarms, the database's clock, SES's mail events, and the owner's notices.

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


class PlatformServices:
    """Starts at `since`, the time of the deploy, from which on beats are due."""

    def __init__(self, desk: Desk, scheduler: Scheduler, since: datetime) -> None:
        self.metrics = Metrics(desk.cloud)
        self.alarms = Alarms(desk.cloud, self.metrics, since)
        self.notices = Notices(desk.cloud)
        self._mail_events = MailEventPublisher(desk.cloud, desk.deployed)
        self._desk, self._scheduler = desk, scheduler
        self._repeat(next_tick(since), EVERY, self._tick, "database_clock")
        self._repeat(self.alarms.first, self.alarms.step, self._evaluate, "alarms")

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

    def _repeat(self, at: datetime, every: timedelta, act: Callable[[datetime], None], name: str) -> None:
        def once() -> None:
            act(at)
            self._repeat(at + every, every, act, name)

        self._scheduler.call_later(at, once, name)


def then_call(platform: PlatformServices, then: Callable[[AttemptResult], None]) -> Callable[[AttemptResult], None]:
    """after_fire for the scheduler: the platform services first, then `then`."""
    return partial(_both, platform, then)


def _both(platform: PlatformServices, then: Callable[[AttemptResult], None], attempt: AttemptResult) -> None:
    platform.after_fire(attempt)
    then(attempt)
