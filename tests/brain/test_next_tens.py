"""Several tasks are ended and the next ones claimed in one statement: all of it, or nothing of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from company.brain import Brain
from tests.brain.test_batches_of_tasks import EVENTS, claim_many, complete
from tests.support.acts import LEASE_SECONDS, close_session, file_task, session_of, task_row
from tests.support.brains import TestBrain
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import refused

WORKER = "data_worker"
OWN, WORDS = "one_closes_only_what_is_still_ones_own", "a_worker_ends_a_task_as_complete_failed_blocked_or_pending"


def end_and_claim(
    brain: TestBrain,
    session: int,
    closings: list[dict[str, Any]],
    at_most: int | None = 10,
    *,
    role: str = WORKER,
    via: Brain | None = None,
    **more: Any,
) -> list[int]:
    given = {"mode": "data", "lease_seconds": LEASE_SECONDS, "at_most": at_most, **more}
    rows = (via or brain.as_role(role)).all(
        "close_and_claim_tasks", session_id=session, closings=json.dumps(closings), **given
    )
    return [int(row["id"]) for row in rows]


def statuses(brain: TestBrain, tasks: list[int]) -> list[str]:
    return [task_row(brain, task)["status"] for task in tasks]


def test_all_are_ended_and_the_most_urgent_are_claimed_and_not_begun(brain: TestBrain) -> None:
    held = [file_task(brain, priority=1) for _ in range(3)]
    later, urgent, third = (file_task(brain, priority=priority) for priority in (6, 2, 5))
    session = session_of(brain, WORKER)
    claim_many(brain, session, 3)

    assert end_and_claim(brain, session, complete(held), 2) == [urgent, third]

    assert statuses(brain, [*held, later]) == ["complete"] * 3 + ["pending"]
    done, taken = task_row(brain, held[0]), task_row(brain, urgent)
    assert (done["result"], done["closed_at"], done["claimed_by"], done["lease_until"]) == (
        {"rows": 1}, brain.now(), None, None,
    )  # fmt: skip
    assert (taken["status"], taken["claimed_by"], taken["session_id"]) == ("in_progress", WORKER, session)
    assert (taken["attempts"], taken["begun_at"], taken["closed_at"], taken["result"]) == (1, None, None, None)
    assert (taken["lease_until"] - brain.now()).total_seconds() == LEASE_SECONDS


def test_each_ends_in_its_own_way_and_each_step_is_noted(brain: TestBrain) -> None:
    done, again, blocked, later, taken = (file_task(brain) for _ in range(5))
    session = session_of(brain, WORKER)
    claim_many(brain, session, 4)
    closings: list[dict[str, Any]] = [
        {"task_id": done, "status": "complete", "result": {"rows": 3}},
        {"task_id": again, "status": "failed", "result": {"reason": "a slow feed"}, "is_permanent": False},
        {"task_id": blocked, "status": "blocked", "blocked_on": "data_manager", "blocked_action": "say which"},
        {"task_id": later, "status": "pending", "wait": "600 seconds"},
    ]

    assert end_and_claim(brain, session, closings) == [taken], "what comes back is not what is claimed"

    assert statuses(brain, [done, again, blocked, later]) == ["complete", "pending", "blocked", "pending"]
    assert (task_row(brain, later)["not_before"] - brain.now()).total_seconds() == 600
    steps = {
        event["task_id"]: (event["from_status"], event["to_status"], event["by_role"], event["reason"])
        for event in brain.sql("owner", EVENTS)
    }
    assert steps == {
        done: ("in_progress", "complete", WORKER, None),
        again: ("in_progress", "pending", WORKER, "a slow feed"),
        blocked: ("in_progress", "blocked", WORKER, "say which"),
        later: ("in_progress", "pending", WORKER, None),
        taken: ("pending", "in_progress", WORKER, None),
    }


def test_the_last_attempt_of_one_fails_for_good(brain: TestBrain) -> None:
    task = file_task(brain)
    session = session_of(brain, WORKER)
    again = [{"task_id": task, "status": "failed", "is_permanent": False}]

    for _ in range(3):
        assert claim_many(brain, session) == [task]
        assert end_and_claim(brain, session, again) == []

    assert (task_row(brain, task)["status"], task_row(brain, task)["attempts"]) == ("failed", 3)


def test_where_nothing_waits_all_are_ended_and_where_nothing_ends_all_are_claimed(brain: TestBrain) -> None:
    tasks = [file_task(brain) for _ in range(3)]
    session = session_of(brain, WORKER)

    assert end_and_claim(brain, session, []) == tasks
    assert end_and_claim(brain, session, complete(tasks)) == []
    assert statuses(brain, tasks) == ["complete"] * 3
    assert end_and_claim(brain, session, []) == []


def test_who_claims_one_so_begins_it(brain: TestBrain) -> None:
    held, waiting = file_task(brain), file_task(brain)
    session = session_of(brain, WORKER)
    claim_many(brain, session, 1)

    assert end_and_claim(brain, session, complete([held]), 1) == [waiting]
    assert task_row(brain, waiting)["begun_at"] == brain.now()


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("one_works_only_ones_own_modes", {"mode": "build"}),
        ("a_lease_outlives_its_session", {"lease_seconds": 1}),
        ("a_lease_ends_soon_after_its_session", {"lease_seconds": 86400}),
        ("one_claims_a_hundred_tasks_at_most", {"at_most": 0}),
        ("one_claims_a_hundred_tasks_at_most", {"at_most": 101}),
        ("one_claims_a_hundred_tasks_at_most", {"at_most": None}),
    ],
)
def test_where_the_claim_is_refused_nothing_is_ended(brain: TestBrain, rule: str, wrong: dict[str, Any]) -> None:
    held, waiting = file_task(brain), file_task(brain)
    session = session_of(brain, WORKER)
    claim_many(brain, session, 1)

    with refused(rule):
        end_and_claim(brain, session, complete([held]), **wrong)

    assert statuses(brain, [held, waiting]) == ["in_progress", "pending"]


def test_where_one_may_not_be_ended_none_is_and_none_is_claimed(brain: TestBrain) -> None:
    mine, also, waiting = (file_task(brain) for _ in range(3))
    session, other = session_of(brain, WORKER), session_of(brain, "data_manager")
    claim_many(brain, session, 2)
    good, second = complete([mine, also])

    for rule, closings in (
        (OWN, [good, good]),
        (OWN, [good, *complete([waiting])]),
        (OWN, [good, *complete([10**9])]),
        (OWN, [good, {"status": "complete"}]),
        (WORDS, [good, {**second, "status": "superseded"}]),
        (WORDS, [good, {"task_id": also}]),
        ("a_task_given_back_waits_a_day_at_most", [good, {**second, "status": "pending", "wait": "2 days"}]),
        ("blocked_names_an_owner_and_an_action", [good, {**second, "status": "blocked"}]),
    ):
        with refused(rule):
            end_and_claim(brain, session, closings)
    with refused(OWN):
        end_and_claim(brain, other, [good], role="data_manager")
    with refused("a_fenced_session_writes_nothing"):
        end_and_claim(brain, session, [good], role="data_manager")
    brain.wait(seconds=LEASE_SECONDS + 1)
    with refused(OWN):
        end_and_claim(brain, session, [good])
    assert statuses(brain, [mine, also, waiting]) == ["in_progress", "in_progress", "pending"]


def test_an_ended_session_ends_and_claims_nothing(brain: TestBrain) -> None:
    held, waiting = file_task(brain), file_task(brain)
    session = session_of(brain, WORKER)
    claim_many(brain, session, 1)
    close_session(brain, WORKER, session)

    with refused("a_fenced_session_writes_nothing"):
        end_and_claim(brain, session, complete([held]))

    assert statuses(brain, [held, waiting]) == ["in_progress", "pending"]


def test_who_ends_them_second_waits_and_is_given_nothing(brain: TestBrain) -> None:
    tasks = [file_task(brain) for _ in range(5)]
    session = session_of(brain, WORKER)
    held = claim_many(brain, session, 3)
    other = brain.connect(WORKER)

    with ThreadPoolExecutor(1) as background:
        with unfinished(brain.as_role(WORKER)):
            assert end_and_claim(brain, session, complete(held[2:]), 1) == [tasks[3]]
            ending = background.submit(end_and_claim, brain, session, complete(held), via=other)
            wait_until_blocked(brain, other, ending)
        with refused(OWN):
            ending.result()

    assert statuses(brain, tasks) == ["in_progress", "in_progress", "complete", "in_progress", "pending"]


def test_two_who_end_and_claim_at_once_share_no_task(brain: TestBrain) -> None:
    tasks = [file_task(brain) for _ in range(8)]
    ours, theirs = session_of(brain, WORKER), session_of(brain, "data_manager")
    mine = claim_many(brain, ours, 2)
    other = brain.connect("data_manager")
    held = claim_many(brain, theirs, 2, via=other)

    with unfinished(other):
        taken = end_and_claim(brain, theirs, complete(held), 2, via=other)
        assert (taken, end_and_claim(brain, ours, complete(mine))) == (tasks[4:6], tasks[6:])
