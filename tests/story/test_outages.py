"""EventBridge stops, or no function reaches the brain: the owner is notified within 20 minutes, from outside."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.story.conftest import Day
from tests.support.checkouts import copied_checkout

PLANTED_AT = datetime.fromisoformat("2026-03-11T10:02:00+00:00")
WITHIN = timedelta(minutes=20)


def notices_of(plant: str, folder: Path) -> list[dict[str, Any]]:
    """What reached the owner in the four hours of a morning on which this was planted at 10:02."""
    with copied_checkout(folder) as checkout:
        done = checkout.run("day", "--json", "--plant", plant, "--hours", "4", "--date", "2026-03-11")
        assert done.returncode == 0, done.stderr
        notices: list[dict[str, Any]] = json.loads(done.stdout)["heard"]
        return notices


@pytest.mark.slow
@pytest.mark.parametrize("plant", ["eventbridge", "brain", "heartbeat"])
def test_the_owner_is_notified_within_twenty_minutes_by_an_alarm_outside_the_functions(
    plant: str, tmp_path: Path
) -> None:
    notices = notices_of(plant, tmp_path)

    [notice] = [one for one in notices if one["title"].endswith('-beat-missing"')]
    assert PLANTED_AT < datetime.fromisoformat(notice["at"]) <= PLANTED_AT + WITHIN
    assert (notice["way"], notice["by"].endswith("-owner")) == ("mail", True)


@pytest.mark.slow
def test_the_demo_day_rings_nobody(day: Day) -> None:
    assert day.report["heard"] == []


@pytest.mark.slow
def test_the_doctor_really_rings_and_the_brain_keeps_when(day: Day) -> None:
    results = {one["alarm"]: one for one in day.json("doctor", "--ring")}

    assert results["mail"]["is_ok"] and results["beat alarm"]["result"] == "ALARM and back to OK; 1 received"
    assert results["database clock"]["result"] == "checked; nothing is wrong"
    assert not results["webhook"]["is_set"]
