"""In real time the company continues where it stopped; after a pause each schedule follows its missed-fire policy."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from rich.console import Console

from tests.support.acts import expect_slots, note_schedule
from tests.support.brains import MORNING, TestBrain
from tests.support.checkouts import Checkout, copied_checkout
from tests.support.refusals import refused
from watchbill.cli.commands.up import saying_what_follows
from watchbill.cli.live_page import LivePage
from watchbill.cli.signals import Ended
from watchbill.cloud.postgres.shared_server import Server
from watchbill.days.up import resume_schedules
from watchbill.errors import DeskError
from watchbill.home import DAY, UP, LastDay, holding_the_desk, last_day, remember, snapshot_folder

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
UP_FOR_MINUTES = 15
UNENDED = "SELECT schedule, due_at FROM company.slots WHERE status = 'expected' AND due_at < '2026-03-11T07:40Z'"
ONCE = """
import json, os, signal, sys
from datetime import datetime, timedelta
from threading import Timer
from watchbill.cli.shell_settings import read_shell
from watchbill.cloud.scheduler import SimulatedClock
from watchbill.days.up import UpOptions, run_up
from watchbill.home import last_day
here, start, lasts, kill_after, fired = read_shell(), sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), []

def report(fire):
    fired.append(fire)
    if len(fired) == kill_after:  # in the middle of one of the next fires
        Timer(0.15, os.kill, [os.getpid(), signal.SIGKILL]).start()

options = UpOptions(here.home, here.vertical, lasts=timedelta(minutes=lasts), desk_postgres=here.desk_postgres)
slept = run_up(options, report, lambda _: None, SimulatedClock(datetime.fromisoformat(start)))
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
    note_schedule(brain, role, expression="cron(15 * * * ? *)")
    due = [MORNING + timedelta(hours=n, minutes=15) for n in range(3)]
    expect_slots(brain, role, *due)
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
        pytest.raises(DeskError, match=rf"running in another terminal.*process {os.getpid()}: watchbill"),
        holding_the_desk(tmp_path),
    ):
        raise AssertionError("it was up twice")


def test_at_its_end_it_says_of_which_company_other_commands_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After weeks in real time somebody would take a sample day's brief for this morning's."""
    said = []
    for name, company in (("", ""), (UP, "up"), (DAY, "day")):
        if name:
            kept = LastDay("b", company, "quakes", "x", "2026-03-11", "2026-03-12T07:00", {"ceo": "p"})
            remember(tmp_path, kept, name)
        with pytest.raises(Ended), saying_what_follows(tmp_path):
            raise Ended(signal.SIGINT)
        said.append(capsys.readouterr().err)

    with saying_what_follows(tmp_path):
        pass

    assert said[0] == ""
    assert "up` goes on with it; other commands are about it as it stands" in said[1]
    assert "other commands are about the last day, 2026-03-11, again" in said[2]
    assert capsys.readouterr().err == said[2]


@dataclass(frozen=True)
class Ran:
    """One company that was up three times: killed, then ended in order, then up again after some hours' pause."""

    checkout: Checkout
    companies: set[str]
    dsn: str
    after_the_kill: dict[str, Any]
    unended: list[Any]
    """Slots that had no end after the run that followed the kill."""
    after_the_pause: dict[str, Any]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[Ran]:
    folder, server = tmp_path_factory.mktemp("up"), postgres.dsn("postgres")
    with copied_checkout(folder, VERTICAL="quakes", DESK_POSTGRES=server) as checkout:
        checkout.add_files(QUAKES)
        companies = set()

        def up(start: str, kill_after: int = 0) -> dict[str, Any]:
            lasts = 70 if kill_after else UP_FOR_MINUTES
            done = checkout.python("-c", ONCE, f"2026-03-11T{start}:00+00:00", str(lasts), str(kill_after))
            assert done.returncode == (-signal.SIGKILL if kill_after else 0), done.stderr
            companies.add(last_day(checkout.home).company)
            return {} if kill_after else dict(json.loads(done.stdout.splitlines()[-1]))

        up("07:00", kill_after=9)
        after_the_kill = up("07:31")
        with psycopg.connect(dsn := checkout.json("dsn")["dsn"]) as brain:
            unended = brain.execute(UNENDED).fetchall()
        yield Ran(checkout, companies, dsn, after_the_kill, unended, up("11:12"))


def _kept(snapshot: Path, what: str, key: str) -> set[str]:
    return {json.loads(line)[key] for line in (snapshot / f"{what}.json").read_text().splitlines()}


@pytest.mark.slow
def test_the_company_continues_where_it_stopped(ran: Ran) -> None:
    slots = ran.checkout.json("slots", "--role", "scrape_quakes")

    result = ran.after_the_pause
    assert ["scrape_quakes", "2026-03-11T11:05:00+00:00", "2026-03-11T11:12:00+00:00", "ok"] in result["fired"]
    assert {status for *_, status in result["fired"]} == {"ok"} and "scrape_quakes" in result["slept"]
    ended = {slot["due_at"][11:16]: (slot["status"], slot["late"]) for slot in slots}
    assert {ended[hour][0] for hour in ("08:05", "09:05", "10:05")} == {"withdrawn"}
    assert ended["07:05"] == ("succeeded", False) and ended["11:05"][0] in ("succeeded", "skipped")


@pytest.mark.slow
def test_after_a_kill_the_company_goes_on_with_its_own_brain_and_its_own_cloud(ran: Ran) -> None:
    [company] = ran.companies
    assert {status for *_, status in ran.after_the_kill["fired"]} == {"ok"}
    with psycopg.connect(ran.dsn) as brain:
        raw = brain.execute("SELECT 'raw/' || source || '/' || sha256 FROM company.raw_documents").fetchall()
        known = brain.execute("SELECT schedule FROM company.schedules WHERE gone_at IS NULL").fetchall()
    snapshot = snapshot_folder(ran.checkout.home, company)
    assert raw and {key for (key,) in raw} <= _kept(snapshot, "objects", "Key")
    assert {name for (name,) in known} <= _kept(snapshot, "schedules", "Name")
    assert ran.unended == []


def test_the_live_page_fits_its_terminal_and_says_what_it_waits_for() -> None:
    clock = SimpleNamespace(now=MORNING, waits_for=None)
    page = LivePage(height=12, clock=clock)
    screen = Console(width=80, height=12, color_system=None, file=StringIO(), record=True)
    screen.print(page)
    before = screen.export_text()
    payload = {"outcome": "done", "evidence": {"rows": 19985, "requests": 1, "note": "x\x1b[2J" * 20}}
    for number in range(20):
        attempt = SimpleNamespace(due_at=MORNING, schedule=f"scrape_{number % 9}")
        page.fired(SimpleNamespace(attempt=attempt, invocation=SimpleNamespace(payload=payload, status="ok")))  # type: ignore[arg-type]
    clock.waits_for = MORNING + timedelta(minutes=5)

    screen.print(page)
    lines = screen.export_text().splitlines()

    assert "0 fires" in before and "setting up" in before
    assert "20 fires: 20 done" in lines[0] and "next slot 07:05, in 5 min" in lines[0]
    assert len(lines) <= 12 and max(map(len, lines)) <= 80 and "\x1b" not in "".join(lines)
    assert [line.split()[2] for line in lines[2:4]] == ["scrape_1", "scrape_0"]
    assert "rows 19985, requests 1" in lines[2]
