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

from company.brain import catalogue
from company.brain.sql_files import SqlFile, functions_in, run_file
from company.errors import BrainError, SqlFileError

Connection = psycopg.Connection[dict[str, object]]
STEP = "SET LOCAL lock_timeout = 60; SET LOCAL statement_timeout = 400"
"""Milliseconds. Views and tables are taken in two steps, together in less than the second after which Postgres looks
for deadlocks: so what gives up is always migrate, and never a session at work. It gives up early, because a session in
the middle of a transaction often needs next what migrate already holds, and tries again often."""
STEP_IS_OVER = "SET LOCAL lock_timeout = DEFAULT; SET LOCAL statement_timeout = DEFAULT"
ATTEMPTS = 900
PAUSE_SECONDS = 0.1
CREATE = re.compile(r"^CREATE (?:OR REPLACE )?FUNCTION")
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
        text = "\n".join(CREATE.sub("CREATE OR REPLACE FUNCTION", text) for text in last.values())
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
    """A transaction in which no session is inside a table of the company's, and no old doctrine is in the way."""
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
        _run_each(connection, catalogue.MARK, doctrine.schemas)
        for file in (doctrine.from_migrations, *doctrine.files):
            _apply(connection, file, doctrine)
        unnamed = _marked(connection, doctrine)
        for signature in unnamed:
            _drop_unnamed(connection, signature)
        if not unnamed:
            break
    connection.execute(RECORD, {"name": "all", "digest": doctrine.digest})
    connection.execute(RECORD, {"name": "catalogue", "digest": _digest_of_catalogue(connection, doctrine)})


def _lock(connection: Connection, schemas: tuple[str, ...]) -> None:
    for _ in range(ATTEMPTS):
        if _is_locked(connection, schemas):
            return
        connection.execute("SELECT pg_sleep(%s)", (PAUSE_SECONDS,))
    row = connection.execute(catalogue.HOLDERS, {"schemas": list(schemas)}).fetchone() or {}
    raise BrainError(
        f"nothing was migrated: in {ATTEMPTS} attempts some table was in use each time, now by {row.get('logins')};"
        " end those sessions, or deploy again when they are done"
    )


def _is_locked(connection: Connection, schemas: tuple[str, ...]) -> bool:
    try:
        with connection.transaction():
            connection.execute(STEP)
            _run_each(connection, catalogue.VIEWS, schemas)
            _run_each(connection, catalogue.LOCK, schemas)
            connection.execute(STEP_IS_OVER)
    except (errors.LockNotAvailable, errors.QueryCanceled):
        return False
    return True


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


def _apply(connection: Connection, file: SqlFile, doctrine: Doctrine) -> None:
    """Functions are replaced in place, so that a running session never loses one, or dropped where that cannot be."""
    while True:
        try:
            return run_file(connection, file, doctrine.names)
        except SqlFileError as error:
            in_the_way = _in_the_way(connection, doctrine, error.__cause__)
            if not any([_is_dropped(connection, signature) for signature in in_the_way]):
                raise


def _in_the_way(connection: Connection, doctrine: Doctrine, cause: BaseException | None) -> list[str]:
    """The function that has another result or other names; or, where a call could mean two, all not yet replaced."""
    if isinstance(cause, errors.InvalidFunctionDefinition):
        return DROP_FIRST.findall(cause.diag.message_hint or "")
    may_be_another = isinstance(cause, errors.AmbiguousFunction | errors.WrongObjectType)
    return _marked(connection, doctrine) if may_be_another else []


def _is_dropped(connection: Connection, signature: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(f"DROP ROUTINE {signature}".encode())
    except (errors.DependentObjectsStillExist, errors.UndefinedFunction):
        return False
    return True


def _drop_unnamed(connection: Connection, signature: str) -> None:
    try:
        connection.execute(f"DROP ROUTINE {signature}".encode())
    except errors.DependentObjectsStillExist as error:
        raise SqlFileError(f"no file names the function {signature}, and it cannot be dropped: {error}") from error


def _marked(connection: Connection, doctrine: Doctrine) -> list[str]:
    rows = connection.execute(catalogue.MARKED, {"schemas": list(doctrine.schemas)})
    return [str(row["signature"]) for row in rows]


def _digest_of_catalogue(connection: Connection, doctrine: Doctrine) -> object:
    row = connection.execute(catalogue.DIGEST, {"schemas": list(doctrine.schemas)}).fetchone()
    return row and row["digest"]
