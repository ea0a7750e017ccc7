"""Postgres is killed, stopped and restarted in the middle of a day: the day goes on, and ends as any other."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkouts import Checkout, copied_checkout

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
HOURS = 3
DAY = """
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

pytestmark = pytest.mark.slow


def played(checkout: Checkout, ends: dict[str, str]) -> Any:
    done = checkout.python("-c", DAY, str(HOURS), json.dumps(ends), env={"VERTICAL": "quakes"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


Ends = dict[tuple[str, str], tuple[str, str | None]]


def ends_of(checkout: Checkout) -> Ends:
    """How each slot of the last day ended, and why."""
    slots = checkout.json("slots", env={"VERTICAL": "quakes"})
    return {(slot["schedule"], slot["due_at"]): (slot["status"], slot["reason"]) for slot in slots}


def work_of(ended: Ends, as_usual: Ends) -> Counter[str]:
    """How often each schedule did its work, at whichever hour.

    What had done its work when the server ended finds nothing more to do at its next try, and says so.
    """
    return Counter(
        slot[0]
        for slot, (status, reason) in ended.items()
        if status == "succeeded" or (as_usual[slot][0] == "succeeded" and "was cut off" in str(reason))
    )


def test_a_day_in_which_postgres_ends_four_times_ends_as_a_calm_one(tmp_path: Path) -> None:
    with copied_checkout(tmp_path) as checkout:
        checkout.add_files(QUAKES)

        calm = played(checkout, {})
        as_usual = ends_of(checkout)
        cut = played(checkout, ENDS)
        ended, findings = ends_of(checkout), checkout.json("findings", env={"VERTICAL": "quakes"})

    assert ended.keys() == as_usual.keys(), "every slot has an end"
    # A step that is cut off twice may have its turn after the next step's: that one's work moves to its next hour.
    assert work_of(ended, as_usual) == work_of(as_usual, as_usual)
    assert set(cut["slots"]) <= {"succeeded", "skipped"}
    assert cut["pipelines"] == calm["pipelines"]
    assert cut["fires"] > calm["fires"], "what was cut off was tried again"
    assert [note for note in cut["notes"] if note.startswith("postgres  went away")]
    assert (calm["notes"], findings) == ([], [])
