"""For an instance that the stack made: what its administrator does there, who is no superuser. Safe to repeat.

She makes the login by which migrate works, as docs/deploy.md lets an owner do by hand on a Postgres of their own; and
she says who logs in by a token of RDS, because rds_iam is hers to hand on, and migrate's login has no right to it.
"""

from collections.abc import Callable, Sequence

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from company.brain.connection import with_network
from company.errors import BrainError, BrainUnreachable

Connection = psycopg.Connection[tuple[object, ...]]
SELF_GRANT = "set, inherit"
"""By it a login that makes roles may also act as them (Postgres 16)."""
CONNECT_SECONDS = 30
"""For each proof; a server that does not answer is named before Lambda ends the function."""
HAS_ROLE = "SELECT count(*) FROM pg_roles WHERE rolname = %s"
HAS_CRON = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'"
# Of this company alone: migrate's login and what it made; through these it and the founder are members too.
BY_TOKEN = """
SELECT DISTINCT m.rolname
FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
WHERE g.rolname = 'rds_iam' AND pg_has_role(%s::name, m.oid, 'MEMBER')
ORDER BY 1
"""


def accepted_dsn(dsn: str, proofs: Sequence[Callable[[], str]]) -> str:
    """The address with the first of these proofs (a password, a token) that the server takes.

    RDS wants a token of every member of rds_iam, indirect ones too, and of nobody else; who is one is not known here.
    """
    refusals = []
    for proof in proofs:
        proven = make_conninfo(dsn, password=proof())
        try:
            psycopg.connect(with_network(proven), connect_timeout=CONNECT_SECONDS).close()
        except psycopg.OperationalError as error:
            refusals.append(" ".join(str(error).split()))
        else:
            return proven
    raise BrainUnreachable(f"the brain did not answer {conninfo_to_dict(dsn)['user']}: {'; then: '.join(refusals)}")


def found(founders_dsn: str, *, login: str, password: str, by_iam: bool) -> None:
    """Gives the database to migrate's login, with that password, and installs pg_cron where the server has it.

    Without by_iam it ends every login by token, so that migrate's own password is taken next.
    """
    with psycopg.connect(with_network(founders_dsn), autocommit=True) as connection:
        connection.execute(sql.SQL("SET createrole_self_grant = {}").format(sql.Literal(SELF_GRANT)))
        _make_login(connection, login, password)
        owns = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        connection.execute(owns.format(sql.Identifier(connection.info.dbname), sql.Identifier(login)))
        if _has(connection, HAS_CRON):
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_cron")
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA cron TO {}").format(sql.Identifier(login)))
        if not by_iam:
            _end_tokens(connection, login)


def let_in_by_token(founders_dsn: str, logins: Sequence[str], *, login: str) -> None:
    """These prove themselves by a token from now on; after migrate has made them, and has logged in by its password."""
    with psycopg.connect(with_network(founders_dsn), autocommit=True) as connection:
        new = sorted(set(logins) - set(_by_token(connection, login)))
        if new:
            names = sql.SQL(", ").join(map(sql.Identifier, new))
            connection.execute(sql.SQL("GRANT rds_iam TO {}").format(names))


def _end_tokens(connection: Connection, login: str) -> None:
    """Only of actual members: a role that one does not administer may not be revoked of anybody (Postgres 16)."""
    for member in _by_token(connection, login):
        connection.execute(sql.SQL("REVOKE rds_iam FROM {} CASCADE").format(sql.Identifier(member)))
    left = _by_token(connection, login)
    if left:
        raise BrainError(
            f"members of rds_iam by another's grant: {', '.join(left)}; revoke it as the login that gave it"
        )


def _by_token(connection: Connection, login: str) -> list[str]:
    return [str(name) for (name,) in connection.execute(BY_TOKEN, (login,))]


def _make_login(connection: Connection, login: str, password: str) -> None:
    verb = "ALTER ROLE" if _has(connection, HAS_ROLE, login) else "CREATE ROLE"
    verifier = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    name = sql.Identifier(login)
    connection.execute(sql.SQL(verb + " {} LOGIN CREATEROLE PASSWORD {}").format(name, sql.Literal(verifier)))
    connection.execute(sql.SQL("ALTER ROLE {} SET createrole_self_grant = {}").format(name, sql.Literal(SELF_GRANT)))


def _has(connection: Connection, query: str, *values: str) -> bool:
    row = connection.execute(query.encode(), values).fetchone()
    return row is not None and bool(row[0])
