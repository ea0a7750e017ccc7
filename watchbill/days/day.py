"""One whole company day on the desk: 24 hours of schedules in simulated time, ending with the morning brief.

The day of date D runs from 07:00 on D to 07:00 on the morning after, whose brief, written at 06:50, closes it.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import Any

from company.brain import Brain
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
from watchbill.desk.platform import PlatformServices, hear
from watchbill.errors import DeskError
from watchbill.faults.catalogue import FAULTS, PlantableFault, chosen
from watchbill.home import LastDay, desk_folder, remember

FIRST_DATE = date(2026, 3, 11)
MORNING = time_of_day(7, 0)
DEPLOY_LEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class DayOptions:
    """What the owner asked for. feeds is a folder of recorded files; None means the product's own sample."""

    home: Path
    vertical: str
    date: date = FIRST_DATE
    feeds: Path | None = None
    faults: tuple[str, ...] | None = None
    """None plants what the demo shows: a stale feed (recorded feeds are shown as they were) and a muted schedule."""
    endpoint_url: str | None = None
    desk_postgres: str | None = None
    days: int = 1
    hours: int = 24
    """Of the last day: fewer end it early, before its brief."""
    live: bool = False
    """Functions ask the publishers' own addresses; all else stays on loopback."""
    model: ModelAccess | None = None
    """Whom the employees may ask; None is the book."""

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.date, MORNING, UTC)

    @property
    def ends_at(self) -> datetime:
        longer = max((FAULTS[name].goes_on for name in self.faults or () if name in FAULTS), default=timedelta(0))
        return self.starts_at + timedelta(days=self.days - 1, hours=self.hours) + longer


@dataclass(frozen=True)
class Progress:
    """What the day is doing now."""

    step: str
    at: datetime | None = None
    fires: int = 0


@dataclass(frozen=True)
class DayReport:
    """What came of a day. seconds are of the wall clock; slots counts by end; pipelines has one row per source."""

    date: date
    started_at: datetime
    ended_at: datetime
    fires: int
    wall_seconds: float
    setup_seconds: float
    slots: Mapping[str, int]
    pipelines: tuple[Mapping[str, Any], ...]
    brief: str
    brief_html: str
    failed_fires: int
    notes: tuple[str, ...] = field(default=())
    briefs: tuple[str, ...] = field(default=())
    """One for each morning, the last one included."""
    heard: tuple[Notice, ...] = field(default=())
    """What reached the owner beside the brief: from her topic, in simulated time."""

    def as_json(self) -> dict[str, Any]:
        """What `day --json` prints; other people's tools hold on to these keys."""
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
            "heard": [notice.as_json() for notice in self.heard],
        }


def run_day(options: DayOptions, on_progress: Callable[[Progress], None]) -> DayReport:
    """Runs the day and keeps its brain and papers for later commands. DeskError says what stands in the way."""
    began = time.monotonic()
    vertical = load(options.vertical)
    faults = chosen(options.faults, live=options.live, recorded=options.feeds is not None)
    clock = SimulatedClock(options.starts_at - DEPLOY_LEAD)
    editions, notes = _editions(options, vertical, on_progress)
    with ExitStack() as stack:
        feeds = stack.enter_context(FeedServer(vertical.sources, editions, lambda: clock.now).serving())
        plan = Plan(
            home=options.home,
            vertical=options.vertical,
            words=_words(options),
            begins_at=clock.now,
            endpoint_url=options.endpoint_url,
            desk_postgres=options.desk_postgres,
            model=options.model,
        )
        urls = {} if options.live else {source.name: feeds.url(source.name) for source in vertical.sources}
        desk = stack.enter_context(new_desk(plan, lambda _: urls, lambda step: on_progress(Progress(step))))
        desk.set_now(clock.now)
        open_approvals_and_customers(desk, vertical, thinks=options.model is not None)
        if options.model:
            prepare(desk, options.model, starts_at=options.starts_at, ends_at=options.ends_at)
        ready = time.monotonic()
        scheduler, failed, heard = _play(desk, feeds, clock, options, faults, on_progress)
        on_progress(Progress("keeping the day's papers", clock.now, scheduler.fires))
        report = replace(_report(desk, options, scheduler, failed, (ready - began, began), notes), heard=tuple(heard))
        _keep(desk, options, report)
    return report


def _words(options: DayOptions) -> str:
    if options.live:
        return "live feeds"
    return "sample data" if options.feeds is None else "recorded feeds"


def _editions(
    options: DayOptions, vertical: Vertical, on_progress: Callable[[Progress], None]
) -> tuple[list[Edition], tuple[str, ...]]:
    """The editions that the desk's feed server shows, and warnings about files left out."""
    if options.live:
        return [], ()
    folder = options.feeds
    if folder is None:
        folder = sample_of(
            options.home, vertical, options.date, days=options.days, say=lambda step: on_progress(Progress(step))
        )
    elif not folder.is_dir():
        raise DeskError(f"--feeds {folder}: there is no such folder. Name one that holds a folder per source.")
    editions, warnings = editions_in(vertical, folder)
    if not editions:
        raise DeskError(
            f"--feeds {folder}: no edition of {', '.join(s.name for s in vertical.sources)} was found there."
        )
    return editions, tuple(warnings)


def open_approvals_and_customers(desk: Desk, vertical: Vertical, *, thinks: bool = False) -> None:
    """What an owner does after her first deploy. The desk's mail and pages go nowhere but into the desk's own cloud.

    thinks: she asked for a model (`--think`), so it may act.
    """
    with desk.brain() as brain:
        for act in ("deliver", "publish", *(["act_by_model"] if thinks else [])):
            brain.run("set_approval", action=act, level="open")
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
    """Fires 24 hours of schedules, with what was to be planted. Gives the scheduler and how many fires failed."""
    scheduler = Scheduler(desk.cloud, desk.deployed, desk.invoke_function, clock, desk.overrides.is_blocked)
    outside = PlatformServices(desk, scheduler, options.starts_at)
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
        after_fire=hear(outside, after_fire),
        on_progress=lambda at, fires: on_progress(Progress("", at, fires)),
    )
    desk.set_now(clock.now)
    return scheduler, len(failed), outside.heard


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


def _pipelines(brain: Brain, since: datetime, until: datetime) -> list[dict[str, Any]]:
    rows = brain.all("pipeline_counts", since=since - DEPLOY_LEAD, until=until)
    return [dict(row) for row in rows]


def _keep(desk: Desk, options: DayOptions, report: DayReport) -> None:
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
            words=desk.plan.words,
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
