"""On an instance that the stack made its administrator, who is no superuser, makes the login by which migrate works."""

from contextlib import closing
from typing import LiteralString

import psycopg
import pytest

from company.errors import BrainError
from migrate.founding import accepted_dsn, found, let_in_by_token
from tests.support.rds import PASSWORD_OF_FOUNDER, Counted, Instance, token_of


def login_of(instance: Instance) -> str:
    return f"{instance.company}_migrate"


def connect(instance: Instance, password: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(instance.dsn("migrate", password), autocommit=True)


def founders_dsn(instance: Instance) -> str:
    """By her password or her token, as a deploy finds out."""
    proofs = (lambda: PASSWORD_OF_FOUNDER, lambda: token_of(instance.founder))
    return accepted_dsn(instance.rds.server.dsn(instance.company, instance.founder), proofs)


def deploy(instance: Instance, *, by_iam: bool) -> None:
    """What a deploy does of logins, with one worker."""
    login, worker = login_of(instance), f"{instance.company}_worker"
    found(founders_dsn(instance), login=login, password="one", by_iam=by_iam)
    dsn = accepted_dsn(instance.rds.server.dsn(instance.company, login), (lambda: "one", lambda: token_of(login)))
    with psycopg.connect(dsn, autocommit=True) as migrate:
        known = value(migrate, "SELECT count(*) FROM pg_roles WHERE rolname = current_database() || '_worker'")
        migrate.execute(f"{'ALTER' if known else 'CREATE'} ROLE {worker} LOGIN PASSWORD 'x'".encode())
        migrate.execute(f"GRANT CONNECT ON DATABASE {instance.company} TO {worker}".encode())
    if by_iam:
        let_in_by_token(founders_dsn(instance), [login, worker], login=login)


def value(connection: psycopg.Connection[tuple[object, ...]], statement: LiteralString) -> object:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_founding_is_repeated_at_each_deploy_and_keeps_the_newest_password(instance: Instance) -> None:
    for password in ("one", "two"):
        found(instance.founders_dsn(), login=login_of(instance), password=password, by_iam=False)

    with closing(connect(instance, "two")) as migrate:
        owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()"
        assert value(migrate, owner) == login_of(instance)
    with pytest.raises(psycopg.OperationalError):
        connect(instance, "one")


def test_the_login_may_do_what_migrate_does_and_is_no_superuser(instance: Instance) -> None:
    found(instance.founders_dsn(), login=login_of(instance), password="one", by_iam=True)

    group, worker = f"{instance.company}_group", f"{instance.company}_worker"
    with closing(connect(instance, "one")) as migrate:
        for statement in (
            f"CREATE ROLE {group} NOLOGIN",
            f"CREATE ROLE {worker} LOGIN PASSWORD 'x'",
            "CREATE SCHEMA company",
            "CREATE FUNCTION company.f() RETURNS int LANGUAGE sql RETURN 1",
            f"GRANT CREATE, USAGE ON SCHEMA company TO {group}",
            f"ALTER FUNCTION company.f() OWNER TO {group}",
            f"GRANT {group} TO {worker}",
            f"GRANT CONNECT ON DATABASE {instance.company} TO {worker}",
        ):
            migrate.execute(statement.encode())
        assert value(migrate, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_password_never_stands_in_the_servers_log(instance: Instance) -> None:
    """It is sent as its verifier: a statement of a role is logged as it was written."""
    found(instance.founders_dsn(), login=login_of(instance), password="one", by_iam=False)

    with instance.rds.server.connect() as admin:
        kept = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (login_of(instance),)).fetchone()
    assert kept is not None and str(kept[0]).startswith("SCRAM-SHA-256$")


@pytest.mark.parametrize("counted", ["every member", "who inherits"])
def test_founding_goes_on_by_iam_and_back_to_passwords(instance: Instance, counted: Counted) -> None:
    """Who makes a role is its member: so the founder counts to rds_iam, and logs in by a token."""
    instance.rds.counted = counted
    worker = f"{instance.company}_worker"

    for by_iam in (False, True, True, False, False, True):
        deploy(instance, by_iam=by_iam)
        shown = {"x": not by_iam, token_of(worker): by_iam}
        assert {proof: instance.lets_in(instance.dsn("worker", proof)) for proof in shown} == shown
        assert instance.lets_in(instance.founders_dsn()) is not by_iam


def test_what_migrates_login_handed_on_ends_with_its_own(instance: Instance) -> None:
    """As the first release did it: the founder to migrate's login with ADMIN, and that one to the workers."""
    deploy(instance, by_iam=False)
    for dsn, statement in (
        (instance.founders_dsn(), f"GRANT rds_iam TO {login_of(instance)} WITH ADMIN OPTION"),
        (instance.dsn("migrate", token_of(login_of(instance))), f"GRANT rds_iam TO {instance.company}_worker"),
    ):
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(statement.encode())

    deploy(instance, by_iam=False)

    assert instance.lets_in(instance.dsn("worker", "x")) and instance.lets_in(instance.founders_dsn())


def test_a_member_by_another_ones_grant_is_named(instance: Instance) -> None:
    deploy(instance, by_iam=False)
    with instance.rds.server.connect() as rdsadmin:
        rdsadmin.execute(f"GRANT rds_iam TO {instance.company}_worker".encode())

    with pytest.raises(BrainError, match=rf"members of rds_iam by another's grant: {instance.company}_worker;"):
        deploy(instance, by_iam=False)
