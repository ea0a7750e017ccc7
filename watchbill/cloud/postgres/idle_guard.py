"""Keeps the desk's Postgres up for an owner who holds a DSN, and lets go when nobody was connected for a while.

Run as a process of its own: python -m watchbill.cloud.postgres.idle_guard HOME IDLE_MINUTES
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

LOOKS_PER_WAIT = 20
LONGEST_LOOK_SECONDS = 30.0


def main(home: Path, idle_minutes: float) -> None:
    """Stand guard until the server is idle; a second guardian finds the lock taken and leaves at once."""
    place = find_home(home)
    with place.guard_file.open("a") as guard, desk_server(home) as server:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say_ready()
            return
        guard.truncate(0)
        guard.write(str(os.getpid()))
        guard.flush()
        _say_ready()
        _watch(place, server, idle_minutes * 60)


def _say_ready() -> None:
    """Tell the command that started us, then let go of its pipe: it may end now."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _watch(place: PostgresHome, server: Server, idle_seconds: float) -> None:
    """Asking again for the guard touches its file, and that counts as use."""
    last_used = time.time()
    while time.time() - max(last_used, place.guard_file.stat().st_mtime) < idle_seconds:
        time.sleep(min(LONGEST_LOOK_SECONDS, idle_seconds / LOOKS_PER_WAIT))
        try:
            if _clients(server):
                last_used = time.time()
        except psycopg.OperationalError:
            return  # somebody stopped it: nothing left to guard


def _clients(server: Server) -> bool:
    with server.connect() as connection:
        row = connection.execute(
            "SELECT count(*) > 0 FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return bool(row and row[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
