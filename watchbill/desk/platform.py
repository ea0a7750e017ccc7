"""What goes on outside of the fleet, on the desk: CloudWatch, the database's clock, SES's post; what the owner heard.

None of it is a fire: it runs between them, by the scheduler's own plays.
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
    """Begins at `since`, the moment from which the company is deployed and owes its beats."""

    def __init__(self, desk: Desk, scheduler: Scheduler, since: datetime) -> None:
        self.metrics = Metrics(desk.cloud)
        self.alarms = Alarms(desk.cloud, self.metrics, since)
        self.notices = Notices(desk.cloud)
        self._mail_events = MailEventPublisher(desk.cloud, desk.deployed)
        self._desk, self._scheduler = desk, scheduler
        self._repeat(next_tick(since), EVERY, self._tick, "database_clock")
        self._repeat(self.alarms.first, self.alarms.step, self._judge, "alarms")

    @property
    def heard(self) -> list[Notice]:
        """What reached the owner so far."""
        return self.notices.heard

    def after_fire(self, fire: AttemptResult) -> None:
        """Takes a run's metrics and its mail, and stamps what it sent to the owner."""
        self.metrics.note_fire(fire)
        self._mail_events.publish_new(fire.ended_at)
        self.notices.look(fire.ended_at)

    def _judge(self, now: datetime) -> None:
        self.metrics.note_queues(now)
        self.alarms.judge(now)
        self.notices.look(now)

    def _tick(self, _: datetime) -> None:
        self._desk.tick_database_clock()

    def _repeat(self, at: datetime, every: timedelta, act: Callable[[datetime], None], name: str) -> None:
        def once() -> None:
            act(at)
            self._repeat(at + every, every, act, name)

        self._scheduler.call_later(at, once, name)


def hear(outside: PlatformServices, then: Callable[[AttemptResult], None]) -> Callable[[AttemptResult], None]:
    """after_fire for the scheduler: the outside first, then whoever else is told of a fire."""
    return partial(_both, outside, then)


def _both(outside: PlatformServices, then: Callable[[AttemptResult], None], fire: AttemptResult) -> None:
    outside.after_fire(fire)
    then(fire)
