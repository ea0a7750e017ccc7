"""A manager checks finished work of its workers once and changes nothing of it."""

from typing import Any

import pytest

from tests.support.acts import claim, close_task, file_task, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import given_session
from tests.support.refusals import NO_RIGHT, refused


def finished(brain: TestBrain, status: str = "complete") -> int:
    """A data task that data_worker has ended."""
    task, session = file_task(brain), session_of(brain, "data_worker")
    claim(brain, "data_worker", session)
    close_task(brain, "data_worker", task, session, status, result={"resolved": 3})
    return task


def verify(brain: TestBrain, task: int, role: str = "data_manager", **other: Any) -> None:
    verdict = {"holds": True, "looked_at": "3 rows", "showed": "all 3 are in force", **other}
    brain.as_role(role).run("verify_task", session_id=given_session(brain, role), task_id=task, **verdict)


def test_a_manager_verifies_a_task_once_and_changes_nothing_of_it(brain: TestBrain) -> None:
    task = finished(brain)

    verify(brain, task, holds=False)
    with refused("a_task_is_verified_once"):
        verify(brain, task)

    [row] = brain.sql("owner", "SELECT status, result FROM company.task_queue")
    assert row == {"status": "complete", "result": {"resolved": 3}}


@pytest.mark.parametrize("role", ["data_worker", "data_auditor", "content_manager", "ceo", "owner"])
def test_only_the_manager_of_a_domain_verifies_its_work(brain: TestBrain, role: str) -> None:
    task = finished(brain)

    with refused("a_manager_verifies_its_own_domain"):
        brain.as_role(role).run("verify_task", session_id=0, task_id=task, holds=True, looked_at="a", showed="b")


def test_a_manager_verifies_nothing_that_it_did_itself(brain: TestBrain) -> None:
    task, session = file_task(brain), session_of(brain, "data_manager")
    claim(brain, "data_manager", session)
    close_task(brain, "data_manager", task, session)

    with refused("nobody_verifies_its_own_work"):
        verify(brain, task)


@pytest.mark.parametrize("status", ["failed", "blocked"])
def test_what_is_not_complete_is_not_verified(brain: TestBrain, status: str) -> None:
    task, session = file_task(brain), session_of(brain, "data_worker")
    claim(brain, "data_worker", session)
    more: dict[str, Any] = {"blocked_on": "data_manager", "blocked_action": "which"} if status == "blocked" else {}
    close_task(brain, "data_worker", task, session, status, **more)

    with refused("only_what_is_complete_is_verified"):
        verify(brain, task)


def test_a_verification_states_what_was_checked_and_is_kept(brain: TestBrain) -> None:
    task = finished(brain)

    with refused("a_verification_says_what_was_looked_at"):
        verify(brain, task, looked_at=" ")
    verify(brain, task)

    with refused(NO_RIGHT):
        brain.sql("data_manager", "UPDATE company.verifications SET holds = false")
    with refused("verifications_is_append_only"):
        run_sql(brain.as_login("migrate"), "UPDATE company.verifications SET holds = false")
