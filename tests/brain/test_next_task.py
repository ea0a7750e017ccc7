"""A task is ended and the next one claimed in one statement: both, or neither, and of two connections by one alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from company.brain import Brain
from tests.support.acts import LEASE_SECONDS, claim, close_session, file_task, session_of, task_row
from tests.support.brains import TestBrain
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import refused

WORKER = "data_worker"
OWN = "one_closes_only_what_is_still_ones_own"
STEPS = "SELECT from_status, to_status, by_role, reason FROM company.task_events WHERE task_id = %(task)s ORDER BY id"


def end_and_claim(
    brain: TestBrain, task: int | None, session: int, *, role: str = WORKER, via: Brain | None = None, **more: Any
) -> int | None:
    """Completes the task, unless more says otherwise; the next one's number."""
    ending = {"status": "complete", "result": {"rows": 1}, "is_permanent": True, "blocked_on": None}
    given = {"blocked_action": None, "wait_seconds": 0, "mode": "data", "lease_seconds": LEASE_SECONDS, **more}
    asked = {"task_id": task, "session_id": session, **ending, **given}
    row = (via or brain.as_role(role)).one("close_and_claim", **asked)
    return None if row is None else int(row["id"])


def held_task(brain: TestBrain, session: int) -> int:
    task = claim(brain, WORKER, session)
    assert task is not None
    return task


def test_one_is_ended_and_the_most_urgent_is_claimed_and_begun(brain: TestBrain) -> None:
    first, later, urgent = (file_task(brain, priority=priority) for priority in (1, 5, 2))
    session = session_of(brain, WORKER)

    assert end_and_claim(brain, held_task(brain, session), session) == urgent

    done, taken = task_row(brain, first), task_row(brain, urgent)
    assert (done["status"], done["result"], done["closed_at"]) == ("complete", {"rows": 1}, brain.now())
    assert (done["claimed_by"], done["session_id"], done["attempts"]) == (None, None, 1)
    assert (taken["status"], taken["claimed_by"], taken["session_id"]) == ("in_progress", WORKER, session)
    assert (taken["attempts"], taken["begun_at"], taken["result"]) == (1, brain.now(), None)
    assert (taken["lease_until"] - brain.now()).total_seconds() == LEASE_SECONDS
    assert task_row(brain, later)["status"] == "pending"
    assert [tuple(step.values()) for step in brain.sql("owner", STEPS, task=urgent)][1:] == [
        ("pending", "in_progress", WORKER, None)
    ]
    assert [tuple(step.values()) for step in brain.sql("owner", STEPS, task=first)][2:] == [
        ("in_progress", "complete", WORKER, None)
    ]


def test_where_nothing_waits_the_task_is_ended_all_the_same(brain: TestBrain) -> None:
    task = file_task(brain)
    file_task(brain, mode="scrape", role="scraping_manager")
    session = session_of(brain, WORKER)

    assert end_and_claim(brain, held_task(brain, session), session) is None
    assert task_row(brain, task)["status"] == "complete"


@pytest.mark.parametrize(
    ("ending", "becomes", "reason"),
    [
        ({"status": "failed", "result": {"reason": "no such row"}}, "failed", "no such row"),
        ({"status": "failed", "is_permanent": False, "result": {"reason": "slow"}}, "pending", "slow"),
        ({"status": "blocked", "blocked_on": "data_manager", "blocked_action": "say which"}, "blocked", "say which"),
        ({"status": "pending", "wait_seconds": 600}, "pending", None),
    ],
)
def test_it_ends_as_it_would_alone_and_is_not_the_one_claimed(
    brain: TestBrain, ending: dict[str, Any], becomes: str, reason: str | None
) -> None:
    task = file_task(brain)
    session = session_of(brain, WORKER)

    assert end_and_claim(brain, held_task(brain, session), session, **ending) is None

    row = task_row(brain, task)
    assert (row["status"], row["blocked_on"]) == (becomes, ending.get("blocked_on"))
    assert (row["closed_at"] is None) == (becomes in ("pending", "blocked"))
    assert (row["not_before"] - brain.now()).total_seconds() == ending.get("wait_seconds", 0)
    assert brain.sql("owner", STEPS, task=task)[-1]["reason"] == reason


