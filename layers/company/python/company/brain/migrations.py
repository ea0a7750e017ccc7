"""Applies sql/ to a brain and publishes who works in it: what migrate does at each deploy, and safe to repeat.

It runs as a login with CREATEROLE that is no superuser, as on RDS.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from company.brain import database_clock
from company.brain.publishing import publish_staff
from company.errors import SqlFileError
from company.records import Record

GROUPS = ("workers", "managers", "auditors", "ceos", "machines", "owners")
TOKEN = re.compile(r"@(staff|workers|managers|auditors|ceos|machines|owners|login:[a-z0-9_]+)@")
MIGRATION_NAME = re.compile(r"^\d{4}_[a-z0-9_]+\.sql$")
LOCK = 7_741_001
RIGHTS_OF_BEFORE = """
SELECT g.rolname AS group_name, m.rolname AS login, r.left_at IS NOT NULL AS has_left
FROM pg_auth_members a
JOIN pg_roles g ON g.oid = a.roleid
JOIN pg_roles m ON m.oid = a.member
JOIN company.roster r ON r.login = m.rolname
WHERE g.rolname = ANY (%(groups)s) AND m.rolname <> current_user
  AND (r.left_at IS NOT NULL OR g.rolname <> %(prefix)s || r.kind || 's')
"""


@dataclass(frozen=True)
class Migrated:
    """What one run did: files applied, logins made, roles published, and what winds the database's clock."""

    migrations: int
    doctrine: int
    logins: int
    roles: int
    database_clock: str


def migrate(
    dsn: str,
    *,
    sql_dir: Path,
    company: str,
    vertical: str,
    staff: Mapping[str, Record],
    product_text: str,
    password_of: Callable[[str], str],
    owner_timezone: str = "UTC",
) -> Migrated:
    """Brings the brain at dsn up to what sql_dir and the staff's records say.

    password_of gives (and keeps) the password of a role's login. Errors name the file and carry Postgres' own message.
    """
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        roles = [*staff, "owner"]
        logins = _make_logins(
            connection, company, {r: staff[r].kind if r in staff else "owner" for r in roles}, password_of
        )
        _grant_database(connection, company)
        connection.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
        names = _names(company, roles)
        migrations = sum(_apply_migrations(connection, sql_dir, package, names) for package in ("company", vertical))
        doctrine = _apply_doctrine(connection, sql_dir, ("company", vertical), names)
        published = publish_staff(connection, company, staff, product_text)
        database_clock.keep_owner_zone(connection, owner_timezone)
        wound = database_clock.install_cron_job(connection)
        _take_back_rights(connection, company)
    return Migrated(migrations, doctrine, logins, published, wound)


def group_of(kind: str) -> str:
    """The group that a kind's logins are members of: worker -> workers."""
    return f"{kind}s"


def _names(company: str, roles: list[str]) -> dict[str, str]:
    names = {group: _quoted(f"{company}_{group}") for group in GROUPS}
    return {
        "staff": ", ".join(names.values()),
        **names,
        **{f"login:{role}": _quoted(f"{company}_{role}") for role in roles},
    }


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _make_logins(
    connection: psycopg.Connection[dict[str, object]],
    company: str,
    kinds: Mapping[str, str],
    password_of: Callable[[str], str],
) -> int:
    there = {str(row["rolname"]) for row in connection.execute("SELECT rolname FROM pg_roles")}
    for name in GROUPS:
        if f"{company}_{name}" not in there:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(f"{company}_{name}")))
    made = 0
    for role, kind in kinds.items():
        if f"{company}_{role}" == connection.info.user:
            continue  # migrate's own: whoever founded the company made it
        login, group = sql.Identifier(f"{company}_{role}"), sql.Identifier(f"{company}_{group_of(kind)}")
        verb = sql.SQL("ALTER ROLE" if f"{company}_{role}" in there else "CREATE ROLE")
        connection.execute(sql.SQL("{} {} LOGIN PASSWORD {}").format(verb, login, sql.Literal(password_of(role))))
        connection.execute(sql.SQL("GRANT {} TO {}").format(group, login))
        made += f"{company}_{role}" not in there
    return made


