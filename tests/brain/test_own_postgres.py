"""A Postgres of the owner's: what docs/deploy.md says by hand is possible to an administrator who is no superuser."""

import re
from pathlib import Path

import psycopg
import pytest

from company.brain.migrations import migrate
from tests.support.brains import SQL, VERTICAL
from tests.support.rds import ROLES, Instance
from tests.support.staff import staff

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"
BLOCK = re.compile(r"^3\. .*?```sql\n(.*?)```", re.MULTILINE | re.DOTALL)


def statements_by_hand(company: str) -> list[str]:
    """Step 3 of the handbook, one statement after another, as psql sends them."""
    [block] = BLOCK.findall(DEPLOY.read_text(encoding="utf-8"))
    text = (
        " ".join(line.strip() for line in block.splitlines()).replace("patchfirst", company).replace("'...'", "'own'")
    )
    return [statement for part in text.split(";") if (statement := part.strip())]


@pytest.fixture
def company(instance: Instance) -> str:
    """Prepared by hand, by the server's own administrator; its databases are open to all, as a new server has them."""
    name = f"own_{instance.company}"
    with instance.rds.server.connect() as superuser:
        superuser.execute("GRANT CONNECT, TEMPORARY ON DATABASE postgres, template1 TO PUBLIC")
    with psycopg.connect(instance.rds.server.dsn("postgres", instance.founder, "first"), autocommit=True) as founder:
        for statement in statements_by_hand(name):
            founder.execute(statement.encode())
    return name


def test_migrate_and_a_second_one_work_with_the_login_that_was_made_by_hand(instance: Instance, company: str) -> None:
    """Beside all of RDS's roles, none of which it administers."""
    dsn, people = instance.rds.server.dsn(company, f"{company}_migrate", "own"), staff()

    first, second = (
        migrate(
            dsn,
            sql_dir=SQL,
            company=company,
            vertical=VERTICAL,
            staff=people,
            product_text="What it sells.",
            password_of=lambda role: f"of {role}",
        )
        for _ in range(2)
    )

    assert (first.logins, second.logins) == (len(people), 0)
    assert (second.migrations, second.doctrine) == (0, 0)
    with psycopg.connect(instance.rds.server.dsn(company, f"{company}_ceo", "of ceo")) as ceo:
        assert ceo.execute("SELECT company.me()").fetchone() == ("ceo",)
    with instance.rds.server.connect() as superuser:
        found = superuser.execute(
            "SELECT count(*) FROM unnest(%s::text[]) AS r WHERE pg_has_role(%s::name, r::name, 'MEMBER')",
            (list(ROLES), f"{company}_migrate"),
        ).fetchone()
    assert found == (0,)


def test_the_administrator_goes_on_to_reach_the_brain(instance: Instance, company: str) -> None:
    """For pg_cron (step 6) she connects to it after migrate closed it to all others."""
    with psycopg.connect(instance.rds.server.dsn(company, f"{company}_migrate", "own"), autocommit=True) as login:
        login.execute(f"REVOKE ALL ON DATABASE {company} FROM PUBLIC".encode())

    with psycopg.connect(instance.rds.server.dsn(company, instance.founder, "first")) as founder:
        assert founder.execute("SELECT 1").fetchone() == (1,)


def test_a_role_that_migrate_made_is_one_that_it_may_act_as(instance: Instance, company: str) -> None:
    """By it heartbeat ends the connection of a fire that froze."""
    with psycopg.connect(instance.rds.server.dsn(company, f"{company}_migrate", "own"), autocommit=True) as login:
        login.execute(f"CREATE ROLE {company}_worker".encode())
        login.execute(f"SET ROLE {company}_worker".encode())
        assert login.execute("SELECT current_user").fetchone() == (f"{company}_worker",)
