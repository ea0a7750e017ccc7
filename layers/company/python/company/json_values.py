"""Values and rows as JSON has them, for a model, a page or another process."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

JsonObject = Mapping[str, Any]
"""An object as JSON has it: a jsonb column, a Lambda event, a tool's arguments. Its fields are not known here."""


class RepeatedKey(ValueError):
    """An object that has one key more than once."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_json_once(text: str) -> Any:
    """What the text says; RepeatedKey where an object says a key twice, another ValueError where it is no JSON.

    Of two values of one key json.loads keeps the last, and the first would be lost without a word.
    """
    return json.loads(text, object_pairs_hook=_with_each_key_once)


def _with_each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for key, times in Counter(key for key, _ in pairs).items():
        if times > 1:
            raise RepeatedKey(key)
    return dict(pairs)


def json_ready(value: Any) -> Any:
    """Times become ISO text, spans hours, decimals floats, records objects; everything else stays as it is."""
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


def list_lengths(value: object) -> Iterator[int]:
    """The length of every list in a value, at every depth."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from list_lengths(part)
    elif isinstance(value, list | tuple):
        yield len(value)
        for part in value:
            yield from list_lengths(part)
