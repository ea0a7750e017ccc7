"""On an instance that the stack made its administrator, who is no superuser, makes the login by which migrate works."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import LiteralString

import psycopg
import pytest

from migrate.founding import found
from watchbill.cloud.postgres.server import Server


@dataclass(frozen=True)
class Instance:
    """A database as RDS gives it: owned by its administrator; rds_iam is a role that she may hand on."""

    server: Server
    database: str
    founder: str
    login: str
    groups: tuple[str, str]

    def as_founder(self) -> str:
        return self.server.dsn(self.database, self.founder, "first")

    def connect(self, password: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.server.dsn(self.database, self.login, password), autocommit=True)


@pytest.fixture
def instance(postgres: Server) -> Iterator[Instance]:
    mark = secrets.token_hex(4)
    made = Instance(postgres, f"found_{mark}", f"founder_{mark}", f"acme_{mark}_migrate", (f"g1_{mark}", f"g2_{mark}"))
    postgres.create_database(made.database)
    with psycopg.connect(postgres.dsn(made.database), autocommit=True) as admin:
        for statement in (
            f"CREATE ROLE {made.founder} LOGIN CREATEROLE CREATEDB PASSWORD 'first'",
            f"ALTER DATABASE {made.database} OWNER TO {made.founder}",
            "CREATE ROLE rds_iam",
            f"GRANT rds_iam TO {made.founder} WITH ADMIN OPTION",
        ):
            admin.execute(statement.encode())
    yield made
    postgres.drop_database(made.database)
    with psycopg.connect(postgres.dsn(), autocommit=True) as admin:
        for role in (*made.groups, made.login, made.founder, "rds_iam"):
            admin.execute(f"DROP ROLE IF EXISTS {role}".encode())


def value(connection: psycopg.Connection[tuple[object, ...]], statement: LiteralString) -> object:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_founding_is_repeated_at_each_deploy_and_keeps_the_newest_password(instance: Instance) -> None:
    for password in ("one", "two"):
        found(instance.as_founder(), login=instance.login, password=password, by_iam=False)

    with closing(instance.connect("two")) as migrate:
        owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()"
        assert value(migrate, owner) == instance.login
    with pytest.raises(psycopg.OperationalError):
        instance.connect("one")


def test_the_login_may_do_what_migrate_does_and_is_no_superuser(instance: Instance) -> None:
    found(instance.as_founder(), login=instance.login, password="one", by_iam=True)

    group, worker = instance.groups
    with closing(instance.connect("one")) as migrate:
        for statement in (
            f"CREATE ROLE {group} NOLOGIN",
            f"CREATE ROLE {worker} LOGIN PASSWORD 'x'",
            "CREATE SCHEMA company",
            "CREATE FUNCTION company.f() RETURNS int LANGUAGE sql RETURN 1",
            f"GRANT CREATE, USAGE ON SCHEMA company TO {group}",
            f"ALTER FUNCTION company.f() OWNER TO {group}",
            f"GRANT {group} TO {worker}",
            f"GRANT rds_iam TO {worker}",
            f"GRANT CONNECT ON DATABASE {instance.database} TO {worker}",
        ):
            migrate.execute(statement.encode())
        assert value(migrate, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_password_never_stands_in_the_servers_log(instance: Instance) -> None:
    """It is sent as its verifier: a statement of a role is logged as it was written."""
    found(instance.as_founder(), login=instance.login, password="one", by_iam=False)

    with psycopg.connect(instance.server.dsn(instance.database)) as admin:
        kept = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (instance.login,)).fetchone()
    assert kept is not None and str(kept[0]).startswith("SCRAM-SHA-256$")
