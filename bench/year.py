"""A company's second day with a year of history behind it, compared with the same day after one day."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from bench.ageing import age
from bench.database import VERTICAL, BenchDatabase
from bench.measure import Measurement, at_most
from company.vertical import Vertical, load
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.days.day import open_approvals_and_customers
from watchbill.days.options import DEPLOY_LEAD
from watchbill.days.recordings import editions_in
from watchbill.days.samples import sample_of
from watchbill.desk.desk import Desk, Plan, new_desk
from watchbill.desk.platform import PlatformServices, then_call
from watchbill.sample_week import FIRST_DAY, MORNING

STARTS = datetime.combine(FIRST_DAY, MORNING, UTC)
DAY = timedelta(days=1)
SHOWN = 5
"""Roles with a line of their own: those that became slower by most."""
LIMIT = 1.5
"""Of all fires: a day's questions are of lately, but for those of a page that shows half a year."""


def second_day(_: BenchDatabase) -> Iterator[Measurement]:
    """Seconds of all fires, of the beats, and of the roles that the history costs most."""
    young, old = _second_day(is_old=False), _second_day(is_old=True)
    what = "all fires of a day after a year | after one day"
    yield at_most("year", what, sum(old.values()), sum(young.values()), limit=LIMIT)
    slowest = sorted(young, key=lambda role: young[role] - old.get(role, 0.0))[:SHOWN]
    for role in dict.fromkeys(("heartbeat", *slowest)):
        what = f"the fires of {role} in that day | in the other"
        yield at_most(f"year-{role}", what, old[role], young[role])


def _second_day(*, is_old: bool) -> Mapping[str, float]:
    """Role -> seconds of its fires."""
    home = Path(tempfile.mkdtemp(prefix="watchbill-bench-"))
    try:
        return _seconds_of(_fires_of_second_day(home, is_old=is_old))
    finally:
        shutil.rmtree(find_home(home).base)
        shutil.rmtree(home, ignore_errors=True)


def _fires_of_second_day(home: Path, *, is_old: bool) -> list[AttemptResult]:
    product, clock = load(VERTICAL), SimulatedClock(STARTS - DEPLOY_LEAD)
    folder = sample_of(home, product, FIRST_DAY, days=2, report=lambda _: None)
    with ExitStack() as stack:
        editions = editions_in(product, folder)[0]
        feeds = stack.enter_context(FeedServer(product.sources, editions, lambda: clock.now).serving())
        plan = Plan(home=home, vertical=VERTICAL, data_kind="sample data", begins_at=clock.now)
        desk = stack.enter_context(new_desk(plan, lambda _: feeds.urls(), lambda _: None))
        scheduler = _opened(desk, product, clock)
        _run(desk, scheduler, STARTS)
        with psycopg.connect(desk.server.dsn(desk.database), autocommit=True, row_factory=dict_row) as admin:
            if is_old:
                age(admin)
            admin.execute("VACUUM ANALYZE")
        return _run(desk, scheduler, STARTS + DAY)


def _opened(desk: Desk, product: Vertical, clock: SimulatedClock) -> Scheduler:
    desk.set_now(clock.now)
    open_approvals_and_customers(desk, product)
    return Scheduler(desk.cloud, desk.deployed, desk.invoke_function, clock, desk.overrides.is_blocked)


def _run(desk: Desk, scheduler: Scheduler, since: datetime) -> list[AttemptResult]:
    fires: list[AttemptResult] = []
    after_fire = then_call(PlatformServices(desk, scheduler, since), fires.append)
    scheduler.run(since, since + DAY, before_instant=desk.set_now, after_fire=after_fire)
    return fires


def _seconds_of(fires: list[AttemptResult]) -> Mapping[str, float]:
    seconds: dict[str, float] = {}
    for fire in fires:
        role = fire.attempt.function.spec.environment["ROLE"]
        assert fire.invocation.is_ok, (role, fire.invocation.payload)
        seconds[role] = seconds.get(role, 0.0) + fire.invocation.duration_ms / 1000
    return seconds
