"""Two connections at once, step by step: in any order one of them wins and the other gets a refusal."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from company.owner.approvals import content_digest
from tests.support.acts import (
    ask_decision,
    claim,
    close_session,
    close_task,
    file_task,
    held_task,
    open_session,
    record_outbox_entry,
    session_of,
    slot_row,
    sort_task,
    task_row,
)
from tests.support.brains import TestBrain
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import refused


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """A second thread, for the step that must wait for a lock."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool


def test_two_claims_of_one_task_give_it_to_one(brain: TestBrain) -> None:
    task, session = file_task(brain), session_of(brain, "data_worker")
    manager, other_session = brain.connect("data_manager"), session_of(brain, "data_manager")

    with unfinished(manager):
        first = claim(brain, "data_manager", other_session, via=manager)
        second = claim(brain, "data_worker", session)

    assert (first, second) == (task, None)


def test_a_claim_passes_over_a_task_that_is_being_sorted(brain: TestBrain) -> None:
    sorted_away, next_one = file_task(brain), file_task(brain)
    session = session_of(brain, "data_worker")

    with unfinished(brain.as_role("data_manager")):
        sort_task(brain, "data_manager", sorted_away, "stale")
        claimed = claim(brain, "data_worker", session)

    assert claimed == next_one
    assert task_row(brain, sorted_away)["status"] == "stale"


def test_a_manager_who_sorts_too_late_learns_who_holds_the_task(
    brain: TestBrain, background: ThreadPoolExecutor
) -> None:
    task, session = file_task(brain), session_of(brain, "data_worker")
    manager = brain.as_role("data_manager")

    with unfinished(brain.as_role("data_worker")):
        claim(brain, "data_worker", session)
        sorting = background.submit(sort_task, brain, "data_manager", task, "stale")
        wait_until_blocked(brain, manager, sorting)

    with refused("nobody_closes_anothers_task"):
        sorting.result()


def test_a_worker_whose_lease_ran_out_meanwhile_closes_nothing(brain: TestBrain) -> None:
    task, session = held_task(brain)
    brain.wait(minutes=5)
    heartbeat = brain.as_role("heartbeat")

    with unfinished(heartbeat):
        heartbeat.all("return_expired_leases")
        with refused("one_closes_only_what_is_still_ones_own"):
            close_task(brain, "data_worker", task, session)

    assert task_row(brain, task)["status"] == "pending"


