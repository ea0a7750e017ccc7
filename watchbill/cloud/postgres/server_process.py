"""Starts, finds and stops the desk's Postgres process by its pid, for the commands that share it."""

import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg

from watchbill.cloud.postgres.postgres_home import SUPERUSER, PostgresHome, make_cluster
from watchbill.cloud.postgres.server import Server
from watchbill.errors import DeskError

log = logging.getLogger(__name__)

READY_SECONDS = 60  # a killed server first replays its log
STOP_SECONDS = 10
START_ATTEMPTS = 5  # after kill -9 the old children hold the data for a moment
PID_LINE, PORT_LINE, STATUS_LINE = 0, 3, 7  # of postmaster.pid

# The desk's data is temporary: speed is more important than a power cut. A commit is handed to the kernel before it
# is reported (synchronous_commit stays on), so that a killed server loses none. No socket: a checkout's path may be
# too long.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "0",  # the order of a float sum must not depend on the workers
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "scram_iterations": "1",  # the desk's passwords are random; more would only make each connection slower
}


def adopt(place: PostgresHome) -> Server | None:
    """The running server of this folder, if there is one and it accepts our password."""
    if not _is_up(place):
        return None
    if not _wait_until_ready(place, _lock_facts(place)[PID_LINE]):
        return None
    server = _server(place)
    try:
        with server.connect():
            return server
    except psycopg.OperationalError:
        return None


def start(place: PostgresHome) -> Server:
    """Starts the server on this folder's data, made when missing and made again when no server starts on it."""
    stop(place)
    if not place.is_complete:
        make_cluster(place)
    if not _try_start(place):
        _start_afresh(place)
    server = _server(place)
    server.close_own_databases()
    return server


def start_again(place: PostgresHome) -> Server:
    """Starts a server that ended in the middle of its work; its data is never replaced."""
    stop(place)
    if not place.is_complete or not _try_start(place):
        raise DeskError(f"The desk's Postgres ended and did not start again. Its log ends:\n{_last_log_lines(place)}")
    return _server(place)


def stop(place: PostgresHome) -> bool:
    """Stops the server of this folder: by fast, immediate, then forced shutdown; True when one was running."""
    if not _is_up(place):
        _end_orphans(place)
        _lock_path(place).unlink(missing_ok=True)
        return False
    pid = int(_lock_facts(place)[PID_LINE])
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        os.kill(pid, sign)
        if _wait_until_gone(pid):
            break
    _lock_path(place).unlink(missing_ok=True)
    return True


def kill(place: PostgresHome) -> None:
    """Ends the running server as a failing machine does: no shutdown, and its lock file stays."""
    if _is_up(place):
        os.kill(int(_lock_facts(place)[PID_LINE]), signal.SIGKILL)


def _start_afresh(place: PostgresHome) -> None:
    """Moves a cluster away on which no server starts (fsync is off: a power cut may break it) and makes another.

    When that one does not start either, the cause is elsewhere, and the first is moved back.
    """
    shutil.rmtree(place.broken, ignore_errors=True)
    place.cluster.rename(place.broken)
    make_cluster(place)
    if _try_start(place):
        log.warning("The desk's databases could not be opened; they were moved to %s", place.broken)
        return
    lines = _last_log_lines(place)
    shutil.rmtree(place.cluster)
    place.broken.rename(place.cluster)
    raise DeskError(f"Postgres did not start for {place.cluster}. The end of its log:\n{lines}")


def _try_start(place: PostgresHome) -> bool:
    """Also content with a server that somebody else started on this data meanwhile (`pg_ctl restart`)."""
    for attempt in range(START_ATTEMPTS):
        time.sleep(0.2 * attempt)
        if _wait_until_ready(place, _launch(place)) or adopt(place) is not None:
            return True
        stop(place)
    return False


def _launch(place: PostgresHome) -> str:
    """Starts postgres through a shell that ends at once, so that no command is its parent; returns its pid."""
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    port = _earlier_port(place) or _free_port()
    place.port_file.write_text(str(port))
    postgres: list[str | Path] = [place.programs / "postgres", "-D", place.data, "-p", str(port)]
    script = 'log=$1; shift; "$@" >"$log" 2>&1 & echo $!'
    started = place.run(["/bin/sh", "-c", script, "sh", place.log_file, *postgres, *options])
    if started.returncode:
        raise DeskError(f"Postgres could not be launched: {started.stderr.strip()}")
    return started.stdout.strip()


def _earlier_port(place: PostgresHome) -> int | None:
    """The port of this folder's last server, while it is free: a running day knows the brain by that address."""
    try:
        return _free_port(int(place.port_file.read_text()))
    except (OSError, ValueError, OverflowError):
        return None


def _free_port(wanted: int = 0) -> int:
    """OSError when the wanted port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", wanted))
        port: int = probe.getsockname()[1]
        return port


def _server(place: PostgresHome) -> Server:
    return Server("127.0.0.1", int(_lock_facts(place)[PORT_LINE]), SUPERUSER, place.password())


def _lock_path(place: PostgresHome) -> Path:
    return place.data / "postmaster.pid"


def _lock_facts(place: PostgresHome) -> list[str]:
    """The lines of Postgres's lock file while it runs; empty without a complete file."""
    try:
        return [line.strip() for line in _lock_path(place).read_text().splitlines()]
    except FileNotFoundError:
        return []


def _is_up(place: PostgresHome) -> bool:
    """Whether the lock file's process is a server on this data: an old pid may belong to another process."""
    facts = _lock_facts(place)
    return bool(facts) and _is_alive(int(facts[PID_LINE])) and str(place.data) in _command_line(int(facts[PID_LINE]))


def _end_orphans(place: PostgresHome) -> None:
    """Ends what a killed server left at work: while one of them runs, no server starts on its data."""
    for pid in _at_work_in(place.data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _wait_until_gone(pid)


def _at_work_in(data: Path) -> list[int]:
    """Every process of Postgres on this data, which is its working directory; empty where there is no /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or another user's
            if (entry / "cwd").readlink() == data and (entry / "exe").readlink().name == "postgres":
                found.append(int(entry.name))
    return found


def _command_line(pid: int) -> str:
    shown = Path(f"/proc/{pid}/cmdline")
    if shown.exists():
        return shown.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def _is_alive(pid: int) -> bool:
    """A zombie counts as ended: in a container it may never be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def _wait_until_ready(place: PostgresHome, pid: str) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and _is_alive(int(pid)):
        facts = _lock_facts(place)
        if len(facts) > STATUS_LINE and facts[PID_LINE] == pid and facts[STATUS_LINE] == "ready":
            return True
        time.sleep(0.005)
    return False


def _wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while _is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def _last_log_lines(place: PostgresHome) -> str:
    try:
        return "\n".join(place.log_file.read_text(errors="replace").splitlines()[-5:])
    except OSError:
        return "(no log)"
