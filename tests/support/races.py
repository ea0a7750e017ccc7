"""Two connections at once: what one leaves unfinished, and how long the other waits for it."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from company.brain import Brain
from tests.support.brains import TestBrain


@contextmanager
def unfinished(login: Brain) -> Iterator[None]:
    """What is done inside is not yet committed: its locks are held until the block ends."""
    with login.transaction():
        yield


def wait_until_blocked(brain: TestBrain, login: Brain, step: Future[Any]) -> None:
    """Returns once the other connection waits for a lock; fails if it finished instead."""
    blocked = "SELECT cardinality(pg_blocking_pids(%(pid)s)) > 0 AS yes"
    pid = login.connection.info.backend_pid
    while not brain.owner.connection.execute(blocked, {"pid": pid}).fetchone()["yes"]:  # type: ignore[index]
        assert not step.done(), "this step should have waited"


def standing_open(brain: TestBrain, role: str) -> Brain:
    """A new connection of the role in a transaction that nobody ends, its own time limit switched off."""
    login = brain.connect(role)
    login.connection.execute("SET idle_in_transaction_session_timeout = 0; BEGIN")
    return login


def impatient(brain: TestBrain, role: str, seconds: int = 8) -> Brain:
    """A new connection of the role whose statements fail after so long, so that a test does not wait for ever."""
    login = brain.connect(role)
    login.connection.execute(f"SET statement_timeout = '{seconds}s'".encode())
    return login
