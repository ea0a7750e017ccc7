"""A connection that waits for an answer while the server works on it, and no longer.

The server's own limits never begin when the network swallowed the question, and the kernel's notice nothing when
something in the middle still acknowledges what it does not pass on.
"""

from collections.abc import Generator
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import DictRow

R = TypeVar("R")
SILENCE_SECONDS = 9.0
"""After so long without a sign of an answer the server is asked, on a connection of its own."""
LATE_SECONDS = 1.0
"""How long an answer may take to arrive after the server has given it."""
CHECK_SECONDS = 2
"""For each address of the server."""
LOOK_SECONDS = 0.1
CLOSED_SECONDS = 120.0
"""As long as a statement may take: so long is waited where the server answers and lets nobody in to ask."""
IS_WORKED_ON = """
SELECT state = 'active' AND wait_event IS DISTINCT FROM 'ClientWrite' AS yes
FROM pg_stat_activity WHERE pid = %s AND usename = current_user
"""


class WaitingConnection(psycopg.Connection[DictRow]):
    """A statement that takes long gets all of its limit; one that was lost fails in about ten seconds."""

    def wait(self, gen: PQGen[R], interval: float = LOOK_SECONDS, timeout: float | None = None) -> R:
        """As psycopg's, which every statement goes through; OperationalError when the answer was lost."""
        return super().wait(self._while_worked_on(gen), interval, timeout)

    def _while_worked_on(self, gen: PQGen[R]) -> Generator[Any, Any, R]:
        """Passes everything on, and looks at the time whenever nothing came for a while."""
        seconds, is_lost = SILENCE_SECONDS, False
        try:
            wanted = next(gen)
            asked_at = heard_at = monotonic()
            while True:
                ready = yield wanted
                if ready:
                    seconds, is_lost, asked_at = SILENCE_SECONDS, False, monotonic()
                    heard_at = asked_at
                elif monotonic() - asked_at >= seconds:
                    if is_lost:
                        self._give_up()
                    is_lost = self._is_lost(silent_seconds=monotonic() - heard_at)
                    seconds, asked_at = LATE_SECONDS if is_lost else SILENCE_SECONDS, monotonic()
                wanted = gen.send(ready)
        except StopIteration as ended:
            answer: R = ended.value
            return answer

    def _is_lost(self, silent_seconds: float) -> bool:
        """Whether the server is there no more, or works on nothing of ours.

        One that refuses the question (a token that expired, a new password, no connection free) is there.
        """
        try:
            with psycopg.connect(
                self.info.dsn, password=self.info.password, autocommit=True, connect_timeout=CHECK_SECONDS
            ) as beside:
                row = beside.execute(IS_WORKED_ON, (self.info.backend_pid,)).fetchone()
        except psycopg.OperationalError as error:
            return "FATAL" not in str(error) or silent_seconds > CLOSED_SECONDS
        return row is None or row[0] is not True

    def _give_up(self) -> None:
        self.close()
        raise psycopg.OperationalError(
            f"no answer for {SILENCE_SECONDS + LATE_SECONDS:.0f} seconds, and the server is not working on one:"
            " the connection was cut off"
        )
