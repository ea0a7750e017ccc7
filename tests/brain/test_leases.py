"""A session without its lease or already ended writes nothing more; its tasks become pending again."""

import pytest

from tests.support.acts import (
    claim,
    close_session,
    close_task,
    file_task,
    held_task,
    open_session,
    session_of,
    task_row,
)
from tests.support.brains import TestBrain
from tests.support.refusals import refused


def learn(brain: TestBrain, role: str, session: int) -> None:
    brain.as_role(role).run("log_learned", session_id=session, kind="learned", body="x", facts={}, task_id=None)


def test_a_lease_outlives_the_session_that_holds_it(brain: TestBrain) -> None:
    file_task(brain)
    session = session_of(brain, "data_worker", seconds=75)

    with refused("a_lease_outlives_its_session"):
        claim(brain, "data_worker", session, lease_seconds=75)


def test_nobody_keeps_a_task_for_a_year(brain: TestBrain) -> None:
    task, session = held_task(brain)
    year = 365 * 86400
    file_task(brain)

    with refused("a_lease_ends_soon_after_its_session"):
        claim(brain, "data_worker", session, lease_seconds=year)
    with refused("a_lease_ends_soon_after_its_session"):
        brain.as_role("data_worker").one("renew_lease", task_id=task, session_id=session, lease_seconds=year)


def test_nobody_opens_a_session_that_outlasts_any_function(brain: TestBrain) -> None:
    with refused("a_session_ends_with_its_function"):
        open_session(brain, "data_worker", seconds=7200)


def test_a_renewed_lease_keeps_the_task(brain: TestBrain) -> None:
    task, session = held_task(brain)
    brain.wait(seconds=100)
    brain.as_role("data_worker").one("renew_lease", task_id=task, session_id=session, lease_seconds=135)
    brain.wait(seconds=100)

    assert brain.as_role("heartbeat").all("return_expired_leases") == []
    assert close_task(brain, "data_worker", task, session) == "complete"


def test_a_task_whose_lease_ran_out_is_pending_again(brain: TestBrain) -> None:
    task, _ = held_task(brain)
    brain.wait(minutes=5)

    returned = brain.as_role("heartbeat").all("return_expired_leases")

    assert returned == [{"task_id": task, "held_by": "data_worker", "becomes": "pending", "problem": None}]
    assert task_row(brain, task)["claimed_by"] is None


def test_a_task_that_keeps_crashing_is_failed_when_its_attempts_are_spent(brain: TestBrain) -> None:
    task = file_task(brain)
    for n in range(3):
        claim(brain, "data_worker", session_of(brain, "data_worker", request_id=f"request-{n}"))
        brain.wait(minutes=5)
        brain.as_role("heartbeat").all("return_expired_leases")

    row = task_row(brain, task)
    assert (row["status"], row["result"]) == ("failed", {"reason": "lease ran out and no attempt is left"})


def test_an_expired_lease_closes_nothing_even_before_heartbeats_next_fire(brain: TestBrain) -> None:
    task, session = held_task(brain)
    brain.wait(minutes=5)

    with refused("one_closes_only_what_is_still_ones_own"):
        close_task(brain, "data_worker", task, session)


def test_nobody_closes_a_task_that_another_holds(brain: TestBrain) -> None:
    task, session = held_task(brain)
    other = session_of(brain, "data_manager")

    with refused("one_closes_only_what_is_still_ones_own"):
        close_task(brain, "data_manager", task, other)
    with refused("one_closes_only_what_is_still_ones_own"):
        close_task(brain, "data_manager", task, session)


def test_a_task_given_back_is_no_longer_ones_own(brain: TestBrain) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session, "pending")

    with refused("one_closes_only_what_is_still_ones_own"):
        close_task(brain, "data_worker", task, session)


def test_a_reclaimed_session_writes_nothing(brain: TestBrain) -> None:
    task, crashed = held_task(brain)
    session_of(brain, "data_worker")  # Lambda's retry of the same request

    with refused("a_fenced_session_writes_nothing"):
        learn(brain, "data_worker", crashed)
    with refused("a_fenced_session_writes_nothing"):
        close_task(brain, "data_worker", task, crashed)
    with refused("a_fenced_session_writes_nothing"):
        claim(brain, "data_worker", crashed)
    with refused("a_fenced_session_writes_nothing"):
        close_session(brain, "data_worker", crashed)


def test_a_session_that_heartbeat_ended_writes_nothing(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")
    brain.wait(minutes=5)
    [ended] = brain.as_role("heartbeat").all("end_overdue_sessions")

    assert ended["session_id"] == session
    with refused("a_fenced_session_writes_nothing"):
        learn(brain, "data_worker", session)


def test_nobody_writes_through_anothers_session(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")

    with refused("a_fenced_session_writes_nothing"):
        learn(brain, "scraping_worker", session)
    with refused("a_fenced_session_writes_nothing"):
        close_session(brain, "scraping_worker", session)


@pytest.mark.parametrize("role", ["data_worker", "data_manager", "ceo", "owner", "check"])
def test_only_heartbeat_returns_the_work_of_crashed_sessions(brain: TestBrain, role: str) -> None:
    with refused("only_heartbeat_returns_expired_leases"):
        brain.as_role(role).all("return_expired_leases")
