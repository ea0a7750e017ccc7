"""Which answers are asked for in Postgres's binary form, which both sides read and write in less time than text.

Only where it gives the same values: a real is 0.1 as text and 0.10000000149011612 in binary, and a type that psycopg
does not know is a str as text and bytes in binary.
"""

from typing import Any

from psycopg import Cursor
from psycopg.postgres import types

SAME_IN_BINARY = (
    *("bool", "int2", "int4", "int8", "float8", "numeric", "text", "varchar", "name", "bytea", "jsonb"),
    *("date", "timestamptz", "interval"),
)
_OIDS = frozenset(oid for name in SAME_IN_BINARY for oid in (types[name].oid, types[name].array_oid))


def is_same_in_binary(cursor: Cursor[Any]) -> bool:
    """Whether each column of a cursor's rows has the same values in both forms; True also for rows without columns."""
    result = cursor.pgresult
    return result is not None and all(result.ftype(column) in _OIDS for column in range(result.nfields))
