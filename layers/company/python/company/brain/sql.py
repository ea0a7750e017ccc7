"""The files under sql/: named queries, and the company's error for an error of Postgres."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

from company.errors import BrainBusy, BrainError, BrainUnreachable, Refused, SqlFileError
from company.text.files import QUERIES, read_utf8

ENDS_SERVICE = ("57P01", "57P02", "57P03")
"""Shut down by its administrator, crashed, starting up: this connection serves no more."""
READ_ONLY = "25006"
"""Of a transaction that may write: the server is a standby now."""
NAMED = re.compile(r"^-- name: *(?P<name>\S+) *$", re.MULTILINE)
PLACE = re.compile(rb"%(?:%|\((?P<name>\w+)\)s)?")


@cache
def load_queries(sql_dir: Path, *packages: str) -> dict[str, bytes]:
    """All named queries of sql/<package>/queries/*.sql. Each has a name of its own and one line of purpose."""
    queries: dict[str, bytes] = {}
    for package in packages:
        for path in _files_in_force(sql_dir, package):
            for name, text in read_statements(read_utf8(path), f"{package}/queries/{path.name}"):
                if name in queries:
                    raise SqlFileError(f"{package}/queries/{path.name}: the query {name} is defined twice")
                queries[name] = text.encode()
    if not queries:
        raise SqlFileError(f"no queries found under {sql_dir}: is SQL_DIR right?")
    return queries


def _files_in_force(sql_dir: Path, package: str) -> list[Path]:
    """A deployed change of a product's statements is in the product's package, in the place of the file it changed."""
    spec = find_spec(package)
    changed = Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None
    files = sorted((sql_dir / package / QUERIES).glob("*.sql"))
    return [changed / QUERIES / f.name if changed and (changed / QUERIES / f.name).is_file() else f for f in files]


def read_statements(text: str, where: str) -> list[tuple[str, str]]:
    """The name and the statement of each query of a file; SqlFileError names the place where it is none."""
    parts = NAMED.split(text)
    if parts[0].strip():
        raise SqlFileError(f"{where}: text before the first '-- name:' line")
    found = []
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        purpose, _, statement = body.strip().partition("\n")
        if not purpose.startswith("-- ") or not statement.strip():
            raise SqlFileError(f"{where}: the query {name} needs one line of purpose and a statement")
        found.append((name, statement.strip().rstrip(";")))
    return found


@cache
def by_position(statement: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The statement as the server takes it, with $1 for the first %(name)s, and the names in that order.

    Once for each statement: psycopg would look for the names at every run. SqlFileError for a % that is neither doubled
    nor a name.
    """
    names: list[str] = []

    def numbered(found: re.Match[bytes]) -> bytes:
        if found[0] == b"%%":
            return b"%"
        if found["name"] is None:
            raise SqlFileError(f"a % is written %% in a query: {statement[: found.end()].decode()[-60:]}")
        name = found["name"].decode()
        if name not in names:
            names.append(name)
        return b"$%d" % (names.index(name) + 1)

    return PLACE.sub(numbered, statement), tuple(names)


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
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return BrainBusy(f"{message} ({diagnosis.sqlstate})")
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
