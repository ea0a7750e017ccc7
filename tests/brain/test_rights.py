"""The rights of each login: nobody of the staff writes a table, and nobody may call a function by accident."""

import psycopg
import pytest

from company.errors import Refused
from tests.support.brains import PASSWORD, TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

ONE_OF_EACH_KIND = ["data_worker", "data_manager", "data_auditor", "ceo", "check", "heartbeat", "owner"]
OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"


def tables(brain: TestBrain) -> list[str]:
    query = "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
    rows = run_sql(brain.as_login("superuser"), f"{query} WHERE {OURS} AND relkind = 'r'")
    return [row["name"] for row in rows]


@pytest.mark.parametrize("role", ONE_OF_EACH_KIND)
def test_nobody_of_the_staff_writes_a_table_by_hand(steadfast_brain: TestBrain, role: str) -> None:
    login = steadfast_brain.as_role(role).connection
    let_through = []

    for table in [name for name in tables(steadfast_brain) if not name.endswith("_staging")]:
        for statement in (f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(Refused) as caught:
                run_sql(login, statement)
            if caught.value.rule != NO_RIGHT:
                let_through.append(statement)

    assert let_through == []


@pytest.mark.parametrize("role", ONE_OF_EACH_KIND)
def test_the_staff_updates_no_column_of_any_table(steadfast_brain: TestBrain, role: str) -> None:
    login = f"{steadfast_brain.company.name}_{role}"
    right = "has_any_column_privilege(%(login)s, c.oid, 'UPDATE, REFERENCES')"

    writable = run_sql(
        steadfast_brain.as_login("superuser"),
        f"SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        f" WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND relkind IN ('r', 'v') AND {right}",
        login=login,
    )

    assert writable == []


def test_everybody_may_execute_nothing(steadfast_brain: TestBrain) -> None:
    open_to_all = run_sql(
        steadfast_brain.as_login("superuser"),
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))",
    )

    assert open_to_all == []


def test_every_function_that_runs_as_its_owner_fixes_its_search_path(steadfast_brain: TestBrain) -> None:
    drifting = run_sql(
        steadfast_brain.as_login("superuser"),
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef"
        " AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)",
    )

    assert drifting == []


def test_no_login_of_the_company_is_a_superuser(steadfast_brain: TestBrain) -> None:
    logins = run_sql(
        steadfast_brain.as_login("superuser"),
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
        " WHERE starts_with(rolname, %(prefix)s)",
        prefix=steadfast_brain.company.name,
    )

    assert len(logins) > len(ONE_OF_EACH_KIND)
    assert [row["rolname"] for row in logins if any(right is True for right in row.values())] == [
        steadfast_brain.company.migrator
    ]
    assert not any(row["rolsuper"] or row["rolbypassrls"] for row in logins)


@pytest.mark.parametrize("role", ONE_OF_EACH_KIND)
def test_nobody_creates_a_table_or_reads_what_migrate_keeps(steadfast_brain: TestBrain, role: str) -> None:
    login = steadfast_brain.as_role(role).connection

    for statement in (
        "CREATE TABLE company.mine ()",
        "CREATE TABLE public.mine ()",
        "CREATE TEMP TABLE mine ()",
        "CREATE SCHEMA mine",
        "SELECT * FROM migrations.applied",
        "SELECT rolpassword FROM pg_authid",
    ):
        with refused(NO_RIGHT):
            run_sql(login, statement)


@pytest.mark.parametrize(("role", "group"), [("data_worker", "workers"), ("ceo", "ceos")])
def test_nobody_sets_another_role(steadfast_brain: TestBrain, role: str, group: str) -> None:
    login = steadfast_brain.as_role(role)

    with refused(NO_RIGHT):
        run_sql(login.connection, f"SET ROLE {steadfast_brain.company.name}_owner")
    with refused(NO_RIGHT):
        run_sql(login.connection, f"SET SESSION AUTHORIZATION {steadfast_brain.company.name}_owner")
    run_sql(
        login.connection, f"SET ROLE {steadfast_brain.company.name}_{'workers' if role == 'data_worker' else 'ceos'}"
    )
    assert run_sql(login.connection, "SELECT company.me() AS me") == [{"me": role}]
    run_sql(login.connection, "RESET ROLE")


@pytest.mark.parametrize(
    "call",
    [
        "company.note_task_event(1, 1, 'pending', 'complete', 'because')",
        "company.hold_task(1, 1)",
        "company.withdraw_slots('ceo', 'because')",
        "company.expect_slots('ceo', ARRAY[]::timestamptz[], company.now(), false)",
        "company.end_overdue_slots(1, '1 hour')",
        "company.end_overdue_sessions()",
        "company.record_beat(1, 1, 1)",
    ],
)
@pytest.mark.parametrize("role", ["data_worker", "data_manager", "owner"])
def test_nobody_calls_inner_functions_or_those_of_the_ledger(steadfast_brain: TestBrain, role: str, call: str) -> None:
    with refused(NO_RIGHT):
        run_sql(steadfast_brain.as_role(role).connection, f"SELECT {call}")


def test_a_brain_of_another_company_on_the_same_server_is_out_of_reach(steadfast_brain: TestBrain) -> None:
    company = steadfast_brain.company
    other = f"{company.name}_other"
    company.server.create_database(other)
    try:
        with company.server.connect(other) as admin:
            admin.execute(f'REVOKE ALL ON DATABASE "{other}" FROM PUBLIC'.encode())
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(company.server.dsn(other, f"{company.name}_ceo", PASSWORD))
    finally:
        company.server.drop_database(other)


def test_a_wrong_password_is_refused(steadfast_brain: TestBrain) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        steadfast_brain.login(f"{steadfast_brain.company.name}_ceo", "wrong")
