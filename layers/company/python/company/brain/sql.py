"""The files under sql/: named queries, and the company's error for an error of Postgres."""

import re
from functools import cache
from pathlib import Path

import psycopg

from company.errors import BrainError, BrainUnreachable, Refused, SqlFileError
from company.text.files import read_utf8

ENDS_SERVICE = ("57P01", "57P02", "57P03")
"""Shut down by its administrator, crashed, starting up: this connection serves no more."""
READ_ONLY = "25006"
"""Of a transaction that may write: the server is a standby now."""
NAMED = re.compile(r"^-- name: *(?P<name>\S+) *$", re.MULTILINE)


@cache
def load_queries(sql_dir: Path, *packages: str) -> dict[str, bytes]:
    """All named queries of sql/<package>/queries/*.sql. Each has a name of its own and one line of purpose."""
    queries: dict[str, bytes] = {}
    for package in packages:
        for path in sorted((sql_dir / package / "queries").glob("*.sql")):
            for name, text in _read_queries(path):
                if name in queries:
                    raise SqlFileError(f"{package}/queries/{path.name}: the query {name} is defined twice")
                queries[name] = text.encode()
    if not queries:
        raise SqlFileError(f"no queries found under {sql_dir}: is SQL_DIR right?")
    return queries


def _read_queries(path: Path) -> list[tuple[str, str]]:
    parts = NAMED.split(read_utf8(path))
    if parts[0].strip():
        raise SqlFileError(f"{path.parent.parent.name}/queries/{path.name}: text before the first '-- name:' line")
    found = []
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        purpose, _, text = body.strip().partition("\n")
        if not purpose.startswith("-- ") or not text.strip():
            raise SqlFileError(f"{path.name}: the query {name} needs one line of purpose and a statement")
        found.append((name, text.strip().rstrip(";")))
    return found


def explain(error: psycopg.Error, *, only_reads: bool = False) -> BrainError:
    """The company's error for a driver's error: Refused names the constraint that was broken.

    only_reads: the transaction was asked to refuse writes, so that a refused one says nothing about the server.
    """
    diagnosis = error.diag
    message = (diagnosis.message_primary or str(error)).strip()
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return Refused("one_writes_only_what_ones_login_may", message)
    if diagnosis.constraint_name:
        return Refused(diagnosis.constraint_name, _of_constraint(error) or message)
    if isinstance(error, psycopg.OperationalError) and diagnosis.sqlstate in (None, *ENDS_SERVICE):
        return BrainUnreachable(message)
    if diagnosis.sqlstate == READ_ONLY and not only_reads:
        return BrainUnreachable(f"the server takes no writes, as a standby: {message}")
    return BrainError(f"{message} ({diagnosis.sqlstate})")


def _of_constraint(error: psycopg.Error) -> str | None:
    """Postgres' own words name a constraint and a row; ours say the rule, and which key or table it is about."""
    diagnosis = error.diag
    if isinstance(error, psycopg.errors.ForeignKeyViolation | psycopg.errors.UniqueViolation):
        return f"{diagnosis.constraint_name}: {diagnosis.message_detail or diagnosis.table_name}"
    if isinstance(error, psycopg.errors.CheckViolation) and diagnosis.table_name:
        return f"{diagnosis.constraint_name}: {diagnosis.schema_name}.{diagnosis.table_name} takes nothing else"
    return None