def _take_back_rights(connection: psycopg.Connection[dict[str, object]], company: str) -> None:
    """Who left loses login and rights, open connections included; who changed kind keeps only the new kind's rights."""
    prefix, groups = f"{company}_", [f"{company}_{group}" for group in GROUPS]
    for row in connection.execute(RIGHTS_OF_BEFORE, {"prefix": prefix, "groups": groups}).fetchall():
        names = {"group": sql.Identifier(str(row["group_name"])), "login": sql.Identifier(str(row["login"]))}
        connection.execute(sql.SQL("REVOKE {group} FROM {login}").format(**names))
        if row["has_left"]:
            connection.execute(sql.SQL("ALTER ROLE {login} NOLOGIN").format(**names))


def _grant_database(connection: psycopg.Connection[dict[str, object]], company: str) -> None:
    database = sql.Identifier(connection.info.dbname)
    groups = sql.SQL(", ").join(sql.Identifier(f"{company}_{group}") for group in GROUPS)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, groups))


def _apply_migrations(
    connection: psycopg.Connection[dict[str, object]], sql_dir: Path, package: str, names: Mapping[str, str]
) -> int:
    connection.execute("CREATE SCHEMA IF NOT EXISTS migrations")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations.applied"
        " (package text, name text, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),"
        " PRIMARY KEY (package, name))"
    )
    rows = connection.execute("SELECT name, digest FROM migrations.applied WHERE package = %s", (package,))
    known = {str(row["name"]): str(row["digest"]) for row in rows}
    applied = 0
    for path in _sql_files(sql_dir / package / "migrations"):
        if not MIGRATION_NAME.match(path.name):
            raise SqlFileError(f"{package}/migrations/{path.name}: a migration is named NNNN_what_it_does.sql")
        text = path.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if known.get(path.name, digest) != digest:
            raise SqlFileError(
                f"{package}/migrations/{path.name} was changed after it was applied: write a new migration instead"
            )
        if path.name not in known:
            _run_file(connection, path, text, names, f"{package}/migrations", (package, path.name, digest))
            applied += 1
    return applied


def _apply_doctrine(
    connection: psycopg.Connection[dict[str, object]],
    sql_dir: Path,
    packages: tuple[str, ...],
    names: Mapping[str, str],
) -> int:
    """Runs all doctrine again when any of it, or any name in it, changed: the grants at its end see every function."""
    files = [(package, path) for package in packages for path in _sql_files(sql_dir / package / "doctrine")]
    texts = [(package, path, path.read_text(encoding="utf-8")) for package, path in files]
    whole = hashlib.sha256(repr((sorted(names.items()), [text for *_, text in texts])).encode()).hexdigest()
    row = connection.execute(
        "SELECT digest FROM migrations.applied WHERE package = 'doctrine' AND name = 'all'"
    ).fetchone()
    if row is not None and row["digest"] == whole:
        return 0
    with connection.transaction():
        for package, path, text in texts:
            _run_file(connection, path, text, names, f"{package}/doctrine", None)
        connection.execute(
            "INSERT INTO migrations.applied (package, name, digest) VALUES ('doctrine', 'all', %s)"
            " ON CONFLICT (package, name) DO UPDATE SET digest = excluded.digest, applied_at = clock_timestamp()",
            (whole,),
        )
    return len(texts)


def _sql_files(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*.sql")))


def _run_file(
    connection: psycopg.Connection[dict[str, object]],
    path: Path,
    text: str,
    names: Mapping[str, str],
    where: str,
    record_as: tuple[str, str, str] | None,
) -> None:
    try:
        with connection.transaction():
            connection.execute(_filled(text, names).encode())
            if record_as is not None:
                connection.execute(
                    "INSERT INTO migrations.applied (package, name, digest) VALUES (%s, %s, %s)", record_as
                )
    except (psycopg.Error, KeyError) as error:
        raise SqlFileError(f"{where}/{path.name}: {error}") from error


def _filled(text: str, names: Mapping[str, str]) -> str:
    filled = TOKEN.sub(lambda found: names[found.group(1)], text)
    left = re.search(r"@[a-z]+(:[a-z0-9_]+)?@", filled)
    if left:
        raise KeyError(f"unknown token {left.group(0)}")
    return filled
