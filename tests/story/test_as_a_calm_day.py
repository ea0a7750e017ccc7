"""Days that disturb one another, or lose their Postgres, and end as a calm one.

Two companies at work on one machine at the same time, in one checkout and as two users: neither meets the other. Then a
day in whose middle Postgres is killed, stopped and restarted: it goes on, and ends as those two.
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.brain_digests import digests_of
from tests.support.checkouts import Checkout, copied_checkout
from tests.support.second_owner import ordinary_user, second_owner
from watchbill.cloud.postgres.shared_server import desk_server
from watchbill.desk.companies import database_of

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
HOURS = 3
DAY = ("day", "--calm", "--hours")
CUT_OFF = """
import json, os, signal, sys
from threading import Timer
from watchbill.cli.shell_settings import read_shell
from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.days.day import run_day
from watchbill.days.options import DayOptions
here, hours, ends = read_shell(), int(sys.argv[1]), json.loads(sys.argv[2])
place = find_home(here.home)

def end(number):
    try:
        os.kill(int((place.data / "postmaster.pid").read_text().split()[0]), number)
    except (OSError, ValueError):
        pass  # it is down at this moment

def on_progress(progress):
    # After this many fires: one end between two fires, and one in the middle of the next.
    if str(progress.fires) in ends:
        name = ends.pop(str(progress.fires))
        end(signal.Signals[name])
        Timer(0.3, end, [signal.SIGKILL]).start()

report = run_day(DayOptions(here.home, here.vertical, hours=hours, faults=()), on_progress)
assert not ends, ends
print(json.dumps(report.as_json(), default=str))
"""
ENDS = {"3": "SIGKILL", "18": "SIGINT", "34": "SIGQUIT", "50": "SIGKILL"}
MAY_DIFFER = {
    *("company.fetches.url", "company.raw_documents.url"),  # the port of the desk's feeds
    *(
        "company.fetches.ms",
        "company.routes.last_ms",
        "company.raw_documents.headers",
    ),  # the real clock, as what follows
    *("company.schedules.modified_at", "migrations.applied.applied_at", "company.score_passes.code_since"),
    *("company.outbox.receipt", "company.mail_events.event_key", "migrations.logins.verifier"),  # made by chance
    *("company.audits.recorded_in", "migrations.applied.digest"),  # a transaction; SQL with the company's own name
}
"""Of what a brain holds: all else is the same in two days of one code, each value of each column."""
SAME = ("fires", "failed_fires", "slots", "pipelines", "notes")

pytestmark = pytest.mark.slow

Ends = dict[tuple[str, str], tuple[str, str | None]]


@dataclass(frozen=True)
class CalmDays:
    """Two days at once in one checkout: what each reported, what each brain holds, and how each slot ended."""

    checkout: Checkout
    reports: list[dict[str, Any]]
    digests: list[dict[str, str | None]]
    ended: Ends


@contextmanager
def quakes_checkout(folder: Path) -> Iterator[Checkout]:
    with copied_checkout(folder, is_apart=True, VERTICAL="quakes") as checkout:
        checkout.add_files(QUAKES)
        yield checkout


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalmDays]:
    with quakes_checkout(tmp_path_factory.mktemp("calm")) as checkout:
        with ThreadPoolExecutor(2) as both:
            reports = list(both.map(lambda _: checkout.json(*DAY, str(HOURS)), range(2)))
        yield CalmDays(checkout, reports, _digests_of_all(checkout), ends_of(checkout))


def _digests_of_all(checkout: Checkout) -> list[dict[str, str | None]]:
    """Of each company of the checkout, in its own database."""
    companies = sorted(path.name for path in (checkout.home / "desk" / "companies").iterdir())
    with desk_server(checkout.home) as server:
        return [digests_of(server.dsn(database_of(company)), company) for company in companies]


def ends_of(checkout: Checkout) -> Ends:
    """How each slot of the last day ended, and why."""
    return {(slot["schedule"], slot["due_at"]): (slot["status"], slot["reason"]) for slot in checkout.json("slots")}


def test_two_days_at_once_in_one_checkout_are_the_same_day(calm: CalmDays) -> None:
    first, second = calm.reports

    assert {name: first[name] for name in SAME} == {name: second[name] for name in SAME}
    assert (first["failed_fires"], first["notes"]) == (0, [])
    one, other = calm.digests
    assert one.keys() == other.keys()
    assert sum(digest is not None for digest in one.values()) > 250
    assert {name for name in one if one[name] != other[name]} <= MAY_DIFFER


@pytest.mark.skipif(ordinary_user() is None, reason="only root may act as another user, and needs a Python for all")
def test_two_users_at_once_have_nothing_in_common(tmp_path: Path) -> None:
    account = ordinary_user()
    assert account is not None
    folder = Path(tempfile.mkdtemp(prefix="second-owner-"))  # pytest's own folders are closed to other users
    try:
        with quakes_checkout(tmp_path) as checkout, second_owner(account, checkout, folder) as other:
            for command in ((*DAY, "1", "--json"), ("up", "--for", "0")):
                theirs = other.started(*command)
                mine = checkout.run(*command)
                printed, errors = theirs.communicate(timeout=280)
                assert (mine.returncode, theirs.returncode) == (0, 0), mine.stderr + errors
                if "--json" in command:
                    first, second = json.loads(mine.stdout), json.loads(printed)
                    assert {name: first[name] for name in SAME} == {name: second[name] for name in SAME}
            stopped = other.started("stop")
            assert stopped.communicate(timeout=60)[0].startswith("The company is stopped")
    finally:
        shutil.rmtree(folder)


def work_of(ended: Ends, as_usual: Ends) -> Counter[str]:
    """How often each schedule did its work, at whichever hour.

    What had done its work when the server ended finds nothing more to do at its next try, and says so.
    """
    return Counter(
        slot[0]
        for slot, (status, reason) in ended.items()
        if status == "succeeded" or (as_usual[slot][0] == "succeeded" and "was cut off" in str(reason))
    )


def test_a_day_in_which_postgres_ends_four_times_ends_as_a_calm_one(calm: CalmDays) -> None:
    done = calm.checkout.python("-c", CUT_OFF, str(HOURS), json.dumps(ENDS))
    assert done.returncode == 0, done.stderr
    cut, usual = json.loads(done.stdout.splitlines()[-1]), calm.reports[0]
    ended, findings = ends_of(calm.checkout), calm.checkout.json("findings")

    assert ended.keys() == calm.ended.keys(), "every slot has an end"
    # A step that is cut off twice may have its turn after the next step's: that one's work moves to its next hour.
    assert work_of(ended, calm.ended) == work_of(calm.ended, calm.ended)
    assert set(cut["slots"]) <= {"succeeded", "skipped"}
    assert cut["pipelines"] == usual["pipelines"]
    assert cut["fires"] > usual["fires"], "what was cut off was tried again"
    assert [note for note in cut["notes"] if note.startswith("postgres  went away")]
    assert findings == []
