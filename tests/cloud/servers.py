"""For tests of the desk's Postgres: other commands that use it, and queries about its state."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

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
