"""The desk's Postgres: shared while used, gone with the last user, and hard to break or to fool."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from watchbill.cloud.errors import DeskError
from watchbill.cloud.postgres import (
    Server,
    desk_server,
    drop_old_databases,
    keep_up,
    owners_server,
    remove_server,
    stop_server,
)
from watchbill.cloud.postgres_home import find_home

CHECKOUT = Path(__file__).resolve().parents[2]
LONGER_THAN_A_SOCKET_PATH = "a long folder name with spaces " * 5
USER = """
import sys
from pathlib import Path
from watchbill.cloud.postgres import desk_server
with desk_server(Path(sys.argv[1])) as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("desk") / LONGER_THAN_A_SOCKET_PATH / ".watchbill"
    home.mkdir(parents=True)
    yield home
    remove_server(home)


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    with desk_server(home) as server:
        yield server
        for name in _databases(server):
            server.drop_database(name)


def test_a_wrong_password_is_refused(server: Server) -> None:
    impostor = replace(server, password="guess")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        impostor.connect()


def test_the_password_is_readable_by_its_owner_only(home: Path, server: Server) -> None:
    file = find_home(home).cluster / "password"

    assert file.read_text() == server.password
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_commands_share_one_server_and_the_last_one_stops_it(home: Path) -> None:
    with desk_server(home) as first:
        with desk_server(home) as second:
            assert second == first

        with first.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    assert not _answers(first)


def test_the_server_of_a_killed_command_is_adopted_and_stopped_by_the_next(home: Path) -> None:
    with _command(home) as (killed, port):
        killed.kill()

    with desk_server(home) as server:
        assert server.port == port

    assert not _answers(server)


def test_a_command_that_leaves_does_not_stop_the_server_of_another_process(home: Path) -> None:
    with _command(home) as (other, _):
        with desk_server(home) as server:
            pass

        assert _answers(server)
        other.communicate(b"")

    assert not _answers(server)


def test_a_killed_server_is_replaced_and_its_data_survives(home: Path) -> None:
    with desk_server(home) as before:
        before.create_database("kept")
        os.kill(int((find_home(home).data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    with desk_server(home) as after:
        assert "kept" in _databases(after)
        after.drop_database("kept")


def test_a_lock_file_that_names_a_stranger_harms_neither_start_nor_stranger(home: Path) -> None:
    with desk_server(home):
        pid_file = find_home(home).data / "postmaster.pid"
        facts = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *facts[1:]]) + "\n")

    with desk_server(home) as server:
        assert _answers(server)


@pytest.mark.parametrize("left", ["cluster", "passing-killed"])
def test_a_half_made_data_folder_is_made_again(home: Path, left: str) -> None:
    place = find_home(home)
    shutil.rmtree(place.cluster, ignore_errors=True)
    (place.base / left / "data" / "base").mkdir(parents=True)

    with desk_server(home) as server:
        assert _answers(server)

    assert place.is_complete


def test_an_initdb_that_outlives_its_killed_command_harms_nobody(tmp_path: Path) -> None:
    place = find_home(tmp_path)
    with subprocess.Popen([sys.executable, "-c", USER, str(tmp_path)], cwd=CHECKOUT, stdin=subprocess.PIPE) as command:
        assert _becomes_true(lambda: any(place.base.glob("passing-*/data/*")))
        command.kill()

    with desk_server(tmp_path) as server:
        assert _answers(server)

    remove_server(tmp_path)


def test_data_that_no_server_opens_is_set_aside(home: Path) -> None:
    place = find_home(home)
    with desk_server(home):
        pass
    (place.data / "global" / "pg_control").write_bytes(b"broken")

    with desk_server(home) as server:
        assert _answers(server)

    assert (place.broken / "data" / "global" / "pg_control").read_bytes() == b"broken"


def test_no_folder_above_changes_its_mode(tmp_path: Path) -> None:
    home = tmp_path / "closed" / ".watchbill"
    home.mkdir(parents=True, mode=0o700)
    (tmp_path / "closed").chmod(0o700)
    before = _modes(home)

    with desk_server(home):
        pass

    remove_server(home)
    assert _modes(home) == before


def test_a_user_id_without_a_name_gets_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    nameless = next(number for number in range(54321, 65000) if number not in taken)
    monkeypatch.setattr(os, "geteuid", lambda: nameless)

    with pytest.raises(DeskError, match=f"User id {nameless} has no entry"):
        find_home(tmp_path)


def test_only_a_database_made_as_simulated_says_so(server: Server) -> None:
    server.create_database("drill", simulated=True)
    server.create_database("real")

    assert _simulated(server, "drill") == "on"
    assert _simulated(server, "real") is None


def test_a_copy_of_a_database_has_its_tables(server: Server) -> None:
    server.create_database("pattern")
    with server.connect("pattern") as connection:
        connection.execute("CREATE TABLE slots ()")

    server.create_database("copy", template="pattern")

    with server.connect("copy") as connection:
        assert connection.execute("SELECT to_regclass('slots')").fetchone() == ("slots",)


