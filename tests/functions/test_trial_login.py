"""The login of trials: it reads what the product's statements read, and can do nothing else, by Postgres itself."""

from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from build_auditor.trial_login import StatementFailed, trial_login
from company.errors import Refused
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.functions.workshop import edition

READS = "SELECT row_no, 'x' AS reason FROM patchfirst.kev_staging WHERE batch_id = 1"
DENIED = [
    "SELECT 1 AS row_no, email AS reason FROM company.customers",
    "SELECT 1 AS row_no, verifier AS reason FROM migrations.logins",
    "SELECT 1 AS row_no, key_id AS reason FROM company.customer_keys",
    "SELECT 1 AS row_no, title AS reason FROM company.task_queue",
    "SELECT 1 AS row_no, body AS reason FROM company.session_log",
    "SELECT 1 AS row_no, content AS reason FROM company.brain",
    "SELECT 1 AS row_no, rolpassword AS reason FROM pg_authid",
    "SELECT 1 AS row_no, pg_read_file('/etc/passwd') AS reason",
    "SELECT 1 AS row_no, set_config('role', 'postgres', true) AS reason",
    "SELECT 1 AS row_no, set_config('session_authorization', 'postgres', true) AS reason",
    "SELECT 1 AS row_no, set_config('transaction_read_only', 'off', true) AS reason",
    "SELECT 1 AS row_no, company.judge_change(1, 1, 'proved', 'x', '{}')::text AS reason",
    "SELECT 1 AS row_no, company.undo_batch(1, 'x')::text AS reason",
    "SELECT 1 AS row_no, dblink('', 'SELECT 1')::text AS reason",
    "SELECT 1 AS row_no, lo_create(0)::text AS reason",
    "SELECT 1 AS row_no, pg_terminate_backend(pid)::text AS reason FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    "DELETE FROM patchfirst.kev RETURNING 1 AS row_no, 'x' AS reason",
    "WITH gone AS (DELETE FROM patchfirst.kev RETURNING 1) SELECT 1 AS row_no, 'x' AS reason FROM gone",
    "COPY patchfirst.kev TO PROGRAM 'true'",
    "SELECT 1 AS row_no, 'x' AS reason) AS given; DELETE FROM patchfirst.kev; SELECT 1 FROM (SELECT 1 AS row_no",
    "CREATE TEMP TABLE mine (n integer)",
    f"{READS} FOR UPDATE",
    "SELECT 1 AS row_no, nextval('company.changes_id_seq')::text AS reason",
]
"""Nothing of this comes so far: its text is refused before it runs. Here it has come so far."""


def _as_auditor(office: Office, *statements: str) -> list[Any]:
    """What each statement gives in a trial: its rows, or the error."""
    given: list[Any] = []

    def work(fire: Fire) -> Outcome:
        with trial_login(fire) as login:
            for statement in statements:
                try:
                    given.append(login.ask(statement, "row_no, reason", {})[0])
                except StatementFailed as error:
                    given.append(str(error))
        return Done({"statements": len(statements)})

    answer = office.works.fire("build_auditor", work, cloud=office.works.cloud, bucket="works", request_id="tries")
    assert answer["outcome"] == "done", answer
    return given


def test_it_reads_staged_rows_and_everything_else_is_refused_by_the_database(office: Office) -> None:
    office.works.take_in("kev", edition(17))
    office.works.brain.wait(minutes=1)

    read, *denied = _as_auditor(office, READS, *DENIED)

    assert len(read) == 30
    assert [statement for statement, gave in zip(DENIED, denied, strict=True) if not isinstance(gave, str)] == []
    assert office.value("SELECT count(*) FROM patchfirst.kev") == 30


def test_a_statement_ends_in_time_and_with_so_many_rows(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build_auditor.trial_login.SECONDS", 1)
    monkeypatch.setattr("build_auditor.trial_login.MOST_ROWS", 10)
    slow = "SELECT 1 AS row_no, pg_sleep(5)::text AS reason"
    many = "SELECT n AS row_no, 'x' AS reason FROM generate_series(1, 1000) AS n"

    ends = _as_auditor(office, slow, many)

    assert ends == ["canceling statement due to statement timeout", "it gives more than 10 rows"]


def test_what_a_trial_locked_or_set_ends_with_it(office: Office) -> None:
    _as_auditor(office, "SELECT 1 AS row_no, pg_advisory_lock(77)::text AS reason")

    assert office.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77") == 0


def test_it_is_let_in_during_a_trial_alone(office: Office) -> None:
    _as_auditor(office, READS)

    brain = office.works.brain
    login = f"{brain.company.name}_trials"
    own = brain.admin.info
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in|password"):
        psycopg.connect(make_conninfo(own.dsn, user=login), password="x")
    [role] = brain.admin.execute(
        "SELECT rolcanlogin, rolpassword IS NULL AS has_none, rolcreaterole, rolsuper, rolbypassrls FROM pg_authid"
        " WHERE rolname = %s",
        (login,),
    ).fetchall()
    assert tuple(role.values()) == (False, True, False, False, False)


def test_only_the_auditor_of_building_lets_it_in_and_never_with_a_password_in_words(office: Office) -> None:
    rules: list[str] = []

    def work(fire: Fire) -> Outcome:
        for verifier in ("a password", "SCRAM-SHA-256$4096:YQ==$YQ==:YQ=='; DROP TABLE company.changes; --"):
            try:
                fire.brain.run("open_trial", session_id=fire.session_id, verifier=verifier)
            except Refused as error:
                rules.append(error.rule)
        return Done({"tries": 2})

    for role in ("data_auditor", "build_auditor"):
        office.works.brain.wait(minutes=1)
        office.works.fire(role, work, cloud=office.works.cloud, bucket="works", request_id=f"as-{role}")

    assert rules == [*["only_auditors_of_building_try_statements"] * 2, *["a_trial_has_a_verifier"] * 2]


def test_the_login_is_nobodys_and_nobody_is_its_member(office: Office) -> None:
    brain = office.works.brain

    members = brain.admin.execute(
        "SELECT m.roleid::regrole, m.member::regrole FROM pg_auth_members m JOIN pg_roles r"
        " ON r.oid IN (m.roleid, m.member) WHERE r.rolname = %s AND m.member::regrole::text <> %s",
        (f"{brain.company.name}_trials", brain.company.migrator),
    ).fetchall()

    assert members == []
