"""SIGKILL of the process that runs heartbeat, in the middle of its beats: the next attempt and the next beat are well.

`make test ARGS="tests/story/test_killed_beats.py --kills 30 --kill-seed 1"` kills longer, and otherwise.
"""

import random
from pathlib import Path

import pytest

from tests.support.beat_killer import BeatKiller
from tests.support.checkouts import copied_checkout

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
HOURS = 2
FEWEST = 2
"""Kills: one alone may come when its beat has just ended."""

pytestmark = pytest.mark.slow


def test_a_killed_beat_is_made_again_and_the_next_ones_are_well(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    kills, seed = max(FEWEST, pytestconfig.getoption("kills")), pytestconfig.getoption("kill_seed")
    with copied_checkout(tmp_path, is_apart=True, VERTICAL="quakes") as checkout:
        checkout.add_files(QUAKES)
        with BeatKiller(checkout, kills, random.Random(seed)) as killer:
            report = checkout.json("day", "--calm", "--hours", str(HOURS))
        beats = [slot for slot in checkout.json("slots") if slot["schedule"] == "heartbeat"]
        findings = checkout.json("findings", "--all")

    assert 1 <= report["failed_fires"] <= len(killer.killed)
    assert set(report["slots"]) <= {"succeeded", "skipped"}
    assert {slot["status"] for slot in beats} <= {"succeeded", "expected"}
    assert findings == []
