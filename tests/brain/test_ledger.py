"""The expectation ledger is written by heartbeat alone; a schedule that never fires gets a row that states it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.acts import close_session, expect_slots, note_schedule, session_of, slot_row
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused


def note(brain: TestBrain, **how: Any) -> bool:
    return note_schedule(brain, "data_worker", **how)


def expect(brain: TestBrain, *due: datetime) -> None:
    expect_slots(brain, "data_worker", *due)


def end_overdue(brain: TestBrain, most_attempts: int = 3) -> list[str]:
    rows = brain.as_role("heartbeat").all("end_overdue_slots", most_attempts=most_attempts, event_age_seconds=3600)
    return [row["status"] for row in rows]


def test_a_slot_that_nothing_fired_is_missed_after_its_grace(brain: TestBrain) -> None:
    note(brain)
    expect(brain, brain.now())
    grace = slot_row(brain, "data_worker")["grace"]

    brain.set_now(brain.now() + grace)
    too_early = end_overdue(brain)
    brain.wait(seconds=1)

    assert (too_early, end_overdue(brain)) == ([], ["missed"])
    assert slot_row(brain, "data_worker")["watcher"] is not None


def test_a_muted_schedule_still_has_its_expected_fires(brain: TestBrain) -> None:
    note(brain)
    expect(brain, brain.now() + timedelta(hours=1))

    note(brain, state="DISABLED")
    brain.wait(hours=3)

    assert end_overdue(brain) == ["missed"]


def test_a_changed_schedule_withdraws_what_it_no_longer_promises(brain: TestBrain) -> None:
    note(brain)
    expect(brain, brain.now() + timedelta(hours=1))

    assert note(brain, expression="rate(2 hours)") is True
    assert slot_row(brain, "data_worker")["status"] == "withdrawn"
    expect(brain, brain.now() + timedelta(hours=1))
    assert slot_row(brain, "data_worker")["status"] == "expected"


def test_a_slot_fails_only_when_no_attempt_can_still_come(brain: TestBrain) -> None:
    due_at = brain.now()
    for n in (1, 2, 3):
        session = session_of(brain, "data_worker", due_at=due_at)
        close_session(brain, "data_worker", session, "crashed", reason=f"crash {n}")
        brain.wait(minutes=1)
        ended = end_overdue(brain)
        assert ended == ([] if n < 3 else ["failed"])

    assert slot_row(brain, "data_worker")["reason"] == "crash 3"


def test_an_attempt_that_hangs_ends_as_timed_out(brain: TestBrain) -> None:
    session_of(brain, "data_worker")
    brain.wait(hours=2)
    brain.as_role("heartbeat").all("end_overdue_sessions")

    assert end_overdue(brain) == ["timed_out"]


@pytest.mark.parametrize("role", ["data_worker", "data_manager", "ceo", "owner", "check"])
def test_nobody_else_calls_the_ledgers_functions(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.sql(role, "SELECT company.withdraw_slots('data_worker', 'quiet')")


def test_only_heartbeat_writes_the_ledger_even_for_the_owner_of_the_functions(brain: TestBrain) -> None:
    calls = [
        "note_schedule('s', 'ceo', 'rate(1 hour)', 'UTC', 'ENABLED', NULL, company.now())",
        "withdraw_slots('s', 'quiet')",
        "expect_slots('s', ARRAY[]::timestamptz[], company.now(), false)",
        "note_gone(ARRAY['s'])",
        "end_overdue_sessions()",
        "end_overdue_slots(1, '1 hour')",
        "record_beat(1, 1, 1)",
        "note_woken(ARRAY[1], ARRAY[1])",
        "escalate_findings()",
        "alert_unanswered_escalations('6 hours')",
        "expect_many(ARRAY[]::text[], ARRAY[]::timestamptz[], ARRAY[]::text[], company.now())",
        "note_unreadable('s', 'x')",
        "note_window('s', 30)",
        "note_retry_fired('s', company.now())",
        "retire_old_slots('90 days', 1)",
        "retire_old_sessions('90 days', 1)",
    ]

    for call in calls:
        with refused("only_heartbeat_keeps_the_ledger"):
            run_sql(brain.as_login("migrate"), f"SELECT company.{call}")


def test_a_beat_belongs_to_an_open_session(brain: TestBrain) -> None:
    session = session_of(brain, "heartbeat")
    beat = {"slots_looked_at": 3, "schedules_seen": 1, "left_out": []}
    brain.as_role("heartbeat").run("record_beat", session_id=session, **beat)
    close_session(brain, "heartbeat", session)

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("heartbeat").run("record_beat", session_id=session, **beat)
    assert len(brain.sql("owner", "SELECT at FROM company.beats")) == 1
