"""A call that ends when it must: the timeouts of HTTP are per read, and a byte a second keeps every one of them."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class TooLate(Exception):
    """Nothing came in time. The call goes on by itself until its connection fails; nobody hears what it says."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """What the call gives or raises, if it does so in time; TooLate otherwise.

    In a thread of its own, because nothing else covers a name that does not resolve, a header that drips in and a
    body that never ends alike. The thread is a daemon: it keeps no process up, and a frozen one thaws into its end.
    """
    answers: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()
    Thread(target=_run, args=(call, answers), daemon=True, name="a model call").start()
    try:
        value, error = answers.get(timeout=seconds)
    except Empty:
        raise TooLate(f"no answer within {seconds:.0f} s") from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # None only beside an error, or when the call gave it


def _run(call: Callable[[], T], answers: "SimpleQueue[tuple[T | None, BaseException | None]]") -> None:
    try:
        answers.put((call(), None))
    except BaseException as error:  # noqa: B036  raised again where somebody waits for it
        answers.put((None, error))
