"""Several tasks claimed and closed at once: each as if it were alone, and of two connections each task is one's own."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from company.brain import Brain
from company.fire.closing import close_tasks
from company.outcomes import TaskClose
from tests.support.acts import LEASE_SECONDS, close_session, file_task, session_of, sort_task, task_row
from tests.support.brains import TestBrain
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import refused

EVENTS = "SELECT task_id, by_role, from_status, to_status, reason FROM company.task_events ORDER BY id"


def claim_many(
    brain: TestBrain, session: int, at_most: int | None = 10, *, via: Brain | None = None, **more: Any
) -> list[int]:
    given = {"mode": "data", "lease_seconds": LEASE_SECONDS, **more}
    rows = (via or brain.as_role("data_worker")).all("claim_tasks", session_id=session, at_most=at_most, **given)
    return [int(row["id"]) for row in rows]


def close_many(brain: TestBrain, session: int, *closings: dict[str, Any], role: str = "data_worker") -> dict[int, str]:
    rows = brain.as_role(role).all("close_tasks", session_id=session, closings=json.dumps(closings))
    return {int(row["task_id"]): str(row["status"]) for row in rows}


def complete(tasks: Sequence[int]) -> list[dict[str, Any]]:
    return [{"task_id": task, "status": "complete", "result": {"rows": 1}} for task in tasks]


def test_the_most_urgent_are_claimed_together_and_each_is_noted(brain: TestBrain) -> None:
    tasks = [file_task(brain, priority=priority) for priority in (5, 2, 5, 1)]
    session = session_of(brain, "data_worker")

    claimed = claim_many(brain, session, 3)

    assert claimed == [tasks[3], tasks[1], tasks[0]]
    rows = [task_row(brain, task) for task in claimed]
    assert {(row["status"], row["claimed_by"], row["session_id"], row["attempts"]) for row in rows} == {
        ("in_progress", "data_worker", session, 1)
    }
    moved = [event["task_id"] for event in brain.sql("owner", EVENTS) if event["to_status"] == "in_progress"]
    assert sorted(moved) == sorted(claimed)
    assert claim_many(brain, session) == [tasks[2]]
    assert claim_many(brain, session) == []


def test_two_who_claim_at_once_share_no_task(brain: TestBrain) -> None:
    tasks = [file_task(brain) for _ in range(5)]
    other, theirs_session = brain.connect("data_manager"), session_of(brain, "data_manager")

    with unfinished(other):
        theirs = claim_many(brain, theirs_session, 3, via=other)
        ours = claim_many(brain, session_of(brain, "data_worker"), 10)

    assert (theirs, ours) == (tasks[:3], tasks[3:])


@pytest.mark.parametrize("at_most", [0, -1, 101, None])
def test_a_claim_is_of_a_hundred_at_most(brain: TestBrain, at_most: int | None) -> None:
    with refused("one_claims_a_hundred_tasks_at_most"):
        claim_many(brain, session_of(brain, "data_worker"), at_most)


def test_many_are_claimed_by_the_rules_of_one(brain: TestBrain) -> None:
    file_task(brain)
    session = session_of(brain, "data_worker")

    for rule, wrong in (
        ("one_works_only_ones_own_modes", {"mode": "build"}),
        ("a_lease_outlives_its_session", {"lease_seconds": 1}),
        ("a_lease_ends_soon_after_its_session", {"lease_seconds": 86400}),
    ):
        with refused(rule):
            claim_many(brain, session, **wrong)
    assert claim_many(brain, session)


def test_each_of_many_ends_in_its_own_way_and_is_noted(brain: TestBrain) -> None:
    done, again, blocked, later = (file_task(brain) for _ in range(4))
    session = session_of(brain, "data_worker")
    claim_many(brain, session)

    ended = close_many(
        brain,
        session,
        {"task_id": done, "status": "complete", "result": {"rows": 3}},
        {"task_id": again, "status": "failed", "result": {"reason": "a slow feed"}, "is_permanent": False},
        {"task_id": blocked, "status": "blocked", "blocked_on": "data_manager", "blocked_action": "say which"},
        {"task_id": later, "status": "pending", "wait": "600 seconds"},
    )

    assert ended == {done: "complete", again: "pending", blocked: "blocked", later: "pending"}
    rows = {task: task_row(brain, task) for task in ended}
    assert (rows[done]["result"], rows[done]["closed_at"] is None) == ({"rows": 3}, False)
    assert (rows[later]["not_before"] - brain.now()).total_seconds() == 600
    assert {row["claimed_by"] for row in rows.values()} == {None}
    noted = {e["task_id"]: e["reason"] for e in brain.sql("owner", EVENTS) if e["from_status"] == "in_progress"}
    assert noted == {done: None, again: "a slow feed", blocked: "say which", later: None}


def test_a_closing_says_all_that_a_worker_said_of_its_task(brain: TestBrain) -> None:
    done, again, spent, blocked, later = (file_task(brain) for _ in range(5))
    session = session_of(brain, "data_worker")
    claim_many(brain, session)

    close_tasks(
        brain.as_role("data_worker"),
        session,
        [
            TaskClose(done, "complete", {"rows": 3}),
            TaskClose(again, "failed", {"reason": "a slow feed"}, is_permanent=False),
            TaskClose(spent, "failed", {"reason": "no such feed"}),
            TaskClose(blocked, "blocked", blocked_on="data_manager", blocked_action="say which"),
            TaskClose(later, "pending", wait_seconds=600),
        ],
    )

    rows = [task_row(brain, task) for task in (done, again, spent, blocked, later)]
    assert [row["status"] for row in rows] == ["complete", "pending", "failed", "blocked", "pending"]
    assert [row["result"] for row in rows[:3]] == [
        {"rows": 3},
        {"reason": "a slow feed"},
        {"reason": "no such feed"},
    ]
    assert (rows[3]["blocked_on"], rows[3]["blocked_action"]) == ("data_manager", "say which")
    assert (rows[4]["not_before"] - brain.now()).total_seconds() == 600


def test_where_one_is_lost_none_is_closed(brain: TestBrain) -> None:
    lost, *kept = (file_task(brain) for _ in range(3))
    session = session_of(brain, "data_worker")
    claim_many(brain, session, 1)
    brain.wait(seconds=LEASE_SECONDS - 30)
    claim_many(brain, session, lease_seconds=LEASE_SECONDS)
    brain.wait(seconds=31)

    with refused("one_closes_only_what_is_still_ones_own"):
        close_many(brain, session, *complete([*kept, lost]))

    assert [task_row(brain, task)["status"] for task in (lost, *kept)] == ["in_progress"] * 3
    brain.as_role("heartbeat").all("return_expired_leases")
    assert close_many(brain, session, *complete(kept)) == dict.fromkeys(kept, "complete")
    assert task_row(brain, lost)["status"] == "pending"


def test_one_closes_ones_own_tasks_once_and_by_the_known_words(brain: TestBrain) -> None:
    mine, free = file_task(brain), file_task(brain, mode="scrape", role="scraping_manager")
    session = session_of(brain, "data_worker")
    claim_many(brain, session)
    other = session_of(brain, "data_manager")
    [good] = complete([mine])

    own, words = "one_closes_only_what_is_still_ones_own", "a_worker_ends_a_task_as_complete_failed_blocked_or_pending"
    for rule, closings in (
        (own, [good, good]),
        (own, [good, *complete([free])]),
        (own, complete([10**9])),
        (own, [{"status": "complete"}]),
        (words, [{**good, "status": "done"}]),
        (words, [{"task_id": mine}]),
        ("a_task_given_back_waits_a_day_at_most", [{**good, "status": "pending", "wait": "2 days"}]),
        ("blocked_names_an_owner_and_an_action", [{**good, "status": "blocked"}]),
    ):
        with refused(rule):
            close_many(brain, session, *closings)
    with refused(own):
        close_many(brain, other, good, role="data_manager")
    assert task_row(brain, mine)["status"] == "in_progress"
    assert close_many(brain, session) == {}


def test_an_ended_session_closes_nothing(brain: TestBrain) -> None:
    task = file_task(brain)
    session = session_of(brain, "data_worker")
    claim_many(brain, session)
    close_session(brain, "data_worker", session)

    with refused("a_fenced_session_writes_nothing"):
        close_many(brain, session, *complete([task]))


def test_who_closes_second_waits_and_closes_none(brain: TestBrain) -> None:
    tasks = [file_task(brain) for _ in range(3)]
    session = session_of(brain, "data_worker")
    claim_many(brain, session)
    other, closings = brain.connect("data_worker"), json.dumps(complete(tasks))

    with ThreadPoolExecutor(1) as background:
        with unfinished(brain.as_role("data_worker")):
            close_many(brain, session, *complete(tasks[2:]))
            closing = background.submit(other.all, "close_tasks", session_id=session, closings=closings)
            wait_until_blocked(brain, other, closing)
        with refused("one_closes_only_what_is_still_ones_own"):
            closing.result()
    assert [task_row(brain, task)["status"] for task in tasks] == ["in_progress", "in_progress", "complete"]


def test_a_claim_passes_over_what_is_being_sorted_and_takes_the_rest(brain: TestBrain) -> None:
    sorted_away, *rest = (file_task(brain) for _ in range(3))
    session = session_of(brain, "data_worker")

    with unfinished(brain.as_role("data_manager")):
        sort_task(brain, "data_manager", sorted_away, "stale")
        claimed = claim_many(brain, session)

    assert claimed == rest
