"""What a login may change of itself is put back; what any login of a server may do besides is refused."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.acts import session_of
from tests.support.brains import PASSWORD, TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

ONE_OF_EACH_KIND = ["data_worker", "data_manager", "data_auditor", "ceo", "check", "owner"]


@pytest.fixture
def server_logins(brain: TestBrain) -> Iterator[TestBrain]:
    """Logins are the server's and outlive a brain: whatever a test did to one is put back."""
    yield brain
    for role in ("data_worker", "check"):
        login = f'"{brain.company.name}_{role}"'
        statement = f"ALTER ROLE {login} PASSWORD '{PASSWORD}'; ALTER ROLE {login} RESET ALL"
        brain.as_login("superuser").execute(statement.encode())


def settings_of(brain: TestBrain, role: str) -> list[dict[str, object]]:
    query = "SELECT setconfig FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole WHERE rolname = %(login)s"
    return list(run_sql(brain.as_login("superuser"), query, login=f"{brain.company.name}_{role}"))


def test_settings_that_a_login_made_for_itself_are_put_back_with_its_name(server_logins: TestBrain) -> None:
    brain, login = server_logins, f'"{server_logins.company.name}_data_worker"'
    brain.sql("data_worker", f"ALTER ROLE {login} SET statement_timeout = 1")
    brain.sql("data_worker", f'ALTER ROLE {login} IN DATABASE "{brain.name}" SET search_path = pg_temp')

    restored = brain.as_role("heartbeat").all("restore_logins")

    assert {(row["role"], row["what"]) for row in restored} == {("data_worker", "settings")}
    assert {row["detail"] for row in restored} == {"statement_timeout=1", "search_path=pg_temp"}
    assert settings_of(brain, "data_worker") == []
    assert brain.as_role("heartbeat").all("restore_logins") == []


def test_a_login_that_changed_its_password_gets_its_own_back_after_a_missed_fire(server_logins: TestBrain) -> None:
    brain, login = server_logins, f"{server_logins.company.name}_data_worker"
    brain.sql("data_worker", f"ALTER ROLE \"{login}\" PASSWORD 'mine alone'")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        brain.login(login)
    brain.as_login("migrate").execute(
        "INSERT INTO company.slots (schedule, due_at, role, watcher, grace, status, ended_at, reason)"
        " VALUES ('data_worker', company.now(), 'data_worker', 'data_manager', '5 min', 'missed', company.now(), 'x')"
    )

    restored = brain.as_role("heartbeat").all("restore_logins")

    assert [(row["role"], row["what"]) for row in restored] == [("data_worker", "password")]
    assert brain.login(login).execute("SELECT 1").fetchone()


def test_a_login_that_fires_keeps_its_password(server_logins: TestBrain) -> None:
    session_of(server_logins, "data_worker")

    assert server_logins.as_role("heartbeat").all("restore_logins") == []


@pytest.mark.parametrize("role", ONE_OF_EACH_KIND)
def test_nobody_else_restores_logins_or_reads_what_they_are_restored_from(
    steadfast_brain: TestBrain, role: str
) -> None:
    for statement in ("SELECT company.restore_logins()", "SELECT * FROM migrations.logins"):
        with refused(NO_RIGHT):
            steadfast_brain.sql(role, statement)


@pytest.mark.parametrize("role", ONE_OF_EACH_KIND)
def test_no_login_changes_another(steadfast_brain: TestBrain, role: str) -> None:
    other = f'"{steadfast_brain.company.name}_heartbeat"'

    for change in ("SET statement_timeout = 1", "PASSWORD 'mine'", "NOLOGIN", "VALID UNTIL '2000-01-01'"):
        with refused(NO_RIGHT):
            steadfast_brain.sql(role, f"ALTER ROLE {other} {change}")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_notify('a', 'b')",
        "CREATE TEMP TABLE mine ()",
        "CREATE TABLE public.mine ()",
        "COPY company.roster TO PROGRAM 'cat'",
        "COPY company.roster TO '/tmp/roster'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT pg_reload_conf()",
    ],
)
@pytest.mark.parametrize("role", ["data_worker", "data_auditor", "owner"])
def test_no_login_leaves_its_brain_by_what_a_server_offers(
    steadfast_brain: TestBrain, role: str, statement: str
) -> None:
    with refused(NO_RIGHT):
        steadfast_brain.sql(role, statement)


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_no_login_connects_to_the_databases_that_came_with_the_server(
    steadfast_brain: TestBrain, database: str
) -> None:
    server, login = steadfast_brain.company.server, f"{steadfast_brain.company.name}_data_worker"

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.dsn(database, login, PASSWORD))
