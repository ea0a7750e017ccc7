"""The drill's verdict on rows that are given to it: what it must find wrong."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchbill.cloud.notices import Notice
from watchbill.drill.evidence import Cause, DrillRows, FoundRow, MorningPage, SignRow
from watchbill.drill.fault import HOUR, Fault, Outage, Planted
from watchbill.drill.kills.figures import WeekFigures
from watchbill.drill.run import why_left_out
from watchbill.drill.verdict import Verdict, compared, judge_outages

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
EVENING, END = NOON + 6 * HOUR, NOON + 19 * HOUR
FOUND = FoundRow(
    id=7, kind="missed", subject="tide_worker", accused=None, level="today", title="tide_worker missed",
    found_by="heartbeat", found_at=NOON + HOUR / 2, watcher="tide_auditor", answered_by="tide_auditor", escalated=0,
    closed_at=EVENING, closed_by="heartbeat", resolution="it worked again", rang_at=None, alerted_at=None,
)  # fmt: skip
PAGE = MorningPage(END, "PRODUCT\n\n F-7 tide_worker missed: healed\n")


def silent(**changes: object) -> Outage:
    """tide_worker was silent from noon for five hours."""
    outage = Outage(
        replace(
            Fault(
                "silent", "a schedule never fires", _no_plant, ("missed",), 0, HOUR, 5 * HOUR, HOUR, by=("heartbeat",)
            ),
            **changes,  # type: ignore[arg-type]
        )
    )
    outage.planted_at, outage.healed_at = NOON, NOON + 5 * HOUR
    outage.planted = Planted("tide_worker never fires", frozenset({"tide_worker"}), lambda: None, "tide_worker")
    return outage


def _no_plant(_: object) -> Planted:
    raise AssertionError("nothing is planted in these tests")


def said(*_: object) -> Cause:
    """What the rows say caused it."""
    return Cause("tide_worker", NOON)


def verdict(
    outage: Outage,
    *findings: FoundRow,
    signs: Sequence[SignRow] = (),
    notices: Sequence[Notice] = (),
    lost: Sequence[str] = (),
    pages: Sequence[MorningPage] = (PAGE,),
) -> Verdict:
    return judge_outages([outage], DrillRows(findings, signs, pages, notices, lost), END, said)


def test_a_fault_that_is_noticed_in_time_reported_and_over_is_as_it_should_be() -> None:
    judged = verdict(silent(), FOUND)

    [fault] = judged.faults
    assert judged.ok
    assert (fault.noticed_by, fault.noticed_after_minutes, fault.escalated_to) == ("heartbeat", 30, "tide_auditor")
    assert fault.owner_saw == "brief Thu, line 3: F-7 tide_worker missed"
    assert fault.healed_by == "heartbeat"


@pytest.mark.parametrize(
    ("shows_in", "why"),
    [
        (timedelta(0), None),
        (8 * HOUR, None),
        (28 * HOUR, "tide is held back, and for 28 hours nothing would be wrong yet."),
        (timedelta.max, "tide is held back, and nothing comes any more that it would touch."),
    ],
)
def test_what_nobody_could_notice_within_its_limit_is_left_out(shows_in: timedelta, why: str | None) -> None:
    planted = Planted("tide is held back", frozenset({"tide"}), lambda: None, shows_in=shows_in)

    assert why_left_out(planted, 8 * HOUR) == why


def test_nobody_has_to_notice_what_was_left_out() -> None:
    outage = silent()
    outage.planted, outage.left_out = None, "coast has no source that can have it."

    [fault] = verdict(outage).faults

    assert (fault.left_out, fault.problems, fault.ok) == (outage.left_out, (), False)


@pytest.mark.parametrize(
    ("findings", "problem"),
    [
        ([], "nobody noticed it"),
        ([replace(FOUND, found_at=NOON + 2 * HOUR)], "noticed after 120 min, its limit is 60 min"),
        ([replace(FOUND, found_by="passer_by")], "heartbeat did not notice it"),
        ([replace(FOUND, closed_at=None, closed_by=None)], "F-7 is open although it is over"),
        ([replace(FOUND, kind="odd")], "nobody noticed it"),
        ([replace(FOUND, subject="wave_worker")], "nobody noticed it"),
        ([replace(FOUND, found_at=NOON - HOUR)], "nobody noticed it"),
    ],
)
def test_a_fault_is_not_ok(findings: list[FoundRow], problem: str) -> None:
    judged = verdict(silent(), *findings)

    assert problem in judged.faults[0].problems
    assert not judged.ok


def test_what_the_owner_never_saw_is_not_ok_unless_it_cost_nothing() -> None:
    assert verdict(silent(), FOUND, pages=()).faults[0].problems == ("the owner saw nothing of it",)
    assert verdict(silent(is_quiet=True), FOUND, pages=()).ok


def test_a_page_that_only_counts_what_is_over_is_seen_too() -> None:
    counted = MorningPage(END, "PRODUCT\n and 3 more healed: watchbill findings --all\n")

    assert verdict(silent(), FOUND, pages=(counted,)).faults[0].owner_saw == "brief Thu, line 2: F-7 tide_worker missed"


@pytest.mark.parametrize(
    "healthy",
    [
        replace(FOUND, id=8, subject="wave_worker"),
        replace(FOUND, id=8, found_at=NOON - timedelta(minutes=1)),
        replace(FOUND, id=8, found_at=NOON + 8 * HOUR),
    ],
    ids=["another part", "before it", "long after it"],
)
def test_a_finding_that_no_fault_explains_is_a_false_alarm(healthy: FoundRow) -> None:
    judged = verdict(silent(), FOUND, healthy)

    assert [alarm.split()[0] for alarm in judged.false_alarms] == ["F-8"]
    assert judged.faults[0].ok and not judged.ok


def test_a_ring_without_a_fault_is_a_false_alarm() -> None:
    rings = [Notice(at, "mail", "topic", "ALARM: odd", "") for at in (NOON + HOUR, END)]

    assert verdict(silent(), FOUND, notices=rings).false_alarms == ["notice Thu 07:00: ALARM: odd"]


def test_a_subject_of_several_words_is_about_each_of_them() -> None:
    assert verdict(silent(), FOUND, replace(FOUND, id=8, subject="record tide_worker")).ok


def test_the_cause_that_rows_name_is_scored_by_role_and_slot() -> None:
    outage = silent()
    outage.planted = replace(outage.planted, cause_at=NOON) if outage.planted else None
    later = replace(outage.planted, cause_at=EVENING) if outage.planted else None

    [right] = verdict(outage, FOUND).faults
    outage.planted = later
    [wrong_slot] = verdict(outage, FOUND).faults

    assert (right.is_attributed, right.has_right_role, right.has_right_slot) == (True, True, True)
    assert (wrong_slot.has_right_role, wrong_slot.has_right_slot) == (True, False)


def test_anything_lost_is_not_ok() -> None:
    assert not verdict(silent(), FOUND, lost=["task 3 is held by nobody who lives"]).ok


CALM = WeekFigures(100, {"tides": "3 rows, 17", "tides history": "1 rows ended"}, (), ())


def test_a_week_that_ends_as_one_without_faults_lost_nothing_whatever_rows_came_and_went() -> None:
    well = verdict(silent(), FOUND)

    assert compared(well, CALM, {"tides": "3 rows, 17", "tides history": "9 rows ended"}).ok
    lost = compared(well, CALM, {"tides": "2 rows, 9"}).lost
    assert lost == ["tides 2 rows, 9 where a week without has 3 rows, 17"]


def test_whom_a_week_without_faults_accuses_is_accused_falsely() -> None:
    judged = compared(verdict(silent(), FOUND), replace(CALM, alarms=("F-1",), lost=("task 3",)), CALM.holds)

    assert (list(judged.false_alarms), list(judged.lost)) == (
        ["in a week without faults: F-1"],
        ["in a week without faults: task 3"],
    )


def test_an_alarm_outside_the_company_notices_too() -> None:
    alarm = Notice(NOON + HOUR / 4, "mail", "topic", 'ALARM: "x-beat-missing"', "")

    [fault] = verdict(silent(signs=("beat-missing",), by=("CloudWatch",)), notices=[alarm]).faults

    assert (fault.noticed_by, fault.noticed_after_minutes) == ("CloudWatch", 15)
    assert fault.owner_saw == "ring Wed 12:15: alarm beat-missing"


def test_what_was_never_planted_was_noticed_by_nobody() -> None:
    outage = silent()
    outage.planted, outage.planted_at = None, None

    assert "nobody noticed it" in verdict(outage).faults[0].problems
