"""Applies sql/ to a brain and publishes who works in it: what migrate does at each deploy, and safe to repeat."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from company.brain import database_clock
from company.brain.connection import with_network
from company.brain.doctrine import Doctrine, apply_doctrine, begin_alone, is_in_force
from company.brain.logins import GROUPS, end_rights_of_before, grant_database, make_logins, names_in_sql
from company.brain.publishing import publish_staff, set_daily_usd
from company.brain.sql_files import SqlFile, read_files, run_file
from company.brain.turn import take_turn
from company.errors import SqlFileError
from company.records import Record

__all__ = ["GROUPS", "MIGRATION_NAME", "Migrated", "apply_sql", "migrate"]

MIGRATION_NAME = re.compile(r"^\d{4}_[a-z0-9_]+\.sql$")
MAKE_APPLIED = """
CREATE SCHEMA IF NOT EXISTS migrations;
CREATE TABLE IF NOT EXISTS migrations.applied (
  package text, name text, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (package, name)
)
"""
RECORD = "INSERT INTO migrations.applied (package, name, digest) VALUES (%s, %s, %s)"


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
    daily_usd: float | None = None,
) -> Migrated:
    """Brings the brain at dsn up to what sql_dir and the staff's records say.

    password_of gives (and keeps) the password of a role's login. Errors name the file and carry Postgres' own message.
    """
    with psycopg.connect(with_network(dsn), autocommit=True, row_factory=dict_row) as connection, take_turn(connection):
        roles = [*staff, "owner"]
        groups = {role: staff[role].group if role in staff else "owners" for role in roles}
        logins = make_logins(connection, company, groups, password_of)
        grant_database(connection, company)
        migrations, doctrine = apply_sql(connection, sql_dir, ("company", vertical), names_in_sql(company, roles))
        published = publish_staff(connection, company, staff, product_text)
        database_clock.keep_owner_zone(connection, owner_timezone)
        if daily_usd is not None:
            set_daily_usd(connection, daily_usd)
        cron_job = database_clock.install_cron_job(connection)
        end_rights_of_before(connection, company, groups)
    return Migrated(migrations, doctrine, logins, published, cron_job)


def apply_sql(
    connection: psycopg.Connection[dict[str, object]],
    sql_dir: Path,
    packages: tuple[str, ...],
    names: Mapping[str, str],
) -> tuple[int, int]:
    """New migrations, then all doctrine, in one transaction; how many files of each ran, none when nothing differs."""
    connection.execute(MAKE_APPLIED)
    connection.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    migrations = [file for package in packages for file in read_files(sql_dir, package, "migrations")]
    files = [file for package in packages for file in read_files(sql_dir, package, "doctrine")]
    doctrine = Doctrine.of(packages, migrations, files, names)
    new = list(_not_yet_applied(connection, migrations))
    if not new and is_in_force(connection, doctrine):
        return 0, 0
    with begin_alone(connection, doctrine.schemas):
        for file in new:
            run_file(connection, file, names)
            connection.execute(RECORD, (file.package, file.name, file.digest))
        apply_doctrine(connection, doctrine)
    return len(new), len(doctrine.files)


def _not_yet_applied(connection: psycopg.Connection[dict[str, object]], migrations: list[SqlFile]) -> Iterator[SqlFile]:
    rows = connection.execute("SELECT package, name, digest FROM migrations.applied").fetchall()
    known = {(row["package"], row["name"]): row["digest"] for row in rows}
    for file in migrations:
        if not MIGRATION_NAME.match(file.name):
            raise SqlFileError(f"{file}: a migration is named NNNN_what_it_does.sql")
        if known.get((file.package, file.name), file.digest) != file.digest:
            raise SqlFileError(f"{file} was changed after it was applied: write a new migration instead")
        if (file.package, file.name) not in known:
            yield file
