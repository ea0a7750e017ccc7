"""Runs a drill: a company on a fresh desk, its faults planted and healed at their times, and the verdict at the end."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from random import Random

import psycopg

from company.errors import CompanyError
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.mail import sent_mail
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.days.day import Progress
from watchbill.days.options import DEPLOY_LEAD
from watchbill.desk.desk import Desk
from watchbill.desk.platform import PlatformServices, then_call
from watchbill.drill.company import OnProgress, open_company
from watchbill.drill.evidence import Outside, cause_of, left_acts, read_rows
from watchbill.drill.fault import Outage, Planted
from watchbill.drill.healthy_week import healthy_week
from watchbill.drill.kills.figures import read_holdings
from watchbill.drill.options import DrillOptions
from watchbill.drill.room import NoSuchSource, Room
from watchbill.drill.table import DrillReport
from watchbill.drill.timetable import DrillSpan, plan
from watchbill.drill.verdict import Verdict, compared, judge_outages
from watchbill.errors import DeskError

PREPARED_BEFORE = timedelta(minutes=90)


def run_drill(options: DrillOptions, on_progress: OnProgress) -> DrillReport:
    """DeskError says what prevents it. The company of the run is the last one then, as after a day.

    A whole week by the book is compared with one in which all goes well, and that one is judged too.
    """
    began, run = time.monotonic(), plan(options)
    clock = SimulatedClock(run.starts_at - DEPLOY_LEAD)
    with ExitStack() as stack:
        desk, feeds = stack.enter_context(open_company(options, clock, on_progress))
        calm_week = stack.enter_context(healthy_week(options)) if options.is_compared else None
        drill = _Drill(options, run, desk, feeds, clock, on_progress)
        verdict = drill.play()
        if calm_week is not None:
            on_progress(Progress("comparing it with the same week without faults", clock.now, drill.fires))
            verdict = compared(verdict, calm_week(), drill.holdings())
    return DrillReport(verdict, drill.fires, time.monotonic() - began, run.starts_at, run.ends_at)


def _with_its_slot(room: Room, planted: Planted) -> Planted:
    """The slot at which its role will cause it, where the plant itself was not it."""
    if planted.cause is None or planted.cause_at is not None:
        return planted
    return replace(planted, cause_at=room.next_due(planted.cause))


def why_left_out(planted: Planted, limit: timedelta) -> str | None:
    """What nobody could notice within its limit, because nothing is wrong before; None where somebody can."""
    if planted.shows_in <= limit:
        return None
    if planted.shows_in == timedelta.max:
        return f"{planted.says}, and nothing comes any more that it would touch."
    return f"{planted.says}, and for {planted.shows_in.total_seconds() / 3600:.0f} hours nothing would be wrong yet."


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
            after_fire=then_call(platform, self._note_first_fire),
            on_progress=lambda at, fires: self.on_progress(Progress("", at, fires)),
        )
        self.fires = scheduler.fires
        self.desk.set_now(self.clock.now)
        with self.desk.brain() as brain:
            outages = [one.outage for one in self.run.appointments]
            rows = read_rows(brain, Outside(platform.received, sent_mail(self.desk.cloud), left_acts(self.desk)))
            return judge_outages(outages, rows, self.clock.now, partial(cause_of, brain))

    def holdings(self) -> dict[str, str]:
        """What the tables hold now."""
        with self.desk.brain() as brain:
            return read_holdings(brain)

    def _note_first_fire(self, fire: AttemptResult) -> None:
        for outage in (one.outage for one in self.run.appointments):
            planted, due_at = outage.planted, fire.attempt.due_at
            if planted is None or not planted.is_at_first_fire or planted.cause != fire.attempt.function.role:
                continue
            if planted.cause_at is not None and due_at < planted.cause_at:
                outage.planted = replace(planted, cause_at=due_at)

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
            planted = _with_its_slot(room, outage.fault.plant(room))
            outage.left_out = why_left_out(planted, outage.fault.limit)
            if outage.left_out is None:
                outage.planted = planted
            else:
                planted.heal()

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
        except NoSuchSource as error:
            outage.left_out = str(error)
        except (CompanyError, DeskError, psycopg.Error) as error:
            outage.problems.append(f"{what} it failed: {type(error).__name__}: {error}"[:300])

    def _say(self, step: str) -> None:
        self.on_progress(Progress(step, self.clock.now, self.fires))
