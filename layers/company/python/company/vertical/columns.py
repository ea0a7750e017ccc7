"""The names of a source's columns, for readers and builders: a renamed column changes one line of a list, and no code.

The list is a small file beside the reader, one line per column: our name, and every name under which it has come.
"""

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from company.text.files import read_utf8

LINE = re.compile(r"(?P<ours>[A-Za-z0-9_-]+) = (?P<names>\[.*\])")
ENTRIES = "_entries"
"""The line of a list of names that says where a document has its list of entries (company.vertical.envelopes)."""
SAME_VALUES = 0.5
"""Two columns are the same when half of the old one's values, or more, are in the new one, row by row."""

Table = Mapping[str, Sequence[object]]
"""A document's columns in their order, each with its values, as they came."""


@dataclass(frozen=True)
class Columns:
    """One source's columns. `read_columns` needs no reader, so that it works when the reader does not."""

    file: Path
    read_columns: Callable[[bytes], Table]
    rename: Callable[[bytes], bytes] | None = None
    """Renames one column of a body, as a publisher might; a drill plants it."""
    read_document: Callable[[bytes], object] | None = None
    """The whole document, where its list of entries may come in another envelope."""

    def known_names(self) -> dict[str, tuple[str, ...]]:
        return read_names(self.file)


@dataclass(frozen=True)
class RenamedColumn:
    """A column that comes under another name, and the evidence that it is the same one."""

    ours: str
    was: str
    becomes: str
    same_values: float
    is_same_place: bool


def read_names(file: Path) -> dict[str, tuple[str, ...]]:
    """Our name of each column, with every name or path under which it has come."""
    return {ours: names for ours, names in _lines(file).items() if ours != ENTRIES}


def read_entries(file: Path) -> tuple[str, ...]:
    """Every path at which a document has had its list of entries."""
    return _lines(file).get(ENTRIES, ())


def _lines(file: Path) -> dict[str, tuple[str, ...]]:
    return {ours: tuple(names) for ours, names in tomllib.loads(read_utf8(file)).items()}


def translation(file: Path) -> dict[str, str]:
    """Every known name of a column with ours; ValueError when one name belongs to two columns."""
    pairs = [(theirs, ours) for ours, names in read_names(file).items() for theirs in names]
    for theirs, _ in pairs:
        if [name for name, _ in pairs].count(theirs) > 1:
            raise ValueError(f"{file.name}: {theirs} belongs to two columns")
    return dict(pairs)


def find_renamed(
    known: Mapping[str, Sequence[str]], before: Table, after: Table
) -> tuple[list[RenamedColumn], list[str]]:
    """Which columns were renamed between a document that was read and one that was not, and which are unexplained.

    A column is renamed when exactly one new column holds the values of the missing one. Nothing is guessed: a missing
    column with no such new column, or with several, is unexplained.
    """
    ours = {theirs: mine for mine, names in known.items() for theirs in names}
    gone = [name for name in before if name in ours and name not in after]
    new = [name for name in after if name not in before and name not in ours]
    found, unexplained = [], []
    for name in gone:
        likely = [
            c for c in (_compare(ours[name], name, to, before, after) for to in new) if c.same_values >= SAME_VALUES
        ]
        if len(likely) > 1:
            likely = [c for c in likely if c.is_same_place]
        if len(likely) == 1:
            found.append(likely[0])
        else:
            unexplained.append(name)
    taken = [rename.becomes for rename in found]
    twice = {rename.was for rename in found if taken.count(rename.becomes) > 1}
    return [r for r in found if r.was not in twice], [*unexplained, *sorted(twice)]


def add_names(text: str, renamed: Iterable[RenamedColumn], entries: str | None = None) -> str:
    """The file's text with each new name after the known ones; entries: a new path of the list of entries."""
    wanted = {rename.ours: rename.becomes for rename in renamed}
    if entries is not None:
        wanted[ENTRIES] = entries
    return "".join(_with_name(line, wanted) for line in text.splitlines(keepends=True))


def _compare(ours: str, was: str, becomes: str, before: Table, after: Table) -> RenamedColumn:
    is_same_place = list(before).index(was) == list(after).index(becomes)
    return RenamedColumn(ours, was, becomes, round(_share(was, becomes, before, after), 3), is_same_place)


def _share(was: str, becomes: str, before: Table, after: Table) -> float:
    """The share of rows in both documents with the same value in both columns; without common rows, of values."""
    for key in before:
        if key in after and len(rows := _by(key, before, was)) == len(before[key]) > 1:
            later = _by(key, after, becomes)
            both = rows.keys() & later.keys()
            return sum(_are_alike(rows[row], later[row]) for row in both) / len(both) if both else 0.0
    old, new = set(map(_text, before[was])), set(map(_text, after[becomes]))
    return len(old & new) / len(old) if old else 0.0


def _by(key: str, table: Table, column: str) -> dict[str, object]:
    return dict(zip(map(_text, table[key]), table[column], strict=True))


def _are_alike(one: object, other: object) -> bool:
    """The same, or numbers within one percent: a measured value moves from edition to edition."""
    if one == other:
        return True
    if not isinstance(one, str | int | float) or not isinstance(other, str | int | float):
        return False
    try:
        return math.isclose(float(one), float(other), rel_tol=0.01)
    except ValueError:
        return False


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _with_name(line: str, wanted: Mapping[str, str]) -> str:
    found = LINE.match(line)
    if found is None or found["ours"] not in wanted:
        return line
    names = [*json.loads(found["names"]), wanted[found["ours"]]]
    return f"{found['ours']} = {json.dumps(names, ensure_ascii=False)}{line[found.end() :]}"
