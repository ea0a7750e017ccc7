"""Fires that fail, a root cause that is done, and fires after it: what lessons are made of."""

from tests.functions.office import Office
from tests.support.acts import close_session, close_task
from tests.support.drafts import given_session


def fail(office: Office, times: int, reason: str = "route {n} said 503", role: str = "data_worker") -> list[int]:
    """Fires of a role that ended as failed; their sessions."""
    sessions = []
    for n in range(times):
        sessions.append(given_session(office.works.brain, role))
        close_session(office.works.brain, role, sessions[-1], "failed", reason=reason.format(n=n))
    return sessions


def work_well(office: Office, times: int, role: str = "data_worker") -> None:
    """Fires of a role that did their work."""
    for _ in range(times):
        close_session(office.works.brain, role, given_session(office.works.brain, role))


def end_cause(office: Office, status: str = "complete") -> None:
    """A build role ends the one root-cause task."""
    brain = office.works.brain
    worker, session = brain.as_role("build_worker"), given_session(brain, "build_worker")
    task = worker.one("claim_task", mode="build", session_id=session, lease_seconds=400)
    assert task is not None
    close_task(brain, "build_worker", task["id"], session, status, result={"showed": "fixed"})
    close_session(brain, "build_worker", session)
