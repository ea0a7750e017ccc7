"""Each named query against a real server: the parameters that code gives it, and the record that its rows become."""

import ast
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest

from company.brain.sql import by_position, load_queries
from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, PRODUCT, ROOT, SQL, name, sources, tree
from tests.support.brains import TestBrain

ASKS = {"row", "rows", "one", "all", "run", "value"}
TYPED = {"row", "rows"}
QUERIES = load_queries(SQL, "company", "patchfirst")
PLAIN: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,),
    "bytea": (bytes,),
    "date": (date,),
    "float4": (float,),
    "float8": (float,),
    "int2": (int,),
    "int4": (int,),
    "int8": (int,),
    "interval": (timedelta,),
    "jsonb": (dict, list, str, int, float),
    "numeric": (Decimal,),
    "text": (str,),
    "timestamptz": (datetime,),
}
"""What psycopg makes of a column of this type."""


@dataclass(frozen=True)
class Ask:
    """One place where code asks a query by name. given: its parameters, or None where a mapping is passed on."""

    where: str
    query: str
    record: type | None
    given: frozenset[str] | None

    def __str__(self) -> str:
        return f"{self.query} at {self.where}"


def _asks() -> Iterator[Ask]:
    for path in sources(FUNCTIONS, COMPANY, PRODUCT, DESK, ROOT / "bench"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS:
                yield from _ask(path, node, is_typed=node.func.attr in TYPED)


def _ask(path: Path, call: ast.Call, *, is_typed: bool) -> Iterator[Ask]:
    named = call.args[int(is_typed)] if len(call.args) > int(is_typed) else None
    if not (isinstance(named, ast.Constant) and isinstance(named.value, str)):
        return
    names = [keyword.arg for keyword in call.keywords]
    given = None if None in names else frozenset(str(name) for name in names)
    record = _record(path, call.args[0]) if is_typed else None
    yield Ask(f"{name(path)}:{call.lineno}", named.value, record, given)


def _record(path: Path, node: ast.expr) -> type:
    """The class that a name in a module means, also where it is imported inside a function."""
    assert isinstance(node, ast.Name), f"{name(path)}:{node.lineno} names its record"
    for found in ast.walk(tree(path)):
        if isinstance(found, ast.ImportFrom) and found.module:
            for alias in found.names:
                if (alias.asname or alias.name) == node.id:
                    return typing.cast(type, getattr(import_module(found.module), alias.name))
    return typing.cast(type, getattr(import_module(_module(path)), node.id))


def _module(path: Path) -> str:
    base = next(b for b in (COMPANY.parent, PRODUCT.parent, FUNCTIONS, ROOT) if path.is_relative_to(b))
    return ".".join(path.relative_to(base).with_suffix("").parts)


ALL = sorted(_asks(), key=str)
RECORDS = [ask for ask in ALL if ask.record is not None]


@pytest.mark.parametrize("ask", ALL, ids=str)
def test_a_query_is_asked_with_its_own_parameters(ask: Ask) -> None:
    assert ask.query in QUERIES
    if ask.given is not None:
        assert ask.given == _parameters(QUERIES[ask.query])


def test_every_record_has_exactly_the_columns_of_its_queries(brain: TestBrain) -> None:
    admin = brain.admin
    wrong = [f"{ask}: {fault}" for ask in RECORDS for fault in _faults(admin, ask)]

    assert wrong == []


def test_records_are_used_at_all() -> None:
    assert RECORDS


def _faults(connection: psycopg.Connection[Any], ask: Ask) -> Iterator[str]:
    assert ask.record is not None
    columns = _columns(connection, QUERIES[ask.query])
    hints = typing.get_type_hints(ask.record)
    needed = {field.name for field in fields(ask.record) if field.default is MISSING and field.init}
    yield from (f"{ask.record.__name__} has no {column}" for column in columns.keys() - hints.keys())
    yield from (f"no column {field} for {ask.record.__name__}" for field in needed - columns.keys())
    for column in columns.keys() & hints.keys():
        if not _takes(hints[column], columns[column]):
            yield f"{ask.record.__name__}.{column} is {hints[column]}, the column is {columns[column]}"


def _columns(connection: psycopg.Connection[Any], text: bytes) -> dict[str, str]:
    """Column -> its type's name, as the server reports it when it prepares the statement."""
    connection.pgconn.prepare(b"", by_position(text)[0])
    described = connection.pgconn.describe_prepared(b"")
    assert not described.error_message, described.error_message
    oids = [described.ftype(n) for n in range(described.nfields)]
    rows = connection.execute("SELECT oid::int, typname FROM pg_type WHERE oid = ANY (%s)", (oids,)).fetchall()
    names = {row["oid"]: row["typname"] for row in rows}
    return {(described.fname(n) or b"").decode(): names[oids[n]] for n in range(described.nfields)}


def _parameters(text: bytes) -> frozenset[str]:
    return frozenset(by_position(text)[1])


def _takes(hint: Any, column: str) -> bool:
    """Whether the value that psycopg reads fits the field. The server does not state whether it may be null."""
    if hint is Any:
        return True
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_takes(part, column) for part in typing.get_args(hint) if part is not type(None))
    if origin is typing.Literal:
        return column == "text"
    if column.startswith("_"):
        inner = typing.get_args(hint)
        return origin in (list, tuple, Sequence, typing.get_origin(Sequence[int])) and _takes(inner[0], column[1:])
    kinds = PLAIN.get(column)
    assert kinds, f"this test does not know the type {column}"
    return any(issubclass(kind, origin or hint) for kind in kinds)


def test_a_wrong_record_is_found(brain: TestBrain) -> None:
    @dataclass(frozen=True)
    class Wrong:
        id: str
        missing: int

    found = set(_faults(brain.admin, Ask("here", "my_findings", Wrong, None)))

    assert "no column missing for Wrong" in found
    assert any(fault.startswith("Wrong.id is <class 'str'>") for fault in found)
    assert "Wrong has no kind" in found
