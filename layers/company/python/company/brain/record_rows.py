"""Rows as frozen records. A frozen record's constructor sets each field by a call of its own, several times the work of
reading the row; where it does nothing else, the fields are given to the record all at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from psycopg import Cursor
from psycopg.pq import ExecStatus
from psycopg.rows import RowFactory, class_row

R = TypeVar("R")


def record_row(kind: type[R]) -> RowFactory[R]:
    """As psycopg's class_row: each row becomes a `kind`, by its columns' names; TypeError where they do not fit."""

    key: Any = kind  # type[R] is no Hashable to mypy

    def made_by(cursor: Cursor[Any]) -> Callable[[Sequence[Any]], R]:
        result = cursor.pgresult
        if result is None or result.status != ExecStatus.TUPLES_OK:
            return class_row(kind)(cursor)
        columns = tuple(map(result.fname, range(result.nfields)))
        return _maker(key, columns) or class_row(kind)(cursor)

    return made_by


@cache
def _maker(kind: type[R], columns: tuple[bytes | None, ...]) -> Callable[[Sequence[Any]], R] | None:
    """Makes a record of a row with these columns; None where the record must be made by its own constructor."""
    names = tuple([(column or b"").decode() for column in columns])
    defaults = _defaults(kind, names)
    if defaults is None:
        return None

    def make(values: Sequence[Any]) -> R:
        record = object.__new__(kind)
        record.__dict__.update(defaults)
        record.__dict__.update(zip(names, values, strict=True))
        return record

    return make


def _defaults(kind: type[Any], names: tuple[str, ...]) -> Mapping[str, object] | None:
    """The fields that no column gives; None where the record must be made by its own constructor."""
    if not is_dataclass(kind) or hasattr(kind, "__post_init__") or _has_own_making(kind):
        return None
    known = {field.name: field for field in fields(kind)}
    left = known.keys() - set(names)
    if len(known) - len(left) != len(names) or not all(field.init for field in known.values()):
        return None
    if any(known[name].default is MISSING for name in left):
        return None
    return {name: known[name].default for name in left}


def _has_own_making(kind: type[Any]) -> bool:
    """It keeps its fields in slots, or states how it is made."""
    has_slots = any("__slots__" in vars(base) for base in kind.__mro__[:-1])
    return has_slots or not kind.__dataclass_params__.init