def test_the_migrate_login_owns_its_database_and_makes_logins_without_being_a_superuser(server: Server) -> None:
    server.create_database("brain")
    server.create_migrator("brain", "desk_a_migrate", "first")
    server.create_migrator("brain", "desk_a_migrate", "it's the second")

    with psycopg.connect(server.dsn("brain", "desk_a_migrate", "it's the second"), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA company")
        connection.execute("CREATE FUNCTION company.f() RETURNS int LANGUAGE sql RETURN 1")
        connection.execute("CREATE ROLE desk_a_ceo LOGIN")
        connection.execute("GRANT USAGE, CREATE ON SCHEMA company TO desk_a_ceo")
        connection.execute("ALTER FUNCTION company.f() OWNER TO desk_a_ceo")
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()

    assert row == (False,)
    drop_old_databases(server, "brain", keep=0)


def test_old_desk_databases_go_with_their_logins_and_the_newest_stay(server: Server) -> None:
    for number in range(5):
        server.create_database(f"desk_{number}")
        server.create_migrator(f"desk_{number}", f"c{number}_migrate", "secret")
        with psycopg.connect(server.dsn(f"desk_{number}", f"c{number}_migrate", "secret")) as connection:
            connection.execute(f"CREATE ROLE c{number}_ceo LOGIN")
    server.create_database("other")

    dropped = drop_old_databases(server, "desk_", keep=3)

    assert sorted(dropped) == ["desk_0", "desk_1"]
    assert _databases(server) == {"desk_2", "desk_3", "desk_4", "other"}
    assert _logins(server) == {f"c{number}_{role}" for number in (2, 3, 4) for role in ("ceo", "migrate")}
    drop_old_databases(server, "desk_", keep=0)


def test_an_old_database_that_is_in_use_stays(server: Server) -> None:
    server.create_database("desk_old")
    server.create_database("desk_new")

    with server.connect("desk_old"):
        dropped = drop_old_databases(server, "desk_", keep=1)

    assert dropped == []
    assert "desk_old" in _databases(server)


def test_the_owners_server_is_used_and_never_stopped(home: Path, server: Server, tmp_path: Path) -> None:
    with desk_server(tmp_path, desk_postgres=server.dsn()) as owners:
        owners.create_database("on_the_owners")

    assert "on_the_owners" in _databases(server)
    assert list(tmp_path.iterdir()) == []


def test_a_login_that_may_make_databases_and_logins_is_enough(server: Server) -> None:
    with _login(server, "CREATEDB CREATEROLE") as dsn, server.connect() as superuser:
        superuser.execute("GRANT SET ON PARAMETER watchbill.simulated TO owner_of_server")
        owners = owners_server(dsn)
        owners.create_database("desk_theirs", simulated=True)
        owners.create_migrator("desk_theirs", "theirs_migrate", "secret")
        with psycopg.connect(server.dsn("desk_theirs", "theirs_migrate", "secret")) as connection:
            connection.execute("CREATE ROLE theirs_ceo LOGIN")
        dropped = drop_old_databases(owners, "desk_theirs", keep=0)

        assert dropped == ["desk_theirs"]
        assert _logins(server) == {"owner_of_server"}


def test_a_login_that_may_not_is_told_what_to_grant(server: Server, tmp_path: Path) -> None:
    with (
        _login(server, "NOCREATEDB") as dsn,
        pytest.raises(DeskError, match='ALTER ROLE "owner_of_server" CREATEDB CREATEROLE; GRANT SET ON PARAMETER'),
        desk_server(tmp_path, desk_postgres=dsn),
    ):
        pytest.fail("it was let in")


def test_an_unreachable_owners_server_is_an_error_without_its_password(tmp_path: Path) -> None:
    dsn = f"postgresql://me:top-secret@127.0.0.1:{_closed_port()}/postgres"

    with (
        pytest.raises(DeskError, match="DESK_POSTGRES cannot be used") as failure,
        desk_server(tmp_path, desk_postgres=dsn),
    ):
        pytest.fail("it was let in")

    assert "top-secret" not in str(failure.value)


def test_a_guarded_server_stays_until_nobody_was_connected_for_a_while(home: Path) -> None:
    with desk_server(home) as server:
        keep_up(home, idle_minutes=0.02)
        keep_up(home, idle_minutes=0.02)

    with server.connect():
        time.sleep(1.5)  # longer than its patience: a client holds it

    assert _answers(server)
    assert _becomes_true(lambda: not _answers(server))


def test_a_guarded_server_can_be_stopped_at_once(home: Path) -> None:
    with desk_server(home) as server:
        keep_up(home, idle_minutes=0.02)

    assert stop_server(home)

    assert not _answers(server)
    assert not stop_server(home)


@contextlib.contextmanager
def _command(home: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Another command that uses the server until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(home)], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as command:
        assert command.stdout is not None
        try:
            yield command, int(command.stdout.readline())
        finally:
            command.kill()


@contextlib.contextmanager
def _login(server: Server, rights: str) -> Iterator[str]:
    with server.connect() as connection:
        connection.execute(f"CREATE ROLE owner_of_server LOGIN {rights} PASSWORD 'p'")
        try:
            yield server.dsn("postgres", "owner_of_server", "p")
        finally:
            connection.execute("DROP OWNED BY owner_of_server")
            connection.execute("DROP ROLE owner_of_server")


def _answers(server: Server) -> bool:
    try:
        server.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _becomes_true(fact: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.01)
    return False


def _databases(server: Server) -> set[str]:
    with server.connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")
        return {str(name) for (name,) in rows}


def _logins(server: Server) -> set[str]:
    with server.connect() as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper")
        return {str(name) for (name,) in rows}


def _simulated(server: Server, database: str) -> object:
    with server.connect(database) as connection:
        row = connection.execute("SELECT current_setting('watchbill.simulated', true)").fetchone()
        return row and row[0]


def _modes(path: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in (path, *path.parents)]


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
