"""One whole company day on the desk: 24 hours of schedules in simulated time, ending with the morning brief.

The day of date D runs from 07:00 on D to 07:00 on the next morning. The brief of 06:50 is its last act.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path

from company.brain import Brain
from company.json_values import JsonObject
from company.vertical import Edition, Vertical, load
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.notices import Notice
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.cloud.snapshot import save
from watchbill.days.model_run import hold_to_cap, prepare
from watchbill.days.recordings import editions_in
from watchbill.days.samples import sample_of
from watchbill.desk.desk import Desk, Plan, new_desk
from watchbill.desk.model_access import ModelAccess
from watchbill.desk.platform import PlatformServices, then_call
from watchbill.errors import DeskError
from watchbill.faults.catalogue import FAULTS, PlantableFault, chosen
from watchbill.home import LastDay, desk_folder, remember

FIRST_DATE = date(2026, 3, 11)
MORNING = time_of_day(7, 0)
DEPLOY_LEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class DayOptions:
    """The owner's options. feeds is a folder of recorded files; None means the product's own sample."""

    home: Path
    vertical: str
    date: date = FIRST_DATE
    feeds: Path | None = None
    faults: tuple[str, ...] | None = None
    """None plants the faults of the demo: a stale feed (not with recorded feeds) and a muted schedule."""
    endpoint_url: str | None = None
    desk_postgres: str | None = None
    days: int = 1
    hours: int = 24
    """Of the last day; fewer than 24 end it before its brief."""
    live: bool = False
    """Functions read the publishers' own addresses; everything else stays on loopback."""
    model: ModelAccess | None = None
    """The model that employees may use; with None they work by the book."""

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.date, MORNING, UTC)

    @property
    def ends_at(self) -> datetime:
        extra = max((FAULTS[name].extra_time for name in self.faults or () if name in FAULTS), default=timedelta(0))
        return self.starts_at + timedelta(days=self.days - 1, hours=self.hours) + extra


@dataclass(frozen=True)
class Progress:
    """What the day is doing at the moment."""

    step: str
    at: datetime | None = None
    fires: int = 0


@dataclass(frozen=True)
class DayReport:
    """The result of a day. Seconds are wall time; slots are counted by status; pipelines has one row per source."""

    date: date
    started_at: datetime
    ended_at: datetime
    fires: int
    wall_seconds: float
    setup_seconds: float
    slots: Mapping[str, int]
    pipelines: tuple[JsonObject, ...]
    brief: str
    brief_html: str
    failed_fires: int
    notes: tuple[str, ...] = field(default=())
    briefs: tuple[str, ...] = field(default=())
    """One for each morning, the last one included."""
    notices: tuple[Notice, ...] = field(default=())
    """What reached the owner beside the brief: from her topic, in simulated time."""

    def as_json(self) -> JsonObject:
        """What `day --json` prints; other tools depend on these keys."""
        return {
            "date": self.date.isoformat(),
            "fires": self.fires,
            "wall_seconds": round(self.wall_seconds, 2),
            "setup_seconds": round(self.setup_seconds, 2),
            "failed_fires": self.failed_fires,
            "slots": dict(self.slots),
            "pipelines": [dict(row) for row in self.pipelines],
            "brief": self.brief,
            "briefs": list(self.briefs),
            "notes": list(self.notes),
            "heard": [notice.as_json() for notice in self.notices],
        }


