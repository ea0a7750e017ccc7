"""One slot is worked once, by its own role, at its time; what was learned is kept."""

from datetime import timedelta

import pytest

from tests.support.acts import close_session, expect_slots, note_schedule, open_session, session_of, slot_row
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused

NOTHING_TO_SHOW = [None, {}, {"all": "ok"}, {"rows": "31"}, {"nested": {"rows": 31}}]


@pytest.mark.parametrize("evidence", NOTHING_TO_SHOW)
def test_a_success_has_evidence_in_numbers(brain: TestBrain, evidence: dict[str, object] | None) -> None:
    session = session_of(brain, "data_worker")

    with refused("success_has_evidence_in_numbers"):
        brain.as_role("data_worker").run(
            "close_session", session_id=session, outcome="done", evidence=evidence, reason=None
        )
    assert slot_row(brain, "data_worker")["status"] == "running"


@pytest.mark.parametrize("reason", [None, ""])
def test_a_skip_says_why(brain: TestBrain, reason: str | None) -> None:
    session = session_of(brain, "data_worker")

    with refused("a_skip_says_why"):
        close_session(brain, "data_worker", session, "skipped", reason=reason)


def test_an_outcome_that_does_not_exist_is_refused(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")

    with refused("an_outcome_is_known"):
        close_session(brain, "data_worker", session, "ok")


def test_nobody_fires_on_anothers_slot(brain: TestBrain) -> None:
    session_of(brain, "data_worker", schedule="wake-data_worker-7")

    with refused("nobody_fires_as_another"):
        open_session(brain, "scraping_worker", schedule="wake-data_worker-7", request_id="mine")


def test_nobody_fires_anothers_schedule_before_the_ledger_knows_it(brain: TestBrain) -> None:
    with refused("nobody_fires_as_another"):
        open_session(brain, "data_worker", schedule="heartbeat")


def test_tomorrows_slot_cannot_be_worked_off_today(brain: TestBrain) -> None:
    with refused("nobody_fires_ahead_of_time"):
        open_session(brain, "data_worker", due_at=brain.now() + timedelta(days=1))


def test_a_fire_after_a_miss_works_and_the_miss_is_kept(brain: TestBrain) -> None:
    due_at = brain.now()
    _expect(brain, "data_worker")
    brain.wait(hours=1)
    [missed] = brain.as_role("heartbeat").all("end_overdue_slots", most_attempts=3, event_age_seconds=3600)

    late = open_session(brain, "data_worker", due_at=due_at)
    close_session(brain, "data_worker", late["session_id"], evidence={"rows": 5})

    slot = slot_row(brain, "data_worker")
    assert (missed["status"], late["verdict"], late["is_late"]) == ("missed", "work", True)
    assert (slot["status"], slot["late"], slot["evidence"]) == ("missed", True, {"rows": 5})


def test_a_missed_slot_is_made_up_for_once(brain: TestBrain) -> None:
    due_at = brain.now()
    _expect(brain, "data_worker")
    brain.wait(hours=1)
    brain.as_role("heartbeat").all("end_overdue_slots", most_attempts=3, event_age_seconds=3600)
    close_session(brain, "data_worker", session_of(brain, "data_worker", due_at=due_at))

    again = open_session(brain, "data_worker", due_at=due_at, request_id="request-2")

    assert again["verdict"] == "duplicate"


def test_a_late_attempt_needs_evidence_too(brain: TestBrain) -> None:
    due_at = brain.now()
    _expect(brain, "data_worker")
    brain.wait(hours=1)
    brain.as_role("heartbeat").all("end_overdue_slots", most_attempts=3, event_age_seconds=3600)
    late = session_of(brain, "data_worker", due_at=due_at)

    with refused("success_has_evidence_in_numbers"):
        close_session(brain, "data_worker", late, evidence={})


def test_another_fire_while_one_is_at_work_is_recorded_and_does_nothing(brain: TestBrain) -> None:
    session_of(brain, "data_worker")

    other = open_session(brain, "data_worker", request_id="request-2")

    assert other["verdict"] == "duplicate"
    assert slot_row(brain, "data_worker")["attempts"] == 1


def test_a_crashed_attempt_leaves_its_slot_open_for_the_next(brain: TestBrain) -> None:
    first = session_of(brain, "data_worker")
    close_session(brain, "data_worker", first, "crashed", reason="out of memory")

    retry = open_session(brain, "data_worker")

    assert (retry["verdict"], retry["continues"]) == ("work", first)
    assert slot_row(brain, "data_worker")["status"] == "running"


def test_a_retry_reads_what_the_crashed_attempt_had_learned(brain: TestBrain) -> None:
    worker, due_at = brain.as_role("data_worker"), brain.now()
    crashed = session_of(brain, "data_worker")
    worker.run("log_learned", session_id=crashed, kind="learned", body="row 7 is odd", facts={"row": 7}, task_id=None)

    retry = session_of(brain, "data_worker")
    notes = worker.all("notes_left_behind", schedule="data_worker", due_at=due_at, session_id=retry)

    assert [(n["body"], n["facts"]) for n in notes] == [("row 7 is odd", {"row": 7})]


@pytest.mark.parametrize("statement", ["UPDATE company.session_log SET body = 'x'", "DELETE FROM company.session_log"])
def test_session_log_is_append_only(brain: TestBrain, statement: str) -> None:
    session = session_of(brain, "data_worker")
    brain.as_role("data_worker").run(
        "log_learned", session_id=session, kind="learned", body="x", facts={}, task_id=None
    )

    with refused("session_log_is_append_only"):
        run_sql(brain.as_login("migrate"), statement)


def test_only_the_session_itself_records_what_its_model_cost(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")
    cost = {"worked_by": "model", "model": "small", "turns": 2, "tokens": {"in": 9}, "cost_usd": 0.01}

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("data_manager").run("record_model_use", session_id=session, **cost)
    brain.as_role("data_worker").run("record_model_use", session_id=session, **cost)
    assert brain.sql("owner", "SELECT turns FROM company.sessions") == [{"turns": 2}]


def _expect(brain: TestBrain, role: str) -> None:
    """The slot of this role that is due now, written ahead as heartbeat does."""
    note_schedule(brain, role)
    expect_slots(brain, role, brain.now())
