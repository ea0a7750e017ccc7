"""For migrate: makes a login for each role, a group for each kind and for readers, and the login of trials.

It runs as a login with CREATEROLE that is no superuser, as on RDS.
"""

from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

KINDS = ("workers", "managers", "auditors", "ceos", "machines", "owners")
"""The groups of the staff, one for each kind of role."""
STAFF = "staff"
"""The group that all of KINDS are members of: what each of them may do is granted once, and not six times."""
READERS = "readers"
"""The group of those who answer strangers: it has what is granted to @readers@ by name, and nothing else."""
TRIALS = "trials"
"""The login in which a change of a statement is tried. It is nobody's: its password is made for one trial (422)."""
GROUPS = (STAFF, *KINDS, READERS, TRIALS)
MAKE_LOGINS = """
CREATE SCHEMA IF NOT EXISTS migrations;
CREATE TABLE IF NOT EXISTS migrations.logins (login text PRIMARY KEY, verifier text NOT NULL)
"""
"""A login's password as the server itself keeps it: by it heartbeat puts back one that the login changed."""
KEEP_LOGIN = """
INSERT INTO migrations.logins (login, verifier) VALUES (%s, %s)
ON CONFLICT (login) DO UPDATE SET verifier = excluded.verifier
"""
RIGHTS_OF_BEFORE = """
SELECT g.rolname AS group_name, m.rolname AS login, r.left_at IS NOT NULL AS has_left
FROM pg_auth_members a
JOIN pg_roles g ON g.oid = a.roleid
JOIN pg_roles m ON m.oid = a.member
JOIN company.roster r ON r.login = m.rolname
WHERE g.rolname = ANY (%(groups)s) AND m.rolname <> current_user
  AND (r.left_at IS NOT NULL OR g.rolname IS DISTINCT FROM %(group_of)s::jsonb ->> r.role)
"""


def names_in_sql(company: str, roles: list[str]) -> dict[str, str]:
    """What replaces each @token@ of a file under sql/: a group, or a role's login."""
    names = {**{group: group for group in GROUPS}, **{f"login:{role}": role for role in roles}}
    return {token: _quoted(f"{company}_{name}") for token, name in names.items()}


def make_logins(
    connection: psycopg.Connection[dict[str, object]],
    company: str,
    groups: Mapping[str, str],
    password_of: Callable[[str], str],
) -> int:
    """Makes groups and logins that are missing, sets every password and resets settings; how many logins are new.

    groups: of each role, the group that its login is a member of.
    """
    known = {str(row["rolname"]) for row in connection.execute("SELECT rolname FROM pg_roles")}
    for name in GROUPS:
        if f"{company}_{name}" not in known:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(f"{company}_{name}")))
    kinds = sql.SQL(", ").join(sql.Identifier(f"{company}_{kind}") for kind in KINDS)
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(f"{company}_{STAFF}"), kinds))
    connection.execute(MAKE_LOGINS)
    connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(f"{company}_{TRIALS}")))
    made = 0
    for role, group_name in groups.items():
        if f"{company}_{role}" == connection.info.user:
            continue  # migrate's own: the role that founded the company made it
        login, group = sql.Identifier(f"{company}_{role}"), sql.Identifier(f"{company}_{group_name}")
        verb = sql.SQL("ALTER ROLE" if f"{company}_{role}" in known else "CREATE ROLE")
        verifier = _verifier(connection, f"{company}_{role}", password_of(role))
        connection.execute(sql.SQL("{} {} LOGIN PASSWORD {}").format(verb, login, sql.Literal(verifier)))
        connection.execute(KEEP_LOGIN, (f"{company}_{role}", verifier))
        connection.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(login))
        connection.execute(sql.SQL("GRANT {} TO {}").format(group, login))
        made += f"{company}_{role}" not in known
    return made


def grant_database(connection: psycopg.Connection[dict[str, object]], company: str) -> None:
    """Only the company's groups connect to its database."""
    database = sql.Identifier(connection.info.dbname)
    groups = sql.SQL(", ").join(sql.Identifier(f"{company}_{group}") for group in GROUPS)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, groups))


def end_rights_of_before(
    connection: psycopg.Connection[dict[str, object]], company: str, groups: Mapping[str, str]
) -> None:
    """A role that left loses login and rights; a role of another group than before keeps only the new one's rights."""
    now = Jsonb({role: f"{company}_{group}" for role, group in groups.items()})
    asked = {"group_of": now, "groups": [f"{company}_{group}" for group in GROUPS]}
    for row in connection.execute(RIGHTS_OF_BEFORE, asked).fetchall():
        names = {"group": sql.Identifier(str(row["group_name"])), "login": sql.Identifier(str(row["login"]))}
        connection.execute(sql.SQL("REVOKE {group} FROM {login}").format(**names))
        if row["has_left"]:
            connection.execute(sql.SQL("ALTER ROLE {login} NOLOGIN").format(**names))


def _verifier(connection: psycopg.Connection[dict[str, object]], login: str, password: str) -> str:
    """The password as a server keeps it, so that none is ever in a statement or a log of one."""
    return connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
