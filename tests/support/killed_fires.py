"""A fire that is killed at one place of the code: what it had committed stays, and nothing after it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class Killed(BaseException):
    """For the code under it, the same as a SIGKILL."""


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, place: str) -> Iterator[None]:
    """The fire that is run inside is killed when it calls this function, by its dotted name."""

    def kill(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(place, kill)
        yield