def run_day(options: DayOptions, on_progress: Callable[[Progress], None]) -> DayReport:
    """Runs the day and saves it for later commands. DeskError says what prevents it."""
    began = time.monotonic()
    vertical = load(options.vertical)
    faults = chosen(options.faults, live=options.live, recorded=options.feeds is not None)
    clock = SimulatedClock(options.starts_at - DEPLOY_LEAD)
    editions, notes = _editions(options, vertical, on_progress)
    with ExitStack() as stack:
        feeds = stack.enter_context(FeedServer(vertical.sources, editions, lambda: clock.now).serving())
        urls = {} if options.live else {source.name: feeds.url(source.name) for source in vertical.sources}
        desk = stack.enter_context(
            new_desk(_plan(options, clock.now), lambda _: urls, lambda step: on_progress(Progress(step)))
        )
        desk.set_now(clock.now)
        open_approvals_and_customers(desk, vertical, uses_model=options.model is not None)
        if options.model:
            prepare(desk, options.model, starts_at=options.starts_at, ends_at=options.ends_at)
        ready = time.monotonic()
        scheduler, failed, notices = _play(desk, feeds, clock, options, faults, on_progress)
        on_progress(Progress("saving the brief, the logs and the snapshot", clock.now, scheduler.fires))
        report = replace(
            _report(desk, options, scheduler, failed, (ready - began, began), notes), notices=tuple(notices)
        )
        _save(desk, options, report)
    return report


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
    """The editions that the desk's feed server serves, and warnings about files that were left out."""
    if options.live:
        return [], ()
    folder = options.feeds
    if folder is None:
        folder = sample_of(
            options.home, vertical, options.date, days=options.days, report=lambda step: on_progress(Progress(step))
        )
    elif not folder.is_dir():
        raise DeskError(f"--feeds {folder}: there is no such folder. Name a folder with one folder per source.")
    editions, warnings = editions_in(vertical, folder)
    if not editions:
        raise DeskError(f"--feeds {folder}: it has no edition of {', '.join(s.name for s in vertical.sources)}.")
    return editions, tuple(warnings)


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
    faults: list[PlantableFault],
    on_progress: Callable[[Progress], None],
) -> tuple[Scheduler, int, list[Notice]]:
    """Fires the schedules with the planted faults; returns the scheduler, how many fires failed, and the notices."""
    scheduler = Scheduler(desk.cloud, desk.deployed, desk.invoke_function, clock, desk.overrides.is_blocked)
    platform = PlatformServices(desk, scheduler, options.starts_at)
    failed: list[AttemptResult] = []
    if options.model:
        hold_to_cap(desk, scheduler, options.model, starts_at=options.starts_at, ends_at=options.ends_at)
    for plant in faults:
        moment = options.starts_at + plant.after
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


def _plant(plant: PlantableFault, desk: Desk, feeds: FeedServer, clock: SimulatedClock) -> None:
    plant.plant(desk, feeds, clock.now)


def _report(
    desk: Desk,
    options: DayOptions,
    scheduler: Scheduler,
    failed: int,
    clocks: tuple[float, float],
    notes: tuple[str, ...],
) -> DayReport:
    setup_seconds, began = clocks
    start = options.starts_at
    with desk.brain() as brain:
        brief = brain.one("latest_brief") or {
            "body": "No brief was written: see `watchbill findings`.",
            "html": "",
        }
        return DayReport(
            date=options.date,
            started_at=start,
            ended_at=options.ends_at,
            fires=scheduler.fires,
            wall_seconds=time.monotonic() - began,
            setup_seconds=setup_seconds,
            slots={row["status"]: row["slots"] for row in brain.all("slots_by_end", since=start, until=desk.now())},
            pipelines=tuple(_pipelines(brain, start, options.ends_at)),
            brief=brief["body"],
            brief_html=brief["html"],
            failed_fires=failed,
            notes=notes,
            briefs=tuple(row["body"] for row in brain.all("briefs_since", since=start)),
        )


def _pipelines(brain: Brain, since: datetime, until: datetime) -> list[JsonObject]:
    rows = brain.all("pipeline_counts", since=since - DEPLOY_LEAD, until=until)
    return [dict(row) for row in rows]


def _save(desk: Desk, options: DayOptions, report: DayReport) -> None:
    folder = desk_folder(options.home)
    (folder / "brief.txt").write_text(report.brief + "\n", encoding="utf-8")
    (folder / "brief.html").write_text(report.brief_html, encoding="utf-8")
    desk.logs.flush()
    save(desk.cloud, folder / "snapshot")
    logins = {role: desk.password(role) for role in _roles(desk)}
    remember(
        options.home,
        LastDay(
            database=desk.database,
            company=desk.company,
            vertical=options.vertical,
            data_kind=desk.plan.data_kind,
            date=options.date.isoformat(),
            days=options.days,
            ended_at=report.ended_at.isoformat(),
            logins=logins,
            figures=report.as_json(),
        ),
    )


def _roles(desk: Desk) -> list[str]:
    with desk.brain() as brain:
        return [row["role"] for row in brain.all("roster_roles")]
