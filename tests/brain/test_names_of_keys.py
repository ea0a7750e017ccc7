"""Keys of tasks, entries and slots have owners: a name that somebody takes early is in nobody's way."""

from datetime import datetime, timedelta

import pytest

from tests.support.acts import (
    close_session,
    expect_slots,
    file_task,
    held_task,
    note_schedule,
    open_session,
    record_outbox_entry,
    session_of,
    task_row,
)
from tests.support.brains import TestBrain
from tests.support.refusals import refused


def test_a_decoy_task_swallows_no_real_one(brain: TestBrain) -> None:
    decoy = file_task(brain, "data_worker", dedupe_key="spelling:vendor:Acme")

    real = file_task(brain, "link", dedupe_key="spelling:vendor:Acme")

    assert real != decoy
    assert task_row(brain, real)["created_by"] == "link"


@pytest.mark.parametrize("far", ["infinity", "2026-06-01"])
def test_a_task_starts_within_a_month(brain: TestBrain, far: str) -> None:
    with refused("a_task_starts_within_a_month"):
        brain.sql("data_worker", "SELECT company.file_task('data', 't', '{}', 1::smallint, 'k', %(at)s)", at=far)


def test_a_time_in_the_past_is_now(brain: TestBrain) -> None:
    brain.sql("data_worker", "SELECT company.file_task('data', 't', '{}', 1::smallint, 'k', '-infinity')")

    [task] = brain.sql("owner", "SELECT not_before FROM company.task_queue")
    assert task["not_before"] == brain.now()


def test_a_task_given_back_waits_a_day_at_most(brain: TestBrain) -> None:
    task, session = held_task(brain)

    with refused("a_task_given_back_waits_a_day_at_most"):
        brain.sql(
            "data_worker",
            "SELECT company.close_task(%(t)s, %(s)s, 'pending', '{}', false, NULL, NULL, interval '100 years')",
            t=task,
            s=session,
        )


def test_publish_cannot_take_the_briefs_key(brain: TestBrain) -> None:
    for action in ("brief", "publish"):
        brain.owner.run("set_approval", action=action, level="open")
    key, publish, ceo = "brief:2026-03-12", session_of(brain, "publish"), session_of(brain, "ceo")
    taken = record_outbox_entry(brain, "publish", publish, act="publish", dedupe_key=key)

    entry = record_outbox_entry(brain, "ceo", ceo, act="brief", dedupe_key=key)

    assert entry["outbox_id"] != taken["outbox_id"]
    assert (entry["status"], entry["is_new"]) == ("recorded", True)


def test_a_brief_is_still_recorded_once(brain: TestBrain) -> None:
    brain.owner.run("set_approval", action="brief", level="open")
    ceo = session_of(brain, "ceo")
    first = record_outbox_entry(brain, "ceo", ceo, act="brief", dedupe_key="brief:2026-03-12")

    again = record_outbox_entry(brain, "ceo", ceo, act="brief", dedupe_key="brief:2026-03-12")

    assert (again["outbox_id"], again["is_new"]) == (first["outbox_id"], False)


@pytest.mark.parametrize("schedule", ["wake-ceo-99", "ceo", "by-hand-ceo", "unknown-ceo"])
def test_nobody_opens_a_slot_under_the_name_of_another_role(brain: TestBrain, schedule: str) -> None:
    with refused("nobody_fires_as_another"):
        open_session(brain, "data_auditor", schedule=schedule)


def test_a_name_that_is_nobodys_yet_stays_free(brain: TestBrain) -> None:
    session_of(brain, "data_worker", schedule="evening-report")

    [slot] = brain.sql("owner", "SELECT schedule FROM company.slots")
    assert slot["schedule"] == "unknown-data_worker"


@pytest.mark.parametrize("due_at", ["-infinity", "0001-01-01"])
def test_a_slots_time_is_in_the_calendar(brain: TestBrain, due_at: str) -> None:
    with refused("a_time_is_in_the_calendar"):
        brain.sql("data_worker", "SELECT company.open_session('data_worker', %(at)s, 'r', '1 minute')", at=due_at)


def invent_slots(brain: TestBrain, n: int) -> None:
    brain.sql(
        "data_worker",
        "SELECT company.open_session('by-hand-data_worker', company.now() - make_interval(secs => n), 'r' || n,"
        " '1 minute') FROM generate_series(1, %(n)s) AS n",
        n=n,
    )


def test_slots_that_nobody_expected_are_kept_up_to_a_number_and_then_counted(brain: TestBrain) -> None:
    invent_slots(brain, 310)

    [slots] = brain.sql("owner", "SELECT count(*) AS kept, sum(more_fires) AS more FROM company.slots")
    assert slots == {"kept": 300, "more": 10}


def test_what_is_only_counted_does_no_work(brain: TestBrain) -> None:
    invent_slots(brain, 300)

    further = open_session(brain, "data_worker", schedule="wake-data_worker-1")

    assert further["verdict"] == "duplicate"


def test_a_role_that_invented_slots_still_works_an_expected_one(brain: TestBrain) -> None:
    invent_slots(brain, 310)
    due_at = expect(brain, "data_worker")

    assert open_session(brain, "data_worker", due_at=due_at)["verdict"] == "work"


def test_a_slot_keeps_so_many_attempts_and_counts_the_rest(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")
    close_session(brain, "data_worker", session)

    for n in range(30):
        open_session(brain, "data_worker", request_id=f"again-{n}")

    [kept] = brain.sql("owner", "SELECT count(*) AS n FROM company.sessions")
    [slot] = brain.sql("owner", "SELECT more_fires FROM company.slots")
    assert (kept["n"], slot["more_fires"]) == (24, 7)


def expect(brain: TestBrain, role: str) -> datetime:
    """One slot of a role that the ledger expects, a minute from now."""
    due_at = brain.now() + timedelta(minutes=1)
    note_schedule(brain, role, starts_at=due_at)
    expect_slots(brain, role, due_at)
    return due_at