def test_the_last_attempt_fails_for_good(brain: TestBrain) -> None:
    task = file_task(brain)
    session = session_of(brain, WORKER)
    again: dict[str, Any] = {"status": "failed", "is_permanent": False}

    ends = [end_and_claim(brain, held_task(brain, session), session, **again) for _ in range(3)]

    assert ends == [None] * 3
    assert (task_row(brain, task)["status"], task_row(brain, task)["attempts"]) == ("failed", 3)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("one_works_only_ones_own_modes", {"mode": "build"}),
        ("a_lease_outlives_its_session", {"lease_seconds": 1}),
        ("a_lease_ends_soon_after_its_session", {"lease_seconds": 86400}),
        ("a_worker_ends_a_task_as_complete_failed_blocked_or_pending", {"status": "superseded"}),
        ("a_worker_ends_a_task_as_complete_failed_blocked_or_pending", {"status": None}),
        ("a_task_given_back_waits_a_day_at_most", {"status": "pending", "wait_seconds": 90_000}),
        ("blocked_names_an_owner_and_an_action", {"status": "blocked"}),
    ],
)
def test_where_either_is_refused_neither_is_done(brain: TestBrain, rule: str, wrong: dict[str, Any]) -> None:
    held, waiting = file_task(brain), file_task(brain)
    session = session_of(brain, WORKER)
    held_task(brain, session)

    with refused(rule):
        end_and_claim(brain, held, session, **wrong)

    assert [task_row(brain, task)["status"] for task in (held, waiting)] == ["in_progress", "pending"]


def test_who_ends_what_is_not_ones_own_is_given_nothing(brain: TestBrain) -> None:
    held, waiting, other = file_task(brain), file_task(brain), session_of(brain, "data_manager")
    session = session_of(brain, WORKER)
    held_task(brain, session)

    for task, by, role in ((held, other, "data_manager"), (waiting, session, WORKER), (10**9, session, WORKER)):
        with refused(OWN):
            end_and_claim(brain, task, by, role=role)
    with refused(OWN):
        end_and_claim(brain, None, session)
    with refused("a_fenced_session_writes_nothing"):
        end_and_claim(brain, held, session, role="data_manager")
    brain.wait(seconds=LEASE_SECONDS + 1)
    with refused(OWN):
        end_and_claim(brain, held, session, lease_seconds=LEASE_SECONDS)

    assert [task_row(brain, task)["status"] for task in (held, waiting)] == ["in_progress", "pending"]


def test_an_ended_session_ends_and_claims_nothing(brain: TestBrain) -> None:
    held, waiting = file_task(brain), file_task(brain)
    session = session_of(brain, WORKER)
    held_task(brain, session)
    close_session(brain, WORKER, session)

    with refused("a_fenced_session_writes_nothing"):
        end_and_claim(brain, held, session)

    assert task_row(brain, waiting)["status"] == "pending"


def test_who_ends_a_task_second_waits_and_is_given_nothing(brain: TestBrain) -> None:
    held, second, third = (file_task(brain) for _ in range(3))
    session = session_of(brain, WORKER)
    held_task(brain, session)
    other = brain.connect(WORKER)

    with ThreadPoolExecutor(1) as background:
        with unfinished(brain.as_role(WORKER)):
            assert end_and_claim(brain, held, session) == second
            ending = background.submit(end_and_claim, brain, held, session, via=other)
            wait_until_blocked(brain, other, ending)
        with refused(OWN):
            ending.result()

    assert [task_row(brain, task)["status"] for task in (held, second, third)] == ["complete", "in_progress", "pending"]


def test_two_who_end_and_claim_at_once_share_no_task(brain: TestBrain) -> None:
    first, second, third, fourth = (file_task(brain) for _ in range(4))
    ours, theirs = session_of(brain, WORKER), session_of(brain, "data_manager")
    held_task(brain, ours)
    assert claim(brain, "data_manager", theirs) == second
    other = brain.connect("data_manager")

    with unfinished(other):
        taken = end_and_claim(brain, second, theirs, via=other)
        assert (taken, end_and_claim(brain, first, ours)) == (third, fourth)
