"""Where a document has its list of entries, and where an entry has a value: as paths of keys, divided by dots.

A publisher may put the list into another envelope, or a value one level deeper; then a path in the source's list of
names changes, and no code. The path of a document that is the list itself is one dot.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from company.json_values import JsonObject

ITSELF = "."
DEEPEST = 4
"""Levels below which neither a list nor a value is looked for."""


def at_path(value: object, path: str) -> object:
    """The value at a path, or None. A key that is written with dots itself counts first."""
    if not isinstance(value, Mapping):
        return value if path == ITSELF else None
    if path in value:
        return value[path]
    first, dot, rest = path.partition(".")
    return at_path(value[first], rest) if dot and first in value and rest else None


def open_envelope(document: object, paths: Sequence[str]) -> tuple[JsonObject, list[object]] | None:
    """What stands beside the list and above it, and the list at the first of the paths that leads to one."""
    for path in paths:
        found = at_path(document, path)
        if isinstance(found, list):
            return _beside(document, path), found
    return None


def lists_in(document: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[JsonObject]]]:
    """Every list of objects in a document, with its path."""
    if isinstance(document, list) and any(isinstance(entry, Mapping) for entry in document):
        yield path or ITSELF, [entry for entry in document if isinstance(entry, dict)]
    elif isinstance(document, Mapping) and depth < DEEPEST:
        for key, value in document.items():
            yield from lists_in(value, f"{path}.{key}" if path else str(key), depth + 1)


def flatten(entries: Sequence[object]) -> dict[str, list[object]]:
    """The columns of a list of entries; those of an object within an entry are named by their path."""
    flat = [dict(_leaves(entry)) for entry in entries if isinstance(entry, Mapping)]
    names = dict.fromkeys(name for entry in flat for name in entry)
    return {name: [entry.get(name) for entry in flat] for name in names}


def _leaves(entry: Mapping[str, object], path: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    for key, value in entry.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping) and value and depth < DEEPEST:
            yield from _leaves(value, f"{name}.", depth + 1)
        else:
            yield name, value


def _beside(document: object, path: str) -> JsonObject:
    """The values of every object on the way to the list, the nearest last, without what is on the way."""
    found: dict[str, Any] = {}
    for key in path.split("."):
        if not isinstance(document, Mapping):
            break
        found |= {name: value for name, value in document.items() if name != key}
        document = document.get(key)
    return found
