"""A document as its reader knows it, whatever it came as: by the source's list, and by nothing else.

So a publisher who moves, renames or respells something costs a line of the list, and no code.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from company.json_values import JsonObject
from company.vertical.columns import Columns, Form, read_form
from company.vertical.envelopes import at_path
from company.vertical.feeds import Malformed
from company.vertical.places import DocumentContent, Opened, write_place
from company.vertical.spellings import respell

LOOKED_AT = 50


def columns_of(
    reader: str,
    records: Callable[[bytes], Sequence[object]] | None = None,
    rename: Callable[[bytes], bytes] | None = None,
) -> Columns:
    """The list that stands beside a reader. reader: its own __file__."""
    file = Path(reader).with_suffix(".toml")
    return Columns(file, read_form(file), translate, records, rename)


def translate(form: Form, body: bytes) -> bytes:
    """The same document with its entries at the first place, under our names; as it came where it is so already."""
    try:
        content = DocumentContent(body)
    except Malformed:
        return body
    if (found := open_known(form, content)) is None:
        return body
    place, opened = found
    entries = [named(form, entry) for entry in opened.entries]
    is_same = all(new is old for new, old in zip(entries, opened.entries, strict=True))
    if is_same and place == form.places[0]:
        return body
    return write_place(form.places[0], Opened(opened.beside, entries), list(form.names))


def open_known(form: Form, content: DocumentContent) -> tuple[str, Opened] | None:
    """The first of the known places at which there are entries with a known name."""
    names = [name for known in form.names.values() for name in known]
    for place in form.places:
        opened = content.open(place)
        if opened and any(at_path(entry, name) is not None for entry in opened.entries[:LOOKED_AT] for name in names):
            return place, opened
    return None


def named(form: Form, entry: Any) -> Any:
    """An entry under our names and in our spellings; itself where it is so already."""
    if form.is_plain or not isinstance(entry, dict):
        return entry
    values = {ours: _first(entry, names) for ours, names in form.names.items()}
    values = {ours: respell(value, form.spelled.get(ours, ())) for ours, value in values.items()}
    changed = {ours: value for ours, value in values.items() if value is not None and at_path(entry, ours) is not value}
    for ours, value in changed.items():
        entry = _with(entry, ours, value)
    return entry


def _first(entry: JsonObject, names: Sequence[str]) -> object:
    found = (at_path(entry, name) for name in names)
    return next((value for value in found if value is not None), None)


def _with(entry: JsonObject, path: str, value: object) -> JsonObject:
    """A copy that has the value at a path; an object on the way that is not there is made."""
    first, dot, rest = path.partition(".")
    if not dot or path in entry:
        return {**entry, path: value}
    below = entry.get(first)
    return {**entry, first: _with(below if isinstance(below, dict) else {}, rest, value)}
