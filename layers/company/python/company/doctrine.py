"""For migrate: gives a brain exactly the functions, triggers, views, policies and grants that the files state.

Whatever it had before is gone, and data, tables, columns, constraints and indexes are as they were. All of it is one
transaction, which the migrations before it share: a session at work waits, and meets either the old or the new.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import LiteralString

import psycopg
from psycopg import errors

from company import catalogue
from company.errors import BrainError, SqlFileError
from company.sql_files import SqlFile, functions_in, run_file

Connection = psycopg.Connection[dict[str, object]]
STEP_MILLISECONDS = 400
"""Views and tables are taken in two steps, together in less than the second after which Postgres looks for deadlocks:
so the one that gives up is always migrate, and never a session at work."""
ATTEMPTS = 150
PAUSE_SECONDS = 0.6
DROP_FIRST = re.compile(r"DROP (?:FUNCTION|PROCEDURE|AGGREGATE) (.+\))")
RECORDED = "SELECT name, digest FROM migrations.applied WHERE package = 'doctrine'"
RECORD = """
INSERT INTO migrations.applied (package, name, digest) VALUES ('doctrine', %(name)s, %(digest)s)
ON CONFLICT (package, name) DO UPDATE SET digest = excluded.digest, applied_at = clock_timestamp()
"""


@dataclass(frozen=True)
class Doctrine:
    """All that the files state beside data: what migrations created as functions, then every file of doctrine."""

    schemas: tuple[str, ...]
    from_migrations: SqlFile
    files: tuple[SqlFile, ...]
    names: Mapping[str, str]

    @classmethod
    def of(
        cls, packages: tuple[str, ...], migrations: list[SqlFile], files: list[SqlFile], names: Mapping[str, str]
    ) -> "Doctrine":
        """A function that a migration created is stated by the last migration that does, unless doctrine states it."""
        stated = {name for name, _ in functions_in(files)}
        last = {name: text for name, text in functions_in(migrations) if name not in stated}
        text = "\n".join(last.values()).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        made = SqlFile(packages[0], "migrations", "(functions)", text)
        return cls((*packages, "migrations"), made, tuple(files), names)

    @property
    def digest(self) -> str:
        texts = [(str(file), file.text) for file in (self.from_migrations, *self.files)]
        return sha256(repr((sorted(self.names.items()), texts)).encode()).hexdigest()


def is_in_force(connection: Connection, doctrine: Doctrine) -> bool:
    """Whether these files were applied last, and nobody changed the result by hand since."""
    recorded = {row["name"]: row["digest"] for row in connection.execute(RECORDED)}
    return recorded == {"all": doctrine.digest, "catalogue": _digest_of_catalogue(connection, doctrine)}


@contextmanager
def begin_alone(connection: Connection, schemas: tuple[str, ...]) -> Iterator[None]:
    """A transaction in which no session is inside a table of the company's, and no old doctrine stands in the way."""
    with connection.transaction():
        _lock(connection, schemas)
        _take_away(connection, schemas)
        yield


def apply_doctrine(connection: Connection, doctrine: Doctrine) -> None:
    """Applies all of it, and records it; inside begin_alone.

    What no file names is dropped at the end, and then all is applied once more: a file that still calls what was
    dropped fails here, as it does in a fresh brain.
    """
    while True:
        _take_away(connection, doctrine.schemas)
        before = _functions(connection, doctrine)
        for file in (doctrine.from_migrations, *doctrine.files):
            _apply(connection, file, doctrine.names)
        unnamed = before.items() & _functions(connection, doctrine).items()
        if not unnamed:
            break
        for _, signature in sorted(unnamed):
            _drop(connection, signature, "no file names it")
    connection.execute(RECORD, {"name": "all", "digest": doctrine.digest})
    connection.execute(RECORD, {"name": "catalogue", "digest": _digest_of_catalogue(connection, doctrine)})


def _lock(connection: Connection, schemas: tuple[str, ...]) -> None:
    for _ in range(ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL statement_timeout = {STEP_MILLISECONDS}".encode())
                _run_each(connection, catalogue.VIEWS, schemas)
                _run_each(connection, catalogue.LOCK, schemas)
                connection.execute("SET LOCAL statement_timeout = DEFAULT")
                return
        except errors.QueryCanceled:
            connection.execute("SELECT pg_sleep(%s)", (PAUSE_SECONDS,))
    row = connection.execute(catalogue.HOLDERS, {"schemas": list(schemas)}).fetchone() or {}
    waited = round(ATTEMPTS * (PAUSE_SECONDS + STEP_MILLISECONDS / 1000))
    raise BrainError(
        f"nothing was migrated: for {waited} seconds tables were in use by {row.get('logins')};"
        " end those sessions, or deploy again when they are done"
    )


def _take_away(connection: Connection, schemas: tuple[str, ...]) -> None:
    for query in (catalogue.VIEWS, catalogue.DROPS, catalogue.REVOKES):
        _run_each(connection, query, schemas)


def _run_each(connection: Connection, query: LiteralString, schemas: tuple[str, ...]) -> None:
    statements = [str(row["statement"]) for row in connection.execute(query, {"schemas": list(schemas)})]
    try:
        if statements:
            connection.execute("; ".join(statements).encode())
    except errors.DependentObjectsStillExist as error:
        raise SqlFileError(f"doctrine cannot be replaced: {error}: {error.diag.message_detail}") from error


def _apply(connection: Connection, file: SqlFile, names: Mapping[str, str]) -> None:
    """Functions are replaced in place, so that a running session never loses one; Postgres says which it cannot."""
    while True:
        try:
            return run_file(connection, file, names)
        except SqlFileError as error:
            cause = error.__cause__
            if not isinstance(cause, errors.InvalidFunctionDefinition):
                raise
            found = DROP_FIRST.search(cause.diag.message_hint or "")
            if found is None:
                raise
            _drop(connection, found[1], f"{file} changes its result")


def _drop(connection: Connection, signature: str, why: str) -> None:
    try:
        connection.execute(f"DROP ROUTINE {signature}".encode())
    except psycopg.Error as error:
        raise SqlFileError(f"{signature} cannot be dropped, though {why}: {error}") from error


def _functions(connection: Connection, doctrine: Doctrine) -> dict[str, str]:
    rows = connection.execute(catalogue.FUNCTIONS, {"schemas": list(doctrine.schemas)}).fetchall()
    return {str(row["written"]): str(row["signature"]) for row in rows}


def _digest_of_catalogue(connection: Connection, doctrine: Doctrine) -> object:
    row = connection.execute(catalogue.DIGEST, {"schemas": list(doctrine.schemas)}).fetchone()
    return row and row["digest"]
