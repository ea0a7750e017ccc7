"""Rows in the few shapes that JSON knows, for whoever hands a result to a model, a page or another process."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

JsonObject = Mapping[str, Any]
"""What JSON calls an object: a jsonb column, a Lambda event, a tool's arguments. What it holds is not known here."""


def json_ready(value: Any) -> Any:
    """Times become ISO text, spans hours, decimals numbers, records objects of their fields; everything else stays."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return round(value.total_seconds() / 3600, 2)
        case Decimal():
            return float(value)
        case Mapping():
            return {str(name): json_ready(part) for name, part in value.items()}
        case list() | tuple() | set():
            return [json_ready(part) for part in value]
        case _:
            return json_ready(vars(value)) if is_dataclass(value) else value


def json_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same for the rows of a query."""
    return [{name: json_ready(part) for name, part in row.items()} for row in rows]


def list_lengths(thing: Any) -> Iterator[int]:
    """How many of anything there are, at every depth: a count is a fact too."""
    if isinstance(thing, Mapping):
        for part in thing.values():
            yield from list_lengths(part)
    elif isinstance(thing, list | tuple):
        yield len(thing)
        for part in thing:
            yield from list_lengths(part)
