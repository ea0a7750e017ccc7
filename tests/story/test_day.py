"""The demo day: what the owner of a fresh checkout sees after `make day`."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from tests.story.conftest import Day
from watchbill.home import CHECKOUT

pytestmark = pytest.mark.slow


def _finding(day: Day, kind: str) -> dict[str, Any]:
    return next(finding for finding in day.json("findings", "--all") if finding["kind"] == kind)


def test_a_day_fires_hundreds_of_times_and_every_slot_ends(day: Day) -> None:
    slots = day.report["slots"]

    assert day.report["fires"] > 400
    assert set(slots) <= {"succeeded", "skipped", "missed"}
    assert day.report["failed_fires"] == 0


def test_a_sealed_day_contacts_nobody_the_shell_names(day: Day) -> None:
    assert day.contacts == 0


def test_every_row_read_has_one_fate(day: Day) -> None:
    pipelines = day.report["pipelines"]

    assert sum(row["read"] for row in pipelines) > 20_000
    for row in pipelines:
        assert row["read"] == row["promoted"] + row["unchanged"] + row["quarantined"] + row["held"]


def test_the_muted_schedule_is_noticed_by_heartbeat_and_answered_by_its_watcher(day: Day) -> None:
    muted = _finding(day, "muted")

    assert muted["planted"] is True
    assert muted["found_by"] == "heartbeat"
    assert muted["answered_by"] == muted["watcher"] == "data_manager"
    assert muted["found_at"] <= "2026-03-11T21:20:00+00:00"


def test_the_missed_slots_of_the_muted_schedule_are_in_the_ledger(day: Day) -> None:
    missed = [slot for slot in day.json("slots") if slot["status"] == "missed"]

    assert {slot["schedule"] for slot in missed} == {"data_auditor"}
    assert len(missed) == day.report["slots"]["missed"] == 2


def test_the_stale_feed_is_investigated_before_it_is_reported(day: Day) -> None:
    stale = _finding(day, "stale_source")

    assert stale["planted"] is True
    assert stale["answered_by"] == "scraping_manager"
    assert "not blocked" in stale["answer"]


def test_the_brief_is_one_page_that_says_what_it_is(day: Day) -> None:
    lines = day.report["brief"].splitlines()

    assert lines[0] == "SIMULATED DAY, sample data, no model"
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 112
    assert sum("(planted)" in line for line in lines) >= 3


def test_both_sample_customers_are_served(day: Day) -> None:
    assert "2 of 2 served" in day.report["brief"]


def test_no_orphan_is_left(day: Day) -> None:
    org = day.json("org")

    assert org["orphans"] == []
    assert len(org["schedules"]) >= 15


def test_the_tour_shows_what_it_says_up_to_the_answer_which_wakes_the_asker(day: Day) -> None:
    """Each command of docs/tour.md in its order; of what it prints each line below it is a part."""
    for command, shown in commands_of((CHECKOUT / "docs" / "tour.md").read_text(encoding="utf-8")):
        done = day.checkout.run(*command)

        assert done.returncode == 0, (command, done.stderr)
        printed = " ".join(done.stdout.split())
        assert [part for part in shown if " ".join(part.split()) not in printed] == [], (command, done.stdout)
    assert day.json("decide", "D-1")["outcome"]


def commands_of(page: str) -> Iterator[tuple[list[str], list[str]]]:
    """Each command of a page's blocks, and the lines that stand below it."""
    for block in re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        for part in block.split("$ watchbill ")[1:]:
            command, *shown = part.strip().splitlines()
            yield shlex.split(command), shown


def test_why_shows_the_whole_history_of_a_decision(day: Day) -> None:
    output = day.checkout.run("why", "D-1").stdout

    assert output.index("heartbeat") < output.index("data_manager")
    assert "asked:" in output


def test_the_demo_day_rings_nobody(day: Day) -> None:
    assert day.report["heard"] == []


def test_the_doctor_really_rings_and_the_brain_keeps_when(day: Day) -> None:
    results = {one["alarm"]: one for one in day.json("doctor", "--ring")}

    assert results["mail"]["is_ok"] and results["beat alarm"]["result"] == "ALARM and back to OK; 1 received"
    assert results["database clock"]["result"] == "checked; nothing is wrong"
    assert not results["webhook"]["is_set"]
