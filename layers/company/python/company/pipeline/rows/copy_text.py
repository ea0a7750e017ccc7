"""Lines of the COPY text form of Postgres taken apart again: some readers give editions of very many rows in it."""

import re
from collections.abc import Callable, Mapping, Sequence

from company.vertical.feeds import StagedRow

ESCAPED = re.compile(r"\\(.)", re.DOTALL)
SIGNS = {"t": "\t", "n": "\n", "r": "\r"}
NOTHING = r"\N"
FROM_TEXT: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("smallint", "integer", "bigint"), int),
    **dict.fromkeys(("real", "double precision", "numeric"), float),
}


def fields_of_text(line: bytes) -> tuple[str | None, ...]:
    """The fields of a line, as texts."""
    fields = line.decode("utf-8", "replace").split("\t")
    return tuple(None if field == NOTHING else _unescaped(field) for field in fields)


def values_of_text(line: bytes, types: Sequence[str]) -> StagedRow:
    """A line as a row for columns of these types. A field that is no value of its column's type stays a text."""
    number, *fields = fields_of_text(line)
    kinds = [*types, *[""] * len(fields)]
    values = [_read(field, FROM_TEXT.get(kind)) for field, kind in zip(fields, kinds, strict=False)]
    return (_read(number, int), *values)


def _read(field: str | None, reader: Callable[[str], object] | None) -> object:
    try:
        return reader(field) if reader and field is not None else field
    except ValueError:
        return field


def _unescaped(field: str) -> str:
    return ESCAPED.sub(lambda found: SIGNS.get(found[1], found[1]), field) if "\\" in field else field
