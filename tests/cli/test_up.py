"""In real time the company continues where it stopped; after a pause each schedule follows its missed-fire policy."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.brains import MORNING, TestBrain
from tests.support.checkouts import Checkout
from tests.support.refusals import refused
from watchbill.days.up import resume_schedules
from watchbill.errors import DeskError
from watchbill.home import holding_the_desk

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
TWICE = """
import json, sys
from datetime import datetime, timedelta
from pathlib import Path
from watchbill.cli.shell_settings import read_shell
from watchbill.cloud.scheduler import SimulatedClock
from watchbill.days.up import UpOptions, run_up
here, fired = read_shell(), []
for start in ("2026-03-11T07:00:00+00:00", "2026-03-11T11:12:00+00:00"):
    options = UpOptions(here.home, here.vertical, lasts=timedelta(minutes=12), desk_postgres=here.desk_postgres)
    slept = run_up(options, fired.append, lambda _: None, SimulatedClock(datetime.fromisoformat(start)))
ended = [(f.attempt.schedule, f.attempt.due_at, f.attempt.start_at, f.invocation.status) for f in fired]
slept = [one.schedule for one in slept]
print(json.dumps({"slept": slept, "fired": [(s, d.isoformat(), a.isoformat(), w) for s, d, a, w in ended]}))
"""


class FakeDesk:
    """The part of a desk that resume_schedules uses; as a scheduler it notes what is to be fired late."""

    def __init__(self, brain: TestBrain) -> None:
        self._brain = brain
        self.late: list[tuple[str, datetime]] = []

    @contextmanager
    def brain(self) -> Iterator[Any]:
        yield self._brain.owner

    def call_later(self, moment: datetime, act: Any) -> None:
        act()

    def fire_late(self, schedule: str, due_at: datetime) -> None:
        self.late.append((schedule, due_at))


def expect(brain: TestBrain, role: str, policy: str) -> None:
    """Three hourly slots of the morning that nobody fired."""
    heartbeat = brain.as_role("heartbeat")
    heartbeat.run(
        "note_schedule",
        schedule=role,
        role=role,
        expression="cron(15 * * * ? *)",
        timezone="UTC",
        state="ENABLED",
        starts_at=None,
        modified_at=MORNING,
        ends_at=None,
        failure_queue=None,
    )
    due = [MORNING + timedelta(hours=n, minutes=15) for n in range(3)]
    heartbeat.run("expect_slots", schedule=role, due=due, until=due[-1], is_wake=False)
    brain.migrator.execute("UPDATE company.roster SET missed_fire = %s WHERE role = %s", (policy, role))


def test_run_once_works_the_newest_slot_late_and_skip_waits_for_the_next(brain: TestBrain) -> None:
    expect(brain, "data_worker", "run_once")
    expect(brain, "data_auditor", "skip")
    now = brain.wait(hours=4)
    desk = FakeDesk(brain)

    paused = resume_schedules(desk, desk, now)

    assert {(one.schedule, one.slots, one.is_worked_late) for one in paused} == {
        ("data_worker", 3, True),
        ("data_auditor", 3, False),
    }
    assert desk.late == [("data_worker", MORNING + timedelta(hours=2, minutes=15))]
    rows = brain.sql("owner", "SELECT schedule, status, reason FROM company.slots ORDER BY schedule, due_at")
    assert [(row["schedule"], row["status"]) for row in rows] == [
        *[("data_auditor", "withdrawn")] * 3, *[("data_worker", "withdrawn")] * 2, ("data_worker", "expected"),
    ]  # fmt: skip
    assert rows[0]["reason"] == "the desk was asleep"


def test_only_the_owner_notes_a_sleep_and_never_in_a_live_company(brain: TestBrain, live_brain: TestBrain) -> None:
    sleep = "SELECT company.note_sleep('ceo', company.now(), 'tired')"

    with refused("only_the_owner_notes_a_sleep"):
        brain.sql("heartbeat", sleep)
    with refused("a_live_company_never_sleeps"):
        live_brain.sql("owner", sleep)


def test_the_company_is_up_once(tmp_path: Path) -> None:
    with (
        holding_the_desk(tmp_path),
        pytest.raises(DeskError, match="running in another terminal"),
        holding_the_desk(tmp_path),
    ):
        raise AssertionError("it was up twice")


@pytest.mark.slow
def test_the_company_continues_where_it_stopped(copied_company: Checkout) -> None:
    copied_company.add_files(QUAKES)

    done = copied_company.python("-c", TWICE, env={"VERTICAL": "quakes"})
    slots = copied_company.json("slots", "--role", "scrape_quakes", env={"VERTICAL": "quakes"})

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert ["scrape_quakes", "2026-03-11T07:05:00+00:00", "2026-03-11T07:05:00+00:00", "ok"] in result["fired"]
    assert ["scrape_quakes", "2026-03-11T11:05:00+00:00", "2026-03-11T11:12:00+00:00", "ok"] in result["fired"]
    assert {status for *_, status in result["fired"]} == {"ok"} and "scrape_quakes" in result["slept"]
    ended = {slot["due_at"][11:16]: (slot["status"], slot["late"]) for slot in slots}
    assert {ended[hour][0] for hour in ("08:05", "09:05", "10:05")} == {"withdrawn"}
    assert ended["07:05"] == ("succeeded", False) and ended["11:05"][0] in ("succeeded", "skipped")
