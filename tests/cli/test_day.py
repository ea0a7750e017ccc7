"""`watchbill day` with a fake day: the options that it passes on, and what it prints afterwards."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import watchbill.days.day
from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from watchbill.cli.commands.day import closing_lines
from watchbill.cloud.notices import Notice
from watchbill.days.ending import DayReport
from watchbill.days.options import DayOptions
from watchbill.home import LastDay

START = datetime(2026, 3, 11, 7, tzinfo=UTC)
TIDES = {"name": "tides", "read": 1521, "promoted": 2, "unchanged": 1519, "quarantined": 0, "held": 0}
REPORT = DayReport(
    date=date(2026, 3, 11),
    started_at=START,
    ended_at=days.BRIEF_AT,
    fires=578,
    wall_seconds=21.04,
    setup_seconds=6.5,
    slots={"succeeded": 4, "skipped": 20},
    pipelines=(TIDES,),
    brief="SIMULATED DAY, sample data, no model\n",
    brief_html="<!doctype html>",
    failed_fires=0,
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[DayOptions]:
    """The options of each day; none of them really runs."""
    options: list[DayOptions] = []

    def stand_in(wanted: DayOptions, on_progress: object) -> DayReport:
        options.append(wanted)
        return REPORT

    monkeypatch.setattr(watchbill.days.day, "run_day", stand_in)
    return options


@pytest.fixture
def nothing_open(brain: TestBrain, last_day: LastDay) -> None:
    """A day after which nothing in the brain waits."""


def test_what_rang_is_printed_with_its_simulated_time(nothing_open: None, watchbill: Watchbill) -> None:
    rang = [Notice(days.BRIEF_AT, "mail", "desk-owner", title, "") for title in ("no brief", "ALARM")]

    lines = list(closing_lines(replace(REPORT, notices=tuple(rang))))

    assert lines[:2] == ["alerts    Thu 06:50  no brief", "          Thu 06:50  ALARM"]
    assert not any(line.startswith("brief") for line in lines), "none was written"


def test_a_day_without_a_brief_continues_until_its_alarm(asked: list[DayOptions], watchbill: Watchbill) -> None:
    watchbill("day", "--plant", "no_brief", "--json")

    assert asked[0].ends_at - asked[0].starts_at == timedelta(hours=25)


def test_a_day_ends_with_its_brief_and_three_commands_that_work_on_it(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, asked: list[DayOptions]
) -> None:
    days.a_bad_day(brain)

    result = watchbill("day")

    assert result.code == 0
    assert result.out.startswith("SIMULATED DAY, sample data, no model\n")
    assert "578 fires in 21.0 s (set-up 6.5 s); 1,521 rows read, every one accounted for" in result.out
    assert [line.split("watchbill ")[-1] for line in result.out.splitlines()[-3:]] == [
        "org",
        "decide D-1 yes",
        "why F-1",
    ]


def test_the_figures_keep_their_keys(watchbill: Watchbill, asked: list[DayOptions]) -> None:
    rows = json.loads(watchbill("day", "--json").out)

    assert {"fires", "wall_seconds", "slots", "pipelines", "brief"} <= set(rows)
    assert rows["pipelines"] == [TIDES]


def test_options_reach_the_day(watchbill: Watchbill, asked: list[DayOptions], tmp_path: Path) -> None:
    watchbill("day", "--json", "--date", "2024-01-13", "--feeds", str(tmp_path), "--calm")
    watchbill("day", "--json", "--plant", "mute")
    watchbill("day", "--json")

    calm, planted, plain = asked
    assert (calm.date, calm.feeds, calm.faults) == (date(2024, 1, 13), tmp_path, ())
    assert planted.faults == ("mute",)
    assert plain.faults is None, "the day itself knows what the demo plants"


def test_a_week_is_seven_days_in_one_brain_and_plants_nothing(watchbill: Watchbill, asked: list[DayOptions]) -> None:
    result = watchbill("week", "--date", "2026-03-11", "--json")

    [week] = asked
    assert (week.days, week.faults) == (7, ())
    assert week.ends_at - week.starts_at == timedelta(days=7)
    assert "briefs" in json.loads(result.out)


def test_a_live_day_is_the_one_just_past(watchbill: Watchbill, asked: list[DayOptions]) -> None:
    watchbill("day", "--json", "--live")

    [live] = asked
    assert live.live and live.feeds is None
    assert live.date > date(2026, 3, 11)


def test_an_unknown_fault_is_refused_before_anything_starts(watchbill: Watchbill, asked: list[DayOptions]) -> None:
    result = watchbill("day", "--plant", "flood")

    assert result.code == 2
    assert "flood: unknown fault. Known: " in result.err
    assert asked == []


def test_the_picture_is_drawn_and_makes_no_request(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, asked: list[DayOptions], tmp_path: Path
) -> None:
    brain.set_now(days.BRIEF_AT)

    watchbill("day", "--picture", str(tmp_path / "day.svg"))

    drawn = (tmp_path / "day.svg").read_text(encoding="utf-8")
    assert "SIMULATED" in drawn
    assert "url(" not in drawn.replace("url(#", "")
