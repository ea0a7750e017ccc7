"""The desk's Postgres server for every command: shared while it is used, stopped by the last command."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg

from watchbill.cloud.loopback import require_loopback
from watchbill.cloud.postgres.forgotten import remove_forgotten
from watchbill.cloud.postgres.postgres_home import PostgresHome, find_home
from watchbill.cloud.postgres.server import Server
from watchbill.cloud.postgres.server_process import adopt, kill, start, start_again, stop
from watchbill.errors import DeskError

__all__ = ["Server", "bring_back", "desk_server", "keep_up", "kill_server", "remove_server", "stop_server"]

OWNERS_SECONDS = 60.0
"""How long a day waits for the owner's own server when it stops answering."""
POLL_SECONDS = 0.1


@contextmanager
def desk_server(home: Path, *, desk_postgres: str | None = None) -> Iterator[Server]:
    """A server for desk databases: the owner's own when named, else the embedded one.

    The embedded server is shared by all commands of one `home`: each holds a shared file lock, and the last
    one stops the server. A killed command loses its lock, so it cannot keep the server running.
    """
    require_loopback()
    if desk_postgres:
        yield owners_server(desk_postgres)
        return
    place = find_home(home)
    with place.users_file.open("a") as users:
        try:
            with _gate(place):
                server = adopt(place) or _start(place)
                fcntl.flock(users, fcntl.LOCK_SH)
            yield server
        finally:
            with _gate(place):
                if _is_last(users):
                    stop(place)


def _start(place: PostgresHome) -> Server:
    remove_forgotten(place)
    return start(place)


def bring_back(home: Path, server: Server, *, desk_postgres: str | None = None) -> None:
    """Returns when a server that stopped answering answers again; for a caller inside `desk_server`.

    The embedded server is started again on its port. The owner's own is waited for. DeskError says what to do.
    """
    if desk_postgres:
        _wait_for(server, OWNERS_SECONDS)
        return
    place = find_home(home)
    with _gate(place):
        back = adopt(place) or start_again(place)
    if back.port != server.port:
        raise DeskError(
            f"The desk's Postgres ended, and another program took its port {server.port} on 127.0.0.1 meanwhile. "
            "Run the command again: it takes a free port."
        )


def _wait_for(server: Server, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise DeskError(
                    f"The server of DESK_POSTGRES has not answered for {seconds:.0f} s: {str(error).strip()}\n"
                    "Start it and run the command again, or unset DESK_POSTGRES to use the embedded one."
                ) from error
            time.sleep(POLL_SECONDS)
        else:
            return


def stop_server(home: Path) -> bool:
    """Stops the embedded server now, even if it is used; True when one was running."""
    place = find_home(home)
    with _gate(place):
        _dismiss_guardian(place)
        return stop(place)


def kill_server(home: Path) -> None:
    """Ends the embedded server in the middle of its work, under those who use it; they bring it back."""
    kill(find_home(home))


def remove_server(home: Path) -> None:
    """Stops the embedded server and removes its data, every desk database included."""
    stop_server(home)
    shutil.rmtree(find_home(home).base)


def keep_up(home: Path, idle_minutes: float = 30) -> None:
    """Keeps the embedded server running after this command, until nobody was connected for `idle_minutes`.

    Call it inside `desk_server`. A guardian process then holds the shared lock; a second call finds the
    first guardian and only restarts its waiting time.
    """
    place = find_home(home)
    place.guard_file.touch()
    if _has_guardian(place):
        return
    _spawn_guardian(place, home, idle_minutes)


def owners_server(dsn: str) -> Server:
    """The server behind DESK_POSTGRES, checked to be reachable and to let us create databases and logins."""
    try:
        server = Server.from_dsn(dsn)
        lacking = server.lacking_rights()
    except psycopg.Error as error:
        raise DeskError(
            f"DESK_POSTGRES cannot be used: {str(error).strip()}\n"
            "Give the DSN of a running server, or unset DESK_POSTGRES to use the embedded one."
        ) from error
    if lacking:
        raise DeskError(
            f"DESK_POSTGRES: the login {server.superuser!r} may not create the desk's databases and logins. "
            f"As a superuser run: {lacking}"
        )
    return server


@contextmanager
def _gate(place: PostgresHome) -> Iterator[None]:
    """A lock: one command at a time checks, starts or stops the server; a killed holder frees it."""
    with place.gate_file.open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _has_guardian(place: PostgresHome) -> bool:
    with place.guard_file.open("a") as guard:
        return not _is_last(guard)


def _dismiss_guardian(place: PostgresHome) -> None:
    """Ends a guardian and waits until it is gone; while it holds its lock, the pid in the file is its own."""
    with place.guard_file.open("a") as guard:
        if _is_last(guard):
            return
        with contextlib.suppress(ValueError, ProcessLookupError):
            os.kill(int(place.guard_file.read_text()), signal.SIGTERM)
            fcntl.flock(guard, fcntl.LOCK_EX)


def _spawn_guardian(place: PostgresHome, home: Path, idle_minutes: float) -> None:
    """Starts the guardian detached (own session, own parent) and waits until it holds its locks."""
    argv = [sys.executable, "-m", "watchbill.cloud.postgres.idle_guard", str(home.resolve()), str(idle_minutes)]
    checkout = Path(__file__).resolve().parents[3]
    detached = ["/bin/sh", "-c", 'log=$1; shift; "$@" 2>"$log" &', "sh", str(place.guard_log), *argv]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(checkout), "HOME": str(Path.home())}
    with subprocess.Popen(
        detached, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment, start_new_session=True
    ) as shell:
        assert shell.stdout is not None
        if shell.stdout.readline() != b"ready\n":
            raise DeskError(f"The guardian process of the desk's Postgres did not start: see {place.guard_log}")
