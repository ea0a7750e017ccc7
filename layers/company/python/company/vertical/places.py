"""Where a document has its entries, whatever it is: JSON, JSON Lines, or a table, whose lines some sign divides.

A place is a path of keys in a JSON document (one dot is the document itself); "values:" and a path, where the entries
are the values of an object; "lines:", one entry on each line; or "table:" and the sign between two cells. The place
that is found is the one whose entries hold what is known of the source. Nothing is guessed.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from company.json_values import JsonObject
from company.text.decoding import column_names, parse_json, read_table, read_text, split_lines
from company.vertical.details import Details
from company.vertical.envelopes import ITSELF, at_path, flatten, lists_in, open_envelope
from company.vertical.feeds import Malformed

VALUES, LINES, TABLE = "values", "lines", "table"
DIVIDERS = (",", ";", "\t", "|")
KEY = "*"
"""The name of the key under which an entry stood among the values of an object."""
REMARK = "#"
LEAST_SHARED = 0.5
"""Of the known ids, or of the known names, that a place's entries must have."""


@dataclass(frozen=True)
class Opened:
    """A document's entries, and what stands beside them. An entry that cannot be read is its text."""

    beside: JsonObject
    entries: Sequence[Any]


class DocumentContent:
    """A document's content, read as far as somebody asks. Malformed when it cannot be unpacked.

    most: of lines, where the beginning is enough; None for all.
    """

    def __init__(self, body: bytes, most: int | None = None) -> None:
        self.text = read_text(body, Details())
        self._most = most

    @cached_property
    def document(self) -> object:
        """The whole as JSON; None where it is none."""
        try:
            return parse_json(self.text)
        except Malformed:
            return None

    def open(self, place: str) -> Opened | None:
        """What is there; None where this document has no entries."""
        kind, _, rest = place.partition(":")
        if kind == VALUES:
            return _open_values(self.document, rest)
        if kind == LINES:
            return self._open_lines()
        if kind == TABLE:
            return self._open_table(rest)
        found = open_envelope(self.document, [place])
        return Opened(found[0], found[1]) if found and _has_entries(found[1]) else None

    def places(self) -> Iterator[str]:
        """Every place at which this document may have its entries."""
        if self.document is not None:
            yield from (path for path, _ in lists_in(self.document))
            yield from (f"{VALUES}:{path}" for path in _objects_in(self.document))
        elif self._open_lines():
            yield f"{LINES}:"
        else:
            yield from (f"{TABLE}:{sign}" for sign in DIVIDERS)

    def _open_lines(self) -> Opened | None:
        lines = [line for line in split_lines(self.text)[: self._most] if line.strip()]
        if len(lines) < 2 and self.document is not None and not isinstance(self.document, dict):
            return None
        entries = [_line(line) for line in lines]
        return Opened({}, entries) if _has_entries(entries) and not isinstance(entries[0], str) else None

    @cached_property
    def _table(self) -> tuple[list[str], list[str]]:
        """The remarks above a table, and its lines."""
        lines = split_lines(self.text)[: self._most]
        remarks = next((n for n, line in enumerate(lines) if not line.startswith(REMARK)), len(lines))
        return lines[:remarks], lines[remarks:]

    def _open_table(self, sign: str) -> Opened | None:
        remarks, lines = self._table
        if not lines or self.document is not None or len(column_names(lines[0], sign)) < 2:
            return None
        rows = read_table("\n".join(lines).encode(), Details(), (), sign)
        return Opened({REMARK: remarks}, [row.raw if row.cells is None else dict(row.cells) for row in rows])


def find_place(content: DocumentContent, ids: Sequence[object], names: Sequence[str]) -> str | None:
    """The one place whose entries have the known ids, or the known names; None where none or several have."""
    likely = [place for place in content.places() if _is_known(content.open(place), set(map(_text, ids)), names)]
    return likely[0] if len(likely) == 1 else None


def write_place(place: str, opened: Opened, names: Sequence[str]) -> bytes:
    """A document that has these entries at that place. names: the columns of a table, in their order."""
    kind, _, rest = place.partition(":")
    if kind == TABLE:
        return _write_table(rest, opened, names)
    if kind == LINES:
        lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in opened.entries]
        return "".join(f"{line}\n" for line in lines).encode()
    if kind == VALUES:
        return json.dumps(dict(_keyed(n, entry) for n, entry in enumerate(opened.entries))).encode()
    whole: Any = list(opened.entries)
    for key in reversed(place.split(".")) if place != ITSELF else ():
        whole = {key: whole}
    return json.dumps(whole if place == ITSELF else {**opened.beside, **whole}).encode()


def _open_values(document: object, path: str) -> Opened | None:
    found = document if path == ITSELF else at_path(document, path)
    if not isinstance(found, Mapping):
        return None
    entries = [{KEY: key, **value} if isinstance(value, dict) else value for key, value in found.items()]
    return Opened({}, entries) if _has_entries(entries) else None


def _objects_in(document: object, path: str = ITSELF) -> Iterator[str]:
    """The paths of objects whose values are all objects, of two levels."""
    if not isinstance(document, Mapping) or not document:
        return
    if all(isinstance(value, Mapping) for value in document.values()):
        yield path
    for key, value in document.items() if path == ITSELF else ():
        yield from _objects_in(value, str(key))


def _line(line: str) -> Any:
    try:
        read = parse_json(line)
    except Malformed:
        return line
    return read if isinstance(read, dict) else line


def _has_entries(entries: Sequence[object]) -> bool:
    return any(isinstance(entry, Mapping) for entry in entries)


def _is_known(opened: Opened | None, ids: set[str], names: Sequence[str]) -> bool:
    if opened is None:
        return False
    table = flatten(opened.entries)
    shares = [len(ids & set(map(_text, values))) for values in table.values()]
    has_ids = bool(ids) and max(shares, default=0) >= LEAST_SHARED * len(ids)
    return has_ids or sum(name in table for name in names) > LEAST_SHARED * len(names)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _keyed(number: int, entry: Any) -> tuple[str, Any]:
    if not isinstance(entry, dict):
        return str(number), entry
    return str(entry.get(KEY, number)), {name: value for name, value in entry.items() if name != KEY}


def _write_table(sign: str, opened: Opened, names: Sequence[str]) -> bytes:
    """A line that could not be read goes as it came: its own reader sets it aside."""
    entries = [entry for entry in opened.entries if isinstance(entry, Mapping)]
    header = [name for name in names if any(name in entry for entry in entries)]
    out = io.StringIO()
    out.writelines(f"{remark}\n" for remark in opened.beside.get(REMARK, ()))
    writer = csv.writer(out, delimiter=sign, lineterminator="\n")
    writer.writerow(header)
    for entry in opened.entries:
        if isinstance(entry, Mapping):
            writer.writerow(["" if entry.get(name) is None else entry[name] for name in header])
        else:
            out.write(f"{entry}\n")
    return out.getvalue().encode("utf-8", "replace")
