"""A call with a deadline. HTTP's own timeouts count per read, so an answer of a byte a second passes all of them."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class TooLate(Exception):
    """Nothing came in time. The call goes on until its connection fails; nobody reads its answer."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """What the call returns or raises within the seconds; TooLate otherwise.

    The call runs in a thread of its own: only that covers a name that does not resolve, a header that drips in and a
    body that never ends. The thread is a daemon, so it keeps no process alive.
    """
    answers: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()
    Thread(target=_run, args=(call, answers), daemon=True, name="a model call").start()
    try:
        value, error = answers.get(timeout=seconds)
    except Empty:
        raise TooLate(f"no answer within {seconds:.0f} s") from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # None only beside an error, or when the call returned it


def _run(call: Callable[[], T], answers: "SimpleQueue[tuple[T | None, BaseException | None]]") -> None:
    try:
        answers.put((call(), None))
    except BaseException as error:  # noqa: B036  raised again in the thread that waits for it
        answers.put((None, error))
