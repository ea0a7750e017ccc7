"""Requests to AWS that go on in a thread beside a fire's own work. None outlives the fire.

In the thread nothing is done but to ask: the brain, the log and what the fire keeps belong to the fire's own thread.
"""

from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Answer = Callable[[], Any]
"""Waits for an answer and gives it; or raises the request's own error."""
MOST_AT_ONCE = 2


class Threads:
    """The threads of a warm container, started at their first use; between two fires they wait.

    Kept, because a new thread runs before the one that started it: the fire's next question to the brain would wait.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def start(self, act: Callable[[], object]) -> "Future[Any]":
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  few fires need it

        self._pool = self._pool or ThreadPoolExecutor(MOST_AT_ONCE)
        return self._pool.submit(act)


class Beside:
    """The requests of one fire. Leaving it waits for all of them: a Lambda is frozen when its handler has returned."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._begun: dict[str, Future[Any]] = {}
        self._afterwards: list[Callable[[], None]] = []

    def begin(
        self,
        name: str,
        make_client: Callable[[], Any],
        ask: Callable[[Any], object],
        afterwards: Callable[[Answer], None] | None = None,
    ) -> None:
        """Begins a request. afterwards is called in the fire's own thread, at the fire's end.

        make_client is called in this thread: boto3 lets any thread use a client, and only one make it. An error of it
        is raised by the answer.
        """
        try:
            client = make_client()
        except Exception as error:
            self._begun[name] = self._threads.start(partial(_fail, error))
        else:
            self._begun[name] = self._threads.start(partial(ask, client))
        if afterwards:
            self._afterwards.append(lambda: afterwards(lambda: self.answer(name)))

    def answer(self, name: str) -> Any:
        """Of a request that was begun in this fire; waits for it. An answer that nobody takes is dropped."""
        return self._begun[name].result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for begun in self._begun.values():
            begun.exception()
        for call in self._afterwards:
            call()


def _fail(error: Exception) -> None:
    raise error
