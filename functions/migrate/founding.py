"""For an instance that the stack made: makes the login by which migrate works, as the instance's administrator.

What docs/deploy.md lets an owner do by hand on a Postgres of their own. Safe to repeat; nothing is taken away.
"""

import psycopg
from psycopg import sql

from company.brain.connection import with_network

SELF_GRANT = "set, inherit"
"""By it a login that makes roles may also act as them (Postgres 16)."""
HAS_ROLE = "SELECT count(*) FROM pg_roles WHERE rolname = %s"
HAS_CRON = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'"


def found(founders_dsn: str, *, login: str, password: str, by_iam: bool) -> None:
    """Gives the database to migrate's login, with that password, and installs pg_cron where the server has it."""
    with psycopg.connect(with_network(founders_dsn), autocommit=True) as connection:
        connection.execute(sql.SQL("SET createrole_self_grant = {}").format(sql.Literal(SELF_GRANT)))
        _make_login(connection, login, password)
        owns = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        connection.execute(owns.format(sql.Identifier(connection.info.dbname), sql.Identifier(login)))
        if _has(connection, HAS_CRON):
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_cron")
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA cron TO {}").format(sql.Identifier(login)))
        if by_iam:
            connection.execute(sql.SQL("GRANT rds_iam TO {} WITH ADMIN OPTION").format(sql.Identifier(login)))


def _make_login(connection: psycopg.Connection[tuple[object, ...]], login: str, password: str) -> None:
    verb = "ALTER ROLE" if _has(connection, HAS_ROLE, login) else "CREATE ROLE"
    verifier = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    name = sql.Identifier(login)
    connection.execute(sql.SQL(verb + " {} LOGIN CREATEROLE PASSWORD {}").format(name, sql.Literal(verifier)))
    connection.execute(sql.SQL("ALTER ROLE {} SET createrole_self_grant = {}").format(name, sql.Literal(SELF_GRANT)))


def _has(connection: psycopg.Connection[tuple[object, ...]], query: str, *values: str) -> bool:
    row = connection.execute(query.encode(), values).fetchone()
    return row is not None and bool(row[0])
