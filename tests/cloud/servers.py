"""For tests of the desk's Postgres: other commands that use it, and queries about its state."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.cloud.postgres.shared_server import Server

CHECKOUT = Path(__file__).resolve().parents[2]
USER = """
import sys
from pathlib import Path
from watchbill.cloud.postgres.shared_server import desk_server
with desk_server(Path(sys.argv[1])) as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def command(home: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Another command that uses the server until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(home)], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as command:
        assert command.stdout is not None
        try:
            yield command, int(command.stdout.readline())
        finally:
            command.kill()


def postmaster(home: Path) -> int:
    """The pid of the server of a desk's folder."""
    return int((find_home(home).data / "postmaster.pid").read_text().split()[0])


def at_work(server: Server) -> int:
    """How many clients' statements run now, this one included."""
    with server.connect() as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'").fetchone()
    return int(str(row[0])) if row else 0


def answers(server: Server) -> bool:
    try:
        server.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def databases(server: Server) -> set[str]:
    with server.connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")
        return {str(name) for (name,) in rows}


def logins(server: Server) -> set[str]:
    with server.connect() as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper")
        return {str(name) for (name,) in rows}
