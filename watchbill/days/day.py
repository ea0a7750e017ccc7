"""One whole company day on the desk: 24 hours of schedules in simulated time, ending with the morning brief.

The day of date D runs from 07:00 on D to 07:00 on the next morning. The brief of 06:50 is its last act.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from random import Random

from company.text.wording import counted
from company.vertical import Edition, Vertical, load
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.loopback import require_loopback
from watchbill.cloud.notices import Notice
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.days.ending import DayReport, report_of, save_day
from watchbill.days.model_run import hold_to_cap, prepare
from watchbill.days.options import DEPLOY_LEAD, DayOptions
from watchbill.days.recordings import editions_for, editions_in, require_readable
from watchbill.days.samples import sample_of
from watchbill.desk.desk import Desk, Plan, new_desk
from watchbill.desk.platform import PlatformServices, then_call
from watchbill.drill.fault import Fault
from watchbill.drill.on_a_day import chosen
from watchbill.drill.room import Room

SETUP_SECONDS, SECONDS_A_DAY = 5, 15
"""As measured on two cores with nothing else to do."""


@dataclass(frozen=True)
class Progress:
    """What the day is doing at the moment."""

    step: str
    at: datetime | None = None
    fires: int = 0


def run_day(options: DayOptions, on_progress: Callable[[Progress], None]) -> DayReport:
    """Runs the day and saves it for later commands. DeskError says what prevents it."""
    require_loopback()
    began = time.monotonic()
    vertical = _readable_product(options)
    faults = chosen(options.faults, live=options.live, recorded=options.feeds is not None)
    on_progress(Progress(_announced(options)))
    clock = SimulatedClock(options.starts_at - DEPLOY_LEAD)
    editions, notes = _editions(options, vertical, on_progress)
    with ExitStack() as stack:
        feeds = stack.enter_context(FeedServer(vertical.sources, editions, lambda: clock.now).serving())
        urls = {} if options.live else feeds.urls()
        desk = stack.enter_context(
            new_desk(_plan(options, clock.now), lambda _: urls, lambda step: on_progress(Progress(step)))
        )
        desk.set_now(clock.now)
        desk.outages.surviving(
            lambda: open_approvals_and_customers(desk, vertical, uses_model=options.model is not None)
        )
        if options.model:
            prepare(desk, options.model, starts_at=options.starts_at, ends_at=options.ends_at)
        ready = time.monotonic()
        on_progress(Progress("firing every schedule of the day, in simulated time", clock.now))
        scheduler, failed, notices = _play(desk, feeds, clock, options, faults, on_progress)
        on_progress(Progress("saving the brief, the logs and the snapshot", clock.now, scheduler.fires))
        report = desk.outages.surviving(
            lambda: report_of(desk, options, scheduler, failed, (ready - began, began), notes)
        )
        report = replace(report, notices=tuple(notices))
        save_day(desk, options, report)
    return report


def _readable_product(options: DayOptions) -> Vertical:
    vertical = load(options.vertical)
    if options.feeds is not None:
        require_readable(vertical, options.feeds)
    return vertical


def _announced(options: DayOptions) -> str:
    """From the first second: what this command does, and how long it takes."""
    if options.live or options.model or options.feeds:
        return f"{counted(options.days, 'day')} of the company, here; how long depends on its feeds and its model"
    seconds = SETUP_SECONDS + SECONDS_A_DAY * options.days * options.hours / 24
    return f"{counted(options.days, 'day')} of the company, here: some {seconds:.0f} s on two free cores"


def _plan(options: DayOptions, begins_at: datetime) -> Plan:
    return Plan(
        home=options.home,
        vertical=options.vertical,
        data_kind=_data_kind(options),
        begins_at=begins_at,
        endpoint_url=options.endpoint_url,
        desk_postgres=options.desk_postgres,
        model=options.model,
    )


def _data_kind(options: DayOptions) -> str:
    if options.live:
        return "live feeds"
    return "sample data" if options.feeds is None else "recorded feeds"


def _editions(
    options: DayOptions, vertical: Vertical, on_progress: Callable[[Progress], None]
) -> tuple[list[Edition], tuple[str, ...]]:
    """The editions that the desk's feed server serves, and what to say of files that were left out."""
    if options.live:
        return [], ()
    if options.feeds is not None:
        return editions_for(vertical, options.feeds, options)
    folder = sample_of(
        options.home, vertical, options.date, days=options.days, report=lambda step: on_progress(Progress(step))
    )
    return editions_in(vertical, folder)[0], ()


def open_approvals_and_customers(desk: Desk, vertical: Vertical, *, uses_model: bool = False) -> None:
    """Does what an owner does after her first deploy. The desk's mail and pages stay in the desk's own cloud.

    uses_model: with `--think` the model may act.
    """
    with desk.brain() as brain:
        for action in ("deliver", "publish", *(["act_by_model"] if uses_model else [])):
            brain.run("set_approval", action=action, level="open")
        for customer in vertical.customers:
            brain.run(
                "add_customer",
                name=customer.name,
                email=customer.email,
                kind=customer.kind,
                filters=dict(customer.filters),
            )


def _play(
    desk: Desk,
    feeds: FeedServer,
    clock: SimulatedClock,
    options: DayOptions,
    faults: list[Fault],
    on_progress: Callable[[Progress], None],
) -> tuple[Scheduler, int, list[Notice]]:
    """Fires the schedules with the planted faults; returns the scheduler, how many fires failed, and the notices."""
    scheduler = Scheduler(desk.cloud, desk.deployed, desk.invoke_function, clock, desk.overrides.is_blocked)
    platform = _platform(desk, scheduler, options.starts_at, on_progress)
    failed: list[AttemptResult] = []
    if options.model:
        hold_to_cap(desk, scheduler, options.model, starts_at=options.starts_at, ends_at=options.ends_at)
    for plant in faults:
        moment = options.starts_at + plant.on_a_day_at
        scheduler.call_later(moment, partial(_plant, plant, desk, feeds, clock), plant.name)

    def after_fire(fire: AttemptResult) -> None:
        if not fire.invocation.is_ok:
            failed.append(fire)

    scheduler.run(
        options.starts_at,
        options.ends_at,
        before_instant=desk.set_now,
        after_fire=then_call(platform, after_fire),
        on_progress=lambda at, fires: on_progress(Progress("", at, fires)),
    )
    desk.set_now(clock.now)
    return scheduler, len(failed), platform.received


def _platform(
    desk: Desk, scheduler: Scheduler, since: datetime, on_progress: Callable[[Progress], None]
) -> PlatformServices:
    """Says what another emulator keeps this day from playing."""
    platform = PlatformServices(desk, scheduler, since)
    if lost := platform.alarms.not_evaluated:
        on_progress(
            Progress(f"the emulator keeps no metric math: {counted(len(lost), 'alarm is', 'alarms are')} not evaluated")
        )
    return platform


def _plant(fault: Fault, desk: Desk, feeds: FeedServer, clock: SimulatedClock) -> None:
    fault.plant(Room(desk, feeds, clock.now, Random(0)))
