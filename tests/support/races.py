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
