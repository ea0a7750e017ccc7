"""Migrate: runs as a login that is no superuser, is safe to repeat, and refuses an applied file that was changed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from company.errors import Refused, SqlFileError
from company.records import Record
from tests.support.acts import ask_decision, session_of
from tests.support.brains import Company, TestBrain, brain_of, migrated_company, run_sql
from tests.support.refusals import NO_RIGHT, refused
from tests.support.staff import staff
from watchbill.cloud.postgres.server import Server


@pytest.fixture
def own_company(postgres: Server) -> Iterator[Company]:
    """A company whose logins no other test uses."""
    with migrated_company(postgres) as company:
        yield company


@pytest.fixture
def own_brain(own_company: Company) -> Iterator[TestBrain]:
    with brain_of(own_company) as brain:
        yield brain


def staff_without(*roles: str) -> dict[str, Record]:
    return {role: record for role, record in staff().items() if role not in roles}


def test_migrating_twice_changes_nothing(brain: TestBrain) -> None:
    done = brain.company.migrate(brain.name)

    assert (done.migrations, done.doctrine, done.logins) == (0, 0, 0)
    assert done.roles == len(staff())


def test_migrate_is_no_superuser_and_cannot_become_one(brain: TestBrain) -> None:
    [login] = run_sql(brain.as_login("migrate"), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")

    assert login == {"rolsuper": False}
    with refused(NO_RIGHT):
        run_sql(brain.as_login("migrate"), "ALTER ROLE CURRENT_USER SUPERUSER")


def test_a_migration_that_was_edited_after_it_ran_is_refused_by_name(brain: TestBrain, sql_dir: Path) -> None:
    file = sql_dir / "company" / "migrations" / "0003_tasks.sql"
    file.write_text(file.read_text() + "-- a small correction\n")

    with pytest.raises(SqlFileError, match=r"company/migrations/0003_tasks\.sql was changed after it was applied"):
        brain.company.migrate(brain.name, sql_dir=sql_dir)


def test_a_broken_migration_is_named_and_leaves_nothing_behind(brain: TestBrain, sql_dir: Path) -> None:
    file = sql_dir / "company" / "migrations" / "9999_breaks.sql"
    file.write_text("CREATE TABLE company.half (); SELECT nonsense;")

    with pytest.raises(SqlFileError, match=r"9999_breaks\.sql.*nonsense"):
        brain.company.migrate(brain.name, sql_dir=sql_dir)
    assert run_sql(brain.as_login("migrate"), "SELECT to_regclass('company.half') AS found") == [{"found": None}]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("migrations/add.sql", "SELECT 1;", "named NNNN_what_it_does.sql"),
        ("doctrine/999_x.sql", "GRANT SELECT ON company.clock TO @nobody@;", "unknown token @nobody@"),
        ("doctrine/999_x.sql", "GRANT SELECT ON company.clock TO @login:nobody@;", "login:nobody"),
    ],
)
def test_a_malformed_sql_file_says_which_and_why(
    brain: TestBrain, sql_dir: Path, name: str, text: str, message: str
) -> None:
    (sql_dir / "company" / name).write_text(text)

    with pytest.raises(SqlFileError, match=message):
        brain.company.migrate(brain.name, sql_dir=sql_dir)


def test_a_retired_role_is_locked_out_at_once(own_brain: TestBrain) -> None:
    worker = own_brain.as_role("data_worker")
    own_brain.company.migrate(own_brain.name, people=staff_without("data_worker"))

    with refused(NO_RIGHT):
        run_sql(worker.connection, "SELECT title FROM company.task_queue")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        own_brain.login(f"{own_brain.company.name}_data_worker")


def test_a_role_that_returns_works_again(own_brain: TestBrain) -> None:
    own_brain.company.migrate(own_brain.name, people=staff_without("data_worker"))
    own_brain.company.migrate(own_brain.name)

    assert session_of(own_brain, "data_worker") > 0


def test_a_role_whose_kind_changed_keeps_no_earlier_rights(own_brain: TestBrain) -> None:
    promoted = staff()["data_worker"].model_copy(update={"kind": "auditor"})
    own_brain.company.migrate(own_brain.name, people={**staff(), "data_worker": promoted})

    groups = run_sql(
        own_brain.as_login("superuser"),
        "SELECT g.rolname FROM pg_auth_members JOIN pg_roles g ON g.oid = roleid"
        " JOIN pg_roles m ON m.oid = member WHERE m.rolname = %(login)s",
        login=f"{own_brain.company.name}_data_worker",
    )

    assert groups == [{"rolname": f"{own_brain.company.name}_auditors"}]


def test_a_retired_role_stays_on_the_roster_because_history_names_it(own_brain: TestBrain) -> None:
    own_brain.company.migrate(own_brain.name, people=staff_without("data_worker"))

    [row] = own_brain.sql("owner", "SELECT left_at, schedule_expression FROM company.roster WHERE role = 'data_worker'")

    assert row["left_at"] is not None
    assert row["schedule_expression"] is None


def staff_after(leaving: str) -> dict[str, Record]:
    """The staff of whom nobody reports to this role any more, or is watched by it."""
    changed = {
        role: record.model_copy(
            update={name: "ceo" for name in ("reports_to", "watched_by") if getattr(record, name) == leaving}
        )
        for role, record in staff().items()
    }
    return {role: record for role, record in changed.items() if role != leaving}


def test_questions_of_who_left_end_and_say_so(own_brain: TestBrain) -> None:
    answered, unanswered = (
        ask_decision(own_brain, "content_manager", fingerprint=name, answer_by=own_brain.now() + timedelta(days=2))
        for name in ("one", "other")
    )
    others = ask_decision(own_brain, answer_by=own_brain.now() + timedelta(days=2))
    own_brain.owner.run("answer_decision", decision_id=answered, option="yes", words=None)

    own_brain.company.migrate(own_brain.name, people=staff_after("content_manager"))

    asked = {
        row["id"]: (row["answer"], row["answered_by"], row["outcome"])
        for row in own_brain.sql("owner", "SELECT id, answer, answered_by, outcome FROM company.decisions")
    }
    left = "nothing was done: content_manager, who asked, has left"
    assert asked == {
        answered: ("yes", "owner", left),
        unanswered: (None, "silence", left),
        others: (None, None, None),
    }


def test_who_is_hired_again_is_not_paused(own_brain: TestBrain) -> None:
    own_brain.admin.execute("UPDATE company.roster SET is_paused = true WHERE role = 'data_worker'")
    own_brain.company.migrate(own_brain.name, people=staff_without("data_worker"))
    own_brain.company.migrate(own_brain.name)

    assert own_brain.sql("owner", "SELECT role FROM company.roster WHERE is_paused") == []


def test_a_grant_to_everybody_by_hand_is_revoked_by_the_next_migrate(brain: TestBrain) -> None:
    run_sql(brain.as_login("migrate"), "GRANT EXECUTE ON FUNCTION company.end_overdue_sessions() TO PUBLIC")

    brain.company.migrate(brain.name)

    with pytest.raises(Refused):
        brain.sql("data_worker", "SELECT company.end_overdue_sessions()")


def test_what_all_of_the_staff_may_do_is_granted_once(brain: TestBrain) -> None:
    """With a grant to each kind in its place a copy of a brain took half as long again."""
    granted = run_sql(
        brain.as_login("superuser"),
        "SELECT p.oid::regprocedure::text AS name FROM pg_proc p, aclexplode(proacl) JOIN pg_roles g ON g.oid = grantee"
        " WHERE g.rolname IN (%(workers)s, %(owners)s) GROUP BY 1 HAVING count(*) > 1",
        workers=f"{brain.company.name}_workers",
        owners=f"{brain.company.name}_owners",
    )

    assert granted == []


def test_a_kind_that_was_taken_out_of_the_staff_by_hand_is_put_back(own_brain: TestBrain) -> None:
    company = own_brain.company.name
    run_sql(own_brain.as_login("migrate"), f'REVOKE "{company}_staff" FROM "{company}_workers"')
    with pytest.raises(Refused):
        own_brain.sql("data_worker", "SELECT company.me()")

    own_brain.company.migrate(own_brain.name)

    assert own_brain.sql("data_worker", "SELECT company.me()")
