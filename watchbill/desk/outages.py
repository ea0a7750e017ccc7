"""A Postgres that is killed, stopped or restarted in the middle of a day: the desk brings it back and goes on.

A fire that was cut off fails, and is tried again as on AWS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg

from watchbill.cloud.postgres.server import Server
from watchbill.cloud.postgres.shared_server import bring_back

R = TypeVar("R")
MOST_IN_ONE_STEP = 20
"""How often one step is tried again; a server that is killed more often than this is not an accident."""
CUT_OFF = ("57P01", "57P02", "57P03", "08")
"""How SQLSTATE begins when the server ended the connection. Without a SQLSTATE the driver lost or never had one."""


@dataclass
class Outages:
    """Watches over a desk's server. survived: how often it was brought back."""

    home: Path
    server: Server
    desk_postgres: str | None
    survived: int = 0

    def surviving(self, act: Callable[[], R]) -> R:
        """Runs a step that may be repeated; once more after each time that the brain was cut off meanwhile."""
        for _ in range(MOST_IN_ONE_STEP):
            try:
                return act()
            except Exception as error:
                if not is_cut_off(error):
                    raise
                self._bring_back()
        return act()

    def check(self) -> bool:
        """Brings the server back when it does not answer; True when it had to. For a step that failed."""
        try:
            self.server.connect().close()
        except psycopg.OperationalError:
            self._bring_back()
            return True
        return False

    def _bring_back(self) -> None:
        bring_back(self.home, self.server, desk_postgres=self.desk_postgres)
        self.survived += 1


def is_cut_off(error: BaseException | None) -> bool:
    """Whether the server went away: the driver's own error, or one of ours that it caused."""
    while error is not None:
        if isinstance(error, psycopg.OperationalError):
            return error.sqlstate is None or error.sqlstate.startswith(CUT_OFF)
        error = error.__cause__
    return False
