"""Databases and logins on a desk's server, embedded or the owner's own."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from company.vertical import load
from tests.cloud.lambdas import becomes_true
from tests.cloud.servers import answers, databases, logins, postmaster
from watchbill.backtest.scratch_brain import scratch_brain
from watchbill.cloud.postgres import shared_server
from watchbill.cloud.postgres.server import drop_company
from watchbill.cloud.postgres.shared_server import (
    Server,
    bring_back,
    desk_server,
    owners_server,
)
from watchbill.errors import DeskError

BIRTH = datetime(2026, 3, 11, 6, 55, tzinfo=UTC)


def test_only_a_database_made_as_simulated_says_so(server: Server) -> None:
    server.create_database("drill", simulated_from=BIRTH)
    server.create_database("real")

    assert _simulated(server, "drill") == BIRTH.isoformat()
    assert _simulated(server, "real") is None


def test_the_owner_of_a_database_cannot_mark_it_as_simulated(server: Server) -> None:
    server.create_database("real")
    server.create_migrator("real", "desk_b_migrate", "secret")

    with (
        psycopg.connect(server.dsn("real", "desk_b_migrate", "secret")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("ALTER DATABASE real SET watchbill.simulated = 'on'")

    assert becomes_true(lambda: drop_company(server, "real", "desk_b_migrate")), (
        "its connection takes a moment to leave"
    )


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
    assert becomes_true(lambda: drop_company(server, "brain", "desk_a_migrate"))


def test_a_company_goes_with_its_logins_and_no_other(server: Server) -> None:
    for number in range(2):
        server.create_database(f"desk_{number}")
        server.create_migrator(f"desk_{number}", f"c{number}_migrate", "secret")
        with psycopg.connect(server.dsn(f"desk_{number}", f"c{number}_migrate", "secret")) as connection:
            connection.execute(f"CREATE ROLE c{number}_ceo LOGIN")

    assert becomes_true(lambda: drop_company(server, "desk_0", "c0_migrate"))
    assert drop_company(server, "desk_0", "c0_migrate"), "once more, after a kill"

    assert databases(server) == {"desk_1"}
    assert logins(server) == {"c1_ceo", "c1_migrate"}
    drop_company(server, "desk_1", "c1_migrate")


def test_a_company_that_is_in_use_stays_unless_its_command_is_dead(server: Server) -> None:
    server.create_database("desk_old")

    with server.connect("desk_old") as reader:
        assert not drop_company(server, "desk_old", "nobody_migrate")
        assert "desk_old" in databases(server)
        assert drop_company(server, "desk_old", "nobody_migrate", is_dead=True)
        with pytest.raises(psycopg.OperationalError):
            reader.execute("SELECT 1")

    assert "desk_old" not in databases(server)


def test_the_owners_server_is_used_and_never_stopped(home: Path, server: Server, tmp_path: Path) -> None:
    with desk_server(tmp_path, desk_postgres=server.dsn()) as owners:
        owners.create_database("on_the_owners")

    assert "on_the_owners" in databases(server)
    assert list(tmp_path.iterdir()) == []


def test_a_login_that_may_make_databases_and_logins_is_enough(server: Server) -> None:
    with login(server, "CREATEDB CREATEROLE") as dsn, server.connect() as superuser:
        superuser.execute("GRANT SET ON PARAMETER watchbill.simulated TO owner_of_server")
        owners = owners_server(dsn)
        owners.create_database("desk_theirs", simulated_from=BIRTH)
        owners.create_migrator("desk_theirs", "theirs_migrate", "secret")
        with psycopg.connect(server.dsn("desk_theirs", "theirs_migrate", "secret")) as connection:
            connection.execute("CREATE ROLE theirs_ceo LOGIN")
        assert becomes_true(lambda: drop_company(owners, "desk_theirs", "theirs_migrate"))

        assert "desk_theirs" not in databases(server)
        assert logins(server) == {"owner_of_server"}


def test_a_backtest_says_what_a_login_that_is_no_superuser_needs_besides(server: Server, tmp_path: Path) -> None:
    def begin(dsn: str) -> object:
        with scratch_brain(tmp_path, dsn, load("patchfirst"), date(2026, 3, 11), lambda _: None) as brain:
            return brain.now()

    with login(server, "CREATEDB CREATEROLE") as dsn, server.connect() as superuser:
        superuser.execute("GRANT SET ON PARAMETER watchbill.simulated TO owner_of_server")
        with pytest.raises(DeskError, match="GRANT SET ON PARAMETER session_replication_role") as refused:
            begin(dsn)
        superuser.execute(str(refused.value).partition("run: ")[2].partition(";")[0].encode())

        assert begin(dsn) == datetime(2026, 3, 11, 23, 59, 59, tzinfo=UTC)


def test_a_login_without_the_rights_is_refused_with_what_to_grant(server: Server, tmp_path: Path) -> None:
    with (
        login(server, "NOCREATEDB") as dsn,
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


def test_the_owners_server_is_waited_for_and_then_named(
    home: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = server.dsn()
    os.kill(postmaster(home), signal.SIGKILL)
    assert becomes_true(lambda: not answers(server))

    monkeypatch.setattr(shared_server, "OWNERS_SECONDS", 0.2)
    with pytest.raises(DeskError, match="DESK_POSTGRES has not answered for 0 s") as failure:
        bring_back(tmp_path, server, desk_postgres=dsn)
    assert server.password not in str(failure.value)

    monkeypatch.undo()
    with ThreadPoolExecutor(1) as executor:
        waits = executor.submit(bring_back, tmp_path, server, desk_postgres=dsn)
        assert not waits.done()
        bring_back(home, server)
        waits.result(10)


@contextlib.contextmanager
def login(server: Server, rights: str) -> Iterator[str]:
    with server.connect() as connection:
        connection.execute(f"CREATE ROLE owner_of_server LOGIN {rights} PASSWORD 'p'")
        connection.execute("GRANT CONNECT ON DATABASE postgres TO owner_of_server")
        try:
            yield server.dsn("postgres", "owner_of_server", "p")
        finally:
            connection.execute("DROP OWNED BY owner_of_server")
            connection.execute("DROP ROLE owner_of_server")


def _simulated(server: Server, database: str) -> object:
    with server.connect(database) as connection:
        row = connection.execute("SELECT current_setting('watchbill.simulated', true)").fetchone()
        return row and row[0]


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
