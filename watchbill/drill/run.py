"""Runs a drill: a company on a fresh desk, its faults planted and healed at their times, and the verdict at the end."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

import psycopg

from company.errors import CompanyError
from company.owner.marks import LEFT
from company.vertical import Vertical, load
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.loopback import require_loopback
from watchbill.cloud.mail import sent_mail
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.days.day import Progress, open_approvals_and_customers
from watchbill.days.ending import keep_company
from watchbill.days.options import DEPLOY_LEAD
from watchbill.days.recordings import editions_in
from watchbill.days.samples import sample_of
from watchbill.desk.desk import Desk, Plan, new_desk
from watchbill.desk.platform import PlatformServices
from watchbill.drill.evidence import Outside, cause_of, read_rows
from watchbill.drill.fault import Outage, Planted
from watchbill.drill.options import DAYS, DrillOptions
from watchbill.drill.room import Room
from watchbill.drill.timetable import DrillSpan, plan
from watchbill.drill.verdict import Verdict, judge_outages
from watchbill.errors import DeskError

OnProgress = Callable[[Progress], None]
PREPARED_BEFORE = timedelta(minutes=90)


@dataclass(frozen=True)
class DrillReport:
    """The verdict, and what the run cost. Seconds are wall time."""

    verdict: Verdict
    fires: int
    wall_seconds: float
    starts_at: datetime
    ends_at: datetime


def run_drill(options: DrillOptions, on_progress: OnProgress) -> DrillReport:
    """DeskError says what prevents it. The company of the run is the last one then, as after a day."""
    require_loopback()
    began, run, vertical = time.monotonic(), plan(options), load(options.vertical)
    clock = SimulatedClock(run.starts_at - DEPLOY_LEAD)
    with ExitStack() as stack:
        feeds = stack.enter_context(_feeds(options, vertical, clock, on_progress).serving())
        desk = stack.enter_context(
            new_desk(_desk_plan(options, clock.now), lambda _: feeds.urls(), lambda step: on_progress(Progress(step)))
        )
        desk.set_now(clock.now)
        open_approvals_and_customers(desk, vertical)
        drill = _Drill(options, run, desk, feeds, clock, on_progress)
        verdict = drill.play()
        keep_company(desk, date=run.starts_at.date(), days=DAYS, ended_at=clock.now, figures={})
        return DrillReport(verdict, drill.fires, time.monotonic() - began, run.starts_at, run.ends_at)


def _feeds(options: DrillOptions, vertical: Vertical, clock: SimulatedClock, on_progress: OnProgress) -> FeedServer:
    """The week's sample, also for a drill of one fault: its second day reads what its first one left."""
    folder = sample_of(
        options.home,
        vertical,
        options.week_starts_at.date(),
        days=DAYS + 1,
        report=lambda step: on_progress(Progress(step)),
    )
    return FeedServer(vertical.sources, editions_in(vertical, folder)[0], lambda: clock.now)


def _desk_plan(options: DrillOptions, begins_at: datetime) -> Plan:
    return Plan(
        home=options.home,
        vertical=options.vertical,
        data_kind="a drill on sample data",
        begins_at=begins_at,
        endpoint_url=options.endpoint_url,
        desk_postgres=options.desk_postgres,
    )


def left_acts(desk: Desk) -> set[tuple[str, str]]:
    """What left the company by the marks outside its brain: the day and to whom."""
    client, bucket = desk.cloud.client("s3"), desk.deployed.bucket
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=LEFT)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    notes = [json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return {(str(note["at"])[:10], str(note["to_whom"])) for note in notes}


def _with_its_slot(room: Room, planted: Planted) -> Planted:
    """The slot at which its role will cause it, where the plant itself was not it."""
    if planted.cause is None or planted.cause_at is not None:
        return planted
    return replace(planted, cause_at=room.next_due(planted.cause))


@dataclass
class _Drill:
    """One run: what is planted when, by the scheduler's own clock."""

    options: DrillOptions
    run: DrillSpan
    desk: Desk
    feeds: FeedServer
    clock: SimulatedClock
    on_progress: OnProgress
    fires: int = 0

    def play(self) -> Verdict:
        scheduler = Scheduler(
            self.desk.cloud, self.desk.deployed, self.desk.invoke_function, self.clock, self.desk.overrides.is_blocked
        )
        platform = PlatformServices(self.desk, scheduler, self.run.starts_at)
        for one in self.run.appointments:
            if one.outage.fault.prepare is not None:
                scheduler.call_later(one.plant_at - PREPARED_BEFORE, partial(self._prepare, one.outage), "prepare")
            scheduler.call_later(one.plant_at, partial(self._plant, one.outage), one.outage.fault.name)
            scheduler.call_later(one.heal_at, partial(self._heal, one.outage), one.outage.fault.name)
        scheduler.run(
            self.run.starts_at,
            self.run.ends_at,
            before_instant=self.desk.set_now,
            after_fire=platform.after_fire,
            on_progress=lambda at, fires: self.on_progress(Progress("", at, fires)),
        )
        self.fires = scheduler.fires
        self.desk.set_now(self.clock.now)
        with self.desk.brain() as brain:
            outages = [one.outage for one in self.run.appointments]
            rows = read_rows(brain, Outside(platform.received, sent_mail(self.desk.cloud), left_acts(self.desk)))
            return judge_outages(outages, rows, self.clock.now, partial(cause_of, brain))

    def _prepare(self, outage: Outage) -> None:
        assert outage.fault.prepare is not None, "it is called for faults that are prepared"
        with self._noting(outage, "preparing"):
            outage.fault.prepare(Room(self.desk, self.feeds, self.clock.now, Random(0)))

    def _plant(self, outage: Outage) -> None:
        self._say(f"planted: {outage.fault.outage}")
        outage.planted_at = self.clock.now
        chance = Random(f"{self.options.seed} {outage.fault.name}")
        room = Room(self.desk, self.feeds, self.clock.now, chance, self._busy())
        with self._noting(outage, "planting"):
            outage.planted = _with_its_slot(room, outage.fault.plant(room))

    def _busy(self) -> frozenset[str]:
        """The parts of every fault that stands, or was healed a while ago."""
        outages = [one.outage for one in self.run.appointments]
        parts = [part for one in outages for part in one.parts if one.explains(part, None, self.clock.now)]
        return frozenset(parts)

    def _heal(self, outage: Outage) -> None:
        self._say(f"healed: {outage.fault.outage}")
        if outage.planted is not None:
            with self._noting(outage, "healing"):
                outage.planted.heal()
        outage.healed_at = self.clock.now

    @contextmanager
    def _noting(self, outage: Outage, what: str) -> Iterator[None]:
        """One fault that cannot be planted or healed takes no other's place; it is not ok."""
        try:
            yield
        except (CompanyError, DeskError, psycopg.Error) as error:
            outage.problems.append(f"{what} it failed: {type(error).__name__}: {error}"[:300])

    def _say(self, step: str) -> None:
        self.on_progress(Progress(step, self.clock.now, self.fires))
