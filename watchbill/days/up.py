"""The company in real time on the owner's desk: it goes on where it was left, until she ends it.

After a pause each schedule does what its record says: run_once works its newest slot late, skip waits for the next.
What else fell into the pause is withdrawn with that reason: nobody missed it, the desk was asleep.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from company.vertical import Edition, Vertical, load
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import Clock, Scheduler, WallClock
from watchbill.cloud.snapshot import save
from watchbill.days.day import open_approvals_and_customers
from watchbill.days.recordings import editions_in
from watchbill.days.samples import sample_of
from watchbill.desk.desk import Desk, Plan, last_desk, new_desk
from watchbill.desk.platform import PlatformServices, hear
from watchbill.home import LastDay, being_up, desk_folder, last_day, remember

WORDS = "real time"
SAMPLE_DAYS = 7
HEARTBEAT = "heartbeat"
FAR = timedelta(days=3650)


@dataclass(frozen=True)
class UpOptions:
    """What the owner asked for. lasts None is until she ends it; live asks the publishers' own addresses."""

    home: Path
    vertical: str
    live: bool = False
    lasts: timedelta | None = None
    afresh: bool = False
    endpoint_url: str | None = None
    desk_postgres: str | None = None


@dataclass(frozen=True)
class PausedSchedule:
    """What a pause came to for one schedule."""

    schedule: str
    due_at: datetime
    slots: int
    is_worked_late: bool


def run_up(
    options: UpOptions, told: Callable[[AttemptResult], None], say: Callable[[str], None], clock: Clock | None = None
) -> list[PausedSchedule]:
    """Fires every schedule at its own time until the end or KeyboardInterrupt; the papers are kept either way."""
    clock = clock or WallClock()
    vertical, began = load(options.vertical), clock.now
    with ExitStack() as stack:
        stack.enter_context(being_up(options.home))
        left = _left(options)
        first = datetime.fromisoformat(left.date) if left else began
        editions = _editions(options, vertical, first, began)
        feeds = stack.enter_context(FeedServer(vertical.sources, editions, _at(clock)).serving())
        urls = {} if options.live else {source.name: feeds.url(source.name) for source in vertical.sources}
        desk = stack.enter_context(_desk(options, left, began, urls, say))
        stack.callback(_keep, desk, options, first, clock)
        scheduler = Scheduler(desk.cloud, desk.deployed, desk.invoke_function, clock, desk.overrides.is_blocked)
        ready = clock.now
        desk.set_now(ready)
        slept = wake(desk, scheduler, ready)
        heard = hear(PlatformServices(desk, scheduler, ready), told)
        scheduler.run(ready, ready + (options.lasts or FAR), before_instant=desk.set_now, after_fire=heard)
    return slept


def wake(desk: Any, scheduler: Any, now: datetime) -> list[PausedSchedule]:
    """Withdraws what the desk slept through and lines up what is to be worked late; heartbeat comes last of these."""
    with desk.brain() as brain:
        slept = [
            PausedSchedule(row["schedule"], row["due_at"], row["slots"], row["missed_fire"] == "run_once")
            for row in brain.all("slots_during_sleep", before=now)
        ]
        for one in slept:
            until = one.due_at if one.is_worked_late else now
            brain.run("note_sleep", schedule=one.schedule, until=until, why=f"the desk was asleep until {now:%a %H:%M}")
    for one in sorted(slept, key=lambda one: one.schedule == HEARTBEAT):
        if one.is_worked_late:
            scheduler.call_later(now, partial(scheduler.fire_late, one.schedule, one.due_at))
    return slept


def _at(clock: Clock) -> Callable[[], datetime]:
    return lambda: clock.now


def _left(options: UpOptions) -> LastDay | None:
    """The company as it was left, where what was left last is one of this kind."""
    if options.afresh or not (options.home / "desk" / "last.json").is_file():
        return None
    left = last_day(options.home)
    return left if left.words.startswith(WORDS) and left.vertical == options.vertical else None


def _editions(options: UpOptions, vertical: Vertical, first: datetime, now: datetime) -> list[Edition]:
    """The sample's, from the day on which this company began, whatever day it is by now."""
    if options.live:
        return []
    days = SAMPLE_DAYS * (1 + (now.date() - first.date()).days // SAMPLE_DAYS)
    return editions_in(vertical, sample_of(options.home, vertical, first.date(), days=days, say=lambda _: None))[0]


@contextmanager
def _desk(
    options: UpOptions, left: LastDay | None, began: datetime, urls: Mapping[str, str], say: Callable[[str], None]
) -> Iterator[Desk]:
    plan = Plan(
        home=options.home,
        vertical=options.vertical,
        words=f"{WORDS}, {'live feeds' if options.live else 'sample data'}",
        begins_at=began,
        endpoint_url=options.endpoint_url,
        desk_postgres=options.desk_postgres,
    )
    if left is not None:
        with last_desk(plan, left, lambda _: urls) as desk:
            yield desk
        return
    with new_desk(plan, lambda _: urls, say) as desk:
        desk.set_now(began)
        open_approvals_and_customers(desk, desk.vertical)
        yield desk


def _keep(desk: Desk, options: UpOptions, first: datetime, clock: Clock) -> None:
    """What the next `up`, and every other command, goes on from."""
    desk.logs.flush()
    save(desk.cloud, desk_folder(options.home) / "snapshot")
    with desk.brain() as brain:
        roles = [row["role"] for row in brain.all("roster_roles")]
    day = LastDay(
        database=desk.database,
        company=desk.company,
        vertical=options.vertical,
        words=desk.plan.words,
        date=first.date().isoformat(),
        ended_at=clock.now.isoformat(),
        logins={role: desk.password(role) for role in roles},
    )
    remember(options.home, replace(day, days=SAMPLE_DAYS))
