"""The verdict on a week with kills, and what is drawn for it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from watchbill.cloud.mail import Mail
from watchbill.drill.evidence import DrillRows, FoundRow
from watchbill.drill.kills.figures import WeekFigures, differences
from watchbill.drill.kills.killer import FIRST, Kill, draw
from watchbill.drill.kills.twice import mailed_too_often
from watchbill.drill.kills.verdict import judge_calm, judge_kills
from watchbill.drill.kills.week import WeekWithKills
from watchbill.errors import UsageError

CALM = WeekFigures(100, {"tides": "3 rows, 17", "scores": "2 rows, 5"}, (), ())
NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
FOUND = FoundRow(
    id=7, kind="missed", subject="tide_worker", accused=None, level="today", title="tide_worker missed",
    found_by="heartbeat", found_at=NOON, watcher="tide_auditor", answered_by=None, escalated=0, closed_at=NOON,
    closed_by="heartbeat", resolution="it worked again", rang_at=None, alerted_at=None,
)  # fmt: skip
PAGE = Mail("a@b.example", ("c@d.example",), "Morning brief", "All is well.")
KILLED_BRIEF = Kill(3, "ceo", "fire", is_in_mid_work=True)


def week(figures: WeekFigures = CALM, *findings: FoundRow) -> WeekWithKills:
    return WeekWithKills(figures, DrillRows(findings, [], [], [], []), [KILLED_BRIEF])


def test_a_week_that_ends_as_one_without_kills_is_well_whatever_was_found_and_closed_meanwhile() -> None:
    judged = judge_kills(CALM, week(replace(CALM, fires=120, alarms=("F-7",)), FOUND))

    assert (judged.ok, judged.closed, judged.fires) == (True, 1, 120)
    assert "verdict      ok" in judged.as_text()


@pytest.mark.parametrize(
    "bad",
    [
        week(CALM, replace(FOUND, closed_at=None)),
        week(replace(CALM, lost=("task 3 was ended 2 times",))),
        week(replace(CALM, holds={**CALM.holds, "tides": "4 rows, 17"})),
        week(replace(CALM, holds={"scores": "2 rows, 5"})),
        week(replace(CALM, holds={**CALM.holds, "moons": "1 rows, 1"})),
    ],
    ids=["an open finding", "done twice", "another table", "a table less", "a table more"],
)
def test_a_week_with_kills_is_not_well(bad: WeekWithKills) -> None:
    judged = judge_kills(CALM, bad)

    assert not judged.ok and judged.as_json()["ok"] is False
    assert "verdict      NOT OK" in judged.as_text()


def test_a_difference_says_what_both_weeks_hold() -> None:
    [said] = differences(CALM.holds, {**CALM.holds, "tides": "4 rows, 9"})

    assert said == "tides 4 rows, 9 where a week without has 3 rows, 17"


def test_a_week_of_nothing_at_all_has_no_finding_and_no_notice() -> None:
    assert judge_calm(CALM).ok
    assert judge_calm(replace(CALM, alarms=("notice Wed 12:00: odd",))).as_json()["false_alarms"]


def test_the_json_has_the_keys_of_every_drill() -> None:
    assert {"ok", "faults", "false_alarms", "lost", "kills", "differs"} <= judge_kills(CALM, week()).as_json().keys()


def test_kept_figures_are_read_as_they_were_written() -> None:
    assert WeekFigures.from_json(CALM.as_json()) == CALM


def test_every_kind_of_victim_is_drawn_and_each_fire_is_hit_once() -> None:
    for kills in (3, 30, 200):
        plan = draw(kills, 1000, Random(kills))
        assert len(plan) == kills
        assert set(plan.values()) == set(FIRST)
        assert set(plan) <= set(range(1, 1001))
    assert Counter(draw(200, 1000, Random(1)).values())["fire"] > 100
    assert draw(5, 50, Random(1)) == draw(5, 50, Random(1)) != draw(5, 50, Random(2))


def test_more_kills_than_fires_are_refused() -> None:
    with pytest.raises(UsageError, match="the week has 10 fires; ask for 10 or fewer"):
        draw(11, 10, Random(1))


def test_a_page_may_go_out_again_once_for_each_kill_of_its_sender() -> None:
    other = replace(PAGE, subject="Another morning")

    assert mailed_too_often([PAGE, other], []) == []
    assert mailed_too_often([PAGE, PAGE], [KILLED_BRIEF]) == []
    assert mailed_too_often([PAGE, PAGE], []) != []
    assert mailed_too_often([PAGE, PAGE], [replace(KILLED_BRIEF, role="link")]) != []
    assert mailed_too_often([PAGE, PAGE, PAGE], [KILLED_BRIEF] * 3) != []
    assert len(mailed_too_often([PAGE, PAGE, other, other], [KILLED_BRIEF])) == 2
