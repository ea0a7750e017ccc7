"""The last good document of a source with one thing wrong in each copy: what a reader refuses it must go on refusing.

A replay reads only sound documents, so it cannot show what a changed reader has begun to accept.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from company.vertical.columns import Columns
from company.vertical.envelopes import at_path
from company.vertical.feeds import Malformed
from company.vertical.forms import open_known
from company.vertical.places import DocumentContent, Opened, write_place

MOST_ENTRIES = 100
"""Of each copy: what is refused in these is refused in all."""
NONSENSE = "?"


def damaged_documents(columns: Columns, body: bytes) -> dict[str, bytes]:
    """Each copy by what is wrong with it; none of a document whose entries cannot be taken out one by one."""
    try:
        found = None if columns.records else open_known(columns.form, DocumentContent(body, MOST_ENTRIES))
    except Malformed:
        found = None
    if found is None:
        return {}
    place, opened = found
    entries = [entry for entry in opened.entries[:MOST_ENTRIES] if isinstance(entry, dict)]

    def written(change: Callable[[dict[str, Any]], dict[str, Any]], few: Sequence[dict[str, Any]] = entries) -> bytes:
        return write_place(place, Opened(opened.beside, [change(entry) for entry in few]), _columns(entries))

    damaged = {"empty": written(dict, []), "cut": body[: len(body) // 2], "twice": written(dict, [*entries, *entries])}
    for names in columns.form.names.values():
        for name in [name for name in names if any(at_path(entry, name) is not None for entry in entries)][:1]:
            path = name.split(".")
            damaged[f"without {name}"] = written(partial(_changed, path=path, value=None))
            damaged[f"nonsense in {name}"] = written(partial(_changed, path=path, value=NONSENSE))
    return damaged


def _columns(entries: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for entry in entries for name in entry))


def _changed(entry: dict[str, Any], path: Sequence[str], value: str | None) -> dict[str, Any]:
    """A copy with another value at a path, or without it."""
    first, *rest = path
    if first not in entry:
        return entry
    if rest:
        below = entry[first]
        return {**entry, first: _changed(below, rest, value)} if isinstance(below, dict) else entry
    others = {name: kept for name, kept in entry.items() if name != first}
    return others if value is None else {**entry, first: value}
