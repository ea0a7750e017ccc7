"""A lock for two set-ups at once: the second waits for the first."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[int]:
    """Holds the lock. pip inherits it, so that a pip that outlives a killed set-up is waited for as well."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        wait_for(lock)
        yield lock
    finally:
        os.close(lock)


def wait_for(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another set-up is running in this folder; waiting for it.", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
