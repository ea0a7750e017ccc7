"""The guardian process: keeps the desk's Postgres running for an owner with a DSN, until it was idle for a while.

Run as its own process: python -m watchbill.cloud.postgres.idle_guard HOME IDLE_MINUTES
"""

import fcntl
import os
import sys
import time
from pathlib import Path

import psycopg

from watchbill.cloud.postgres.postgres_home import PostgresHome, find_home
from watchbill.cloud.postgres.server import Server
from watchbill.cloud.postgres.shared_server import desk_server

CHECKS_PER_WAIT = 20
MOST_CHECK_SECONDS = 30.0


def main(home: Path, idle_minutes: float) -> None:
    """Keeps the server running until it is idle; a second guardian finds the lock taken and ends at once."""
    place = find_home(home)
    with place.guard_file.open("a") as guard, desk_server(home) as server:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _report_ready()
            return
        guard.truncate(0)
        guard.write(str(os.getpid()))
        guard.flush()
        _report_ready()
        _watch(place, server, idle_minutes * 60)


def _report_ready() -> None:
    """Reports to the command that started us, then closes its pipe, so that it can end."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _watch(place: PostgresHome, server: Server, idle_seconds: float) -> None:
    """A second request for the guardian touches its file, which counts as use."""
    last_used = time.time()
    while time.time() - max(last_used, place.guard_file.stat().st_mtime) < idle_seconds:
        time.sleep(min(MOST_CHECK_SECONDS, idle_seconds / CHECKS_PER_WAIT))
        try:
            if _clients(server):
                last_used = time.time()
        except psycopg.OperationalError:
            return  # the server was stopped


def _clients(server: Server) -> bool:
    with server.connect() as connection:
        row = connection.execute(
            "SELECT count(*) > 0 FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return bool(row and row[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