def test_two_who_close_one_task_at_once_close_it_once(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    task, session = held_task(brain)
    other = brain.connect("data_worker")

    with unfinished(brain.as_role("data_worker")):
        close_task(brain, "data_worker", task, session)
        closing = background.submit(close_task, brain, "data_worker", task, session, "failed", via=other)
        wait_until_blocked(brain, other, closing)

    with refused("one_closes_only_what_is_still_ones_own"):
        closing.result()
    assert task_row(brain, task)["status"] == "complete"


def test_a_task_being_completed_is_not_reclaimed(brain: TestBrain) -> None:
    task, session = held_task(brain)

    with unfinished(brain.as_role("data_worker")):
        close_task(brain, "data_worker", task, session)
        brain.wait(minutes=5)
        returned = brain.as_role("heartbeat").all("return_expired_leases")

    assert returned == []
    assert task_row(brain, task)["status"] == "complete"


@pytest.mark.parametrize("is_expected", [True, False])
def test_two_fires_of_one_slot_at_once_work_once(
    brain: TestBrain, background: ThreadPoolExecutor, is_expected: bool
) -> None:
    if is_expected:
        brain.admin.execute(
            "INSERT INTO company.slots (schedule, due_at, role, watcher, grace)"
            " SELECT role, company.now(), role, watched_by, grace FROM company.roster WHERE role = 'data_worker'"
        )
    first, second = brain.connect("data_worker"), brain.connect("data_worker")

    with unfinished(first):
        working = open_session(brain, "data_worker", request_id="one", via=first)
        opening = background.submit(
            open_session, brain, "data_worker", due_at=brain.now(), request_id="other", via=second
        )
        wait_until_blocked(brain, second, opening)

    assert (working["verdict"], opening.result()["verdict"]) == ("work", "duplicate")
    slot = slot_row(brain, "data_worker")
    assert (slot["attempts"], slot["was_expected"]) == (1, is_expected)


def test_a_second_fire_an_hour_after_the_work_was_done_does_nothing(brain: TestBrain) -> None:
    due_at = brain.now()
    close_session(brain, "data_worker", session_of(brain, "data_worker", due_at=due_at))
    brain.wait(hours=1)

    again = open_session(brain, "data_worker", due_at=due_at, request_id="request-2")

    assert again["verdict"] == "duplicate"
    assert slot_row(brain, "data_worker")["status"] == "succeeded"


def test_the_same_request_again_fences_the_first_and_works_on(brain: TestBrain) -> None:
    first = session_of(brain, "data_worker")
    retry = open_session(brain, "data_worker")

    assert (retry["verdict"], retry["continues"]) == ("work", first)
    with refused("a_fenced_session_writes_nothing"):
        close_session(brain, "data_worker", first)
    close_session(brain, "data_worker", retry["session_id"])
    assert slot_row(brain, "data_worker")["status"] == "succeeded"


def test_a_close_and_a_retry_at_once_leave_one_success(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    first, second = brain.connect("data_worker"), brain.connect("data_worker")
    session = session_of(brain, "data_worker", via=first)

    with unfinished(first):
        close_session(brain, "data_worker", session, via=first)
        retrying = background.submit(open_session, brain, "data_worker", due_at=brain.now(), via=second)
        wait_until_blocked(brain, second, retrying)

    assert retrying.result()["verdict"] == "duplicate"


def test_two_who_file_the_same_thing_at_once_get_one_task(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    manager, other = brain.as_role("data_manager"), brain.connect("data_manager")

    with unfinished(manager):
        first = file_task(brain, "data_manager", dedupe_key="row 7")
        filing = background.submit(file_task, brain, "data_manager", dedupe_key="row 7", via=other)
        wait_until_blocked(brain, other, filing)

    assert filing.result() == first


def test_a_task_that_ends_while_its_twin_is_filed_makes_room_for_a_new_one(
    brain: TestBrain, background: ThreadPoolExecutor
) -> None:
    task, session = held_task(brain, dedupe_key="row 7")
    manager = brain.as_role("data_manager")

    with unfinished(brain.as_role("data_worker")):
        close_task(brain, "data_worker", task, session)
        filing = background.submit(file_task, brain, "data_manager", dedupe_key="row 7")
        wait_until_blocked(brain, manager, filing)

    assert filing.result() != task


def test_two_answers_to_one_decision_are_one_answer(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    decision = ask_decision(brain)
    console, terminal = brain.connect("owner"), brain.connect("owner")

    with unfinished(console):
        console.run("answer_decision", decision_id=decision, option="yes", words=None)
        second = background.submit(terminal.run, "answer_decision", decision_id=decision, option="no", words=None)
        wait_until_blocked(brain, terminal, second)

    with refused("a_decision_is_answered_once"):
        second.result()


def test_one_entry_recorded_by_two_sessions_is_sent_once(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    brain.sql("owner", "SELECT company.set_approval('deliver', 'open')")
    one = session_of(brain, "deliver", schedule="deliver")
    other = session_of(brain, "deliver", schedule="by-hand-deliver")
    first, second = brain.connect("deliver"), brain.connect("deliver")

    with unfinished(first):
        mine = record_outbox_entry(brain, "deliver", one, via=first)
        recording = background.submit(record_outbox_entry, brain, "deliver", other, via=second)
        wait_until_blocked(brain, second, recording)

    assert (mine["status"], mine["is_new"]) == ("recorded", True)
    assert (recording.result()["status"], recording.result()["is_new"]) == ("unknown", False)


def _allowed(brain: TestBrain) -> tuple[int, int]:
    """An entry at level ask with the question to the owner about it: (session, decision)."""
    brain.owner.run("set_approval", action="deliver", level="ask")
    session = session_of(brain, "deliver")
    record_outbox_entry(brain, "deliver", session)
    deliver = brain.as_role("deliver")
    return session, deliver.value("ask_approval", action="deliver", session_id=session, answer_by=brain.now())


def test_a_yes_after_a_no_sends_nothing(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    _, decision = _allowed(brain)
    console, terminal = brain.connect("owner"), brain.connect("owner")

    with unfinished(console):
        console.run("answer_decision", decision_id=decision, option="no", words=None)
        yes = background.submit(terminal.run, "answer_decision", decision_id=decision, option="yes", words=None)
        wait_until_blocked(brain, terminal, yes)

    with refused("a_decision_is_answered_once"):
        yes.result()
    assert brain.sql("owner", "SELECT status FROM company.outbox") == [{"status": "declined"}]


def test_an_action_closed_while_its_entry_is_taken_is_not_sent(
    brain: TestBrain, background: ThreadPoolExecutor
) -> None:
    session, decision = _allowed(brain)
    brain.owner.run("answer_decision", decision_id=decision, option="yes", words=None)
    owner, sender = brain.connect("owner"), brain.connect("deliver")
    mine = {"outbox_id": 1, "session_id": session, "content_sha256": content_digest("what is sent")}

    with unfinished(owner):
        owner.run("set_approval", action="deliver", level="closed")
        taking = background.submit(sender.value, "take_approved_entry", **mine)
        wait_until_blocked(brain, sender, taking)

    assert taking.result() == "declined"


def test_two_observations_of_one_fault_are_one_finding(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    auditor, other = brain.as_role("data_auditor"), brain.connect("data_auditor")
    seen: dict[str, Any] = {
        "fingerprint": "f", "kind": "stale", "subject": "s", "level": "brief", "title": "t",
        "effect": "", "evidence": {}, "accused": None, "watcher": "data_manager",
    }  # fmt: skip

    with unfinished(auditor):
        first = auditor.one("open_finding", **seen)
        seeing = background.submit(other.one, "open_finding", **seen)
        wait_until_blocked(brain, other, seeing)

    assert first is not None
    assert seeing.result() == {"finding_id": first["finding_id"], "is_new": False}
