"""The company in real time on the owner's desk: it continues where it stopped, until she stops it.

After a pause each schedule follows its record's missed-fire policy: run_once works its newest slot late, skip waits for
the next. The other slots of the pause are withdrawn with that reason: they were not missed, the desk was off.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from company.pages.banner import REAL_TIME
from company.vertical import Edition, Vertical, load
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.loopback import require_loopback
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import Clock, Scheduler, WallClock
from watchbill.cloud.snapshots.keeping import keeping
from watchbill.days.day import open_approvals_and_customers
from watchbill.days.recordings import editions_in
from watchbill.days.samples import sample_of
from watchbill.desk.desk import Desk, Plan, last_desk, new_desk
from watchbill.desk.platform import PlatformServices, then_call
from watchbill.desk.requests import answer_requests, forget_requests
from watchbill.home import UP, LastDay, holding_the_desk, remember, remembered, snapshot_folder

SAMPLE_DAYS = 7
HEARTBEAT = "heartbeat"
FAR = timedelta(days=3650)


@dataclass(frozen=True)
class UpOptions:
    """The owner's options. lasts=None runs until she stops it; live reads the publishers' own addresses."""

    home: Path
    vertical: str
    live: bool = False
    lasts: timedelta | None = None
    afresh: bool = False
    endpoint_url: str | None = None
    desk_postgres: str | None = None


@dataclass(frozen=True)
class PausedSchedule:
    """What a pause means for one schedule."""

    schedule: str
    due_at: datetime
    slots: int
    is_worked_late: bool


def run_up(
    options: UpOptions,
    report_fire: Callable[[AttemptResult], None],
    report: Callable[[str], None],
    clock: Clock | None = None,
) -> list[PausedSchedule]:
    """Fires every schedule at its own time until the end. The company is kept as it goes, however this ends."""
    require_loopback()
    clock = clock or WallClock()
    vertical, began = load(options.vertical), clock.now
    with ExitStack() as stack:
        stack.enter_context(holding_the_desk(options.home))
        forget_requests(options.home)
        last = _last_company(options)
        first = datetime.fromisoformat(last.date) if last else began
        editions = _editions(options, vertical, first, began, report)
        feeds = stack.enter_context(FeedServer(vertical.sources, editions, _at(clock)).serving())
        urls = {} if options.live else feeds.urls()
        desk = stack.enter_context(_desk(options, last, began, urls, report))
        stack.enter_context(keeping(desk.cloud, desk.logs, snapshot_folder(options.home, desk.company)))
        logins = desk.outages.surviving(desk.logins)
        keep = partial(_keep, desk, options, first, clock, logins)
        keep()
        stack.callback(keep)
        report("the company is up: other commands are about it until it ends")
        return _run(desk, options, clock, keep, report_fire)


def _run(
    desk: Desk,
    options: UpOptions,
    clock: Clock,
    keep: Callable[[], None],
    report_fire: Callable[[AttemptResult], None],
) -> list[PausedSchedule]:
    if isinstance(clock, WallClock):
        clock.between = partial(answer_requests, options.home, desk)
    scheduler = Scheduler(desk.cloud, desk.deployed, desk.invoke_function, clock, desk.overrides.is_blocked)
    ready = clock.now
    desk.set_now(ready)
    paused = resume_schedules(desk, scheduler, ready)
    after_fire = then_call(PlatformServices(desk, scheduler, ready), partial(_kept_and_reported, keep, report_fire))
    ends_at = ready + (FAR if options.lasts is None else options.lasts)
    scheduler.run(ready, ends_at, before_instant=desk.set_now, after_fire=after_fire)
    return paused


def resume_schedules(desk: Any, scheduler: Any, now: datetime) -> list[PausedSchedule]:
    """Withdraws the slots of the pause and schedules those that are to be worked late; heartbeat comes last."""
    with desk.brain() as brain:
        paused = [
            PausedSchedule(row["schedule"], row["due_at"], row["slots"], row["missed_fire"] == "run_once")
            for row in brain.all("slots_during_sleep", before=now)
        ]
        for one in paused:
            until = one.due_at if one.is_worked_late else now
            brain.run("note_sleep", schedule=one.schedule, until=until, why="the desk was asleep")
    for one in sorted(paused, key=lambda one: one.schedule == HEARTBEAT):
        if one.is_worked_late:
            scheduler.call_later(now, partial(scheduler.fire_late, one.schedule, one.due_at))
    return paused


def _at(clock: Clock) -> Callable[[], datetime]:
    return lambda: clock.now


def _last_company(options: UpOptions) -> LastDay | None:
    """The company that was up before, if it has the same product."""
    if options.afresh or not (options.home / "desk" / UP).is_file():
        return None
    last = remembered(options.home, UP)
    return last if last.vertical == options.vertical else None


def _editions(
    options: UpOptions, vertical: Vertical, first: datetime, now: datetime, report: Callable[[str], None]
) -> list[Edition]:
    """The sample's editions, from the day on which this company began."""
    if options.live:
        return []
    days = SAMPLE_DAYS * (1 + (now.date() - first.date()).days // SAMPLE_DAYS)
    return editions_in(vertical, sample_of(options.home, vertical, first.date(), days=days, report=report))[0]


@contextmanager
def _desk(
    options: UpOptions, last: LastDay | None, began: datetime, urls: Mapping[str, str], report: Callable[[str], None]
) -> Iterator[Desk]:
    plan = Plan(
        home=options.home,
        vertical=options.vertical,
        data_kind=f"{REAL_TIME}, {'live feeds' if options.live else 'sample data'}",
        begins_at=began,
        endpoint_url=options.endpoint_url,
        desk_postgres=options.desk_postgres,
    )
    if last is not None:
        report(f"opening the company as it was at {last.ended_at[:16].replace('T', ' ')} UTC")
        with last_desk(plan, last, lambda _: urls) as desk:
            yield desk
        return
    with new_desk(plan, lambda _: urls, report) as desk:
        desk.set_now(began)
        open_approvals_and_customers(desk, desk.vertical)
        yield desk


def _kept_and_reported(keep: Callable[[], None], report: Callable[[AttemptResult], None], fire: AttemptResult) -> None:
    keep()
    report(fire)


def _keep(desk: Desk, options: UpOptions, first: datetime, clock: Clock, logins: Mapping[str, str]) -> None:
    """Keeps the log lines and the record from which the next `up` and all other commands start.

    Everything else in the cloud is kept as it changes, and the brain keeps itself.
    """
    desk.logs.flush()
    day = LastDay(
        database=desk.database,
        company=desk.company,
        vertical=options.vertical,
        data_kind=desk.plan.data_kind,
        date=first.date().isoformat(),
        days=SAMPLE_DAYS,
        owner_timezone=desk.owner_timezone,
        ended_at=clock.now.isoformat(),
        logins=logins,
    )
    remember(options.home, day, UP)
