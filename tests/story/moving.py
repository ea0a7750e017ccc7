"""A desk whose first source moves to another address for good: run by a test, as a process of its own.

The word after it says what comes of the fix: `kept`, or `breaks` where the new home goes bad once the fix is deployed.
"""

import json
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from watchbill.cloud.feeds import FeedFault, FeedServer
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.days.options import DEPLOY_LEAD
from watchbill.desk.desk import Desk
from watchbill.desk.platform import PlatformServices, then_call
from watchbill.drill.company import open_company
from watchbill.drill.options import DrillOptions

SOURCE = "kev"
MOST_HOURS = 26
OVER = """
SELECT FROM company.deployments d WHERE d.status IN ('kept', 'rolled_back')
  AND EXISTS (SELECT FROM company.fetches f WHERE f.source = 'kev' AND f.at > coalesce(d.ended_at, d.live_at))
  AND (d.status = 'rolled_back' OR NOT EXISTS (
    SELECT FROM company.findings f WHERE f.kind = 'address_moved' AND f.closed_at IS NULL))
"""
"""The deployment has ended, the source was asked since, and of a fix that was kept nothing is left open."""
TOLD = {
    "fetches": "SELECT f.at, f.url, f.result, f.moved_to FROM company.fetches f WHERE f.source = 'kev' ORDER BY f.id",
    "changes": "SELECT status, verdict, diff, evidence FROM company.changes ORDER BY id",
    "deployments": "SELECT status, reason, live_at, ended_at, functions FROM company.deployments ORDER BY id",
    "findings": "SELECT kind, subject, title, closed_at FROM company.findings ORDER BY id",
    "tasks": "SELECT mode, status, payload, result FROM company.task_queue WHERE mode = 'build' ORDER BY id",
}


def main() -> None:
    options = DrillOptions(home=Path(".watchbill").resolve(), vertical="patchfirst")
    starts_at = options.week_starts_at
    clock = SimulatedClock(starts_at - DEPLOY_LEAD)
    with open_company(options, clock, lambda _: None) as (desk, feeds):
        scheduler = Scheduler(desk.cloud, desk.deployed, desk.invoke_function, clock, desk.overrides.is_blocked)
        platform = PlatformServices(desk, scheduler, starts_at)
        planted_at = starts_at + timedelta(minutes=30)
        scheduler.call_later(planted_at, partial(plant, desk, feeds, planted_at), "the move")
        after_fire = then_call(platform, lambda _: None)
        for hour in range(MOST_HOURS):
            begins_at = starts_at + timedelta(hours=hour)
            scheduler.run(begins_at, begins_at + timedelta(hours=1), before_instant=desk.set_now, after_fire=after_fire)
            if rows(desk, OVER):
                break
        print(
            json.dumps(
                {"old": feeds.url(SOURCE), **{name: rows(desk, told) for name, told in TOLD.items()}}, default=str
            )
        )


def plant(desk: Desk, feeds: FeedServer, at: datetime) -> None:
    """Its publisher answers 301 from now on; the owner lets fixes deploy themselves."""
    with desk.brain() as brain:
        brain.run("set_approval", action="deploy", level="open")

    def change(body: bytes) -> bytes:
        return body[: len(body) // 2] if sys.argv[1] == "breaks" and is_live(desk) else body

    feeds.plant(SOURCE, FeedFault("moved", at, moved_to="/new", change=change))


def is_live(desk: Desk) -> bool:
    return bool(rows(desk, "SELECT FROM company.deployments WHERE live_at IS NOT NULL AND status = 'live'"))


def rows(desk: Desk, statement: str) -> list[Any]:
    cursor = desk.run_as_migrate(statement)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


main()
