"""The names of a source's columns, for readers and builders: a renamed column changes one line of a list, and no code.

The list is a small file beside the reader: one line for each column (our name, and every name or path under which it
has come), where the entries are (`_entries`), how a value is spelled (`_spelled`), where an address has moved to
(`_moved`), and what a word means that the reader does not know (`_words`).
"""

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from company.text.files import read_utf8

LINE = re.compile(r'(?P<ours>[A-Za-z0-9_-]+|"[^"]+") = (?P<names>\[.*\])')
ENTRIES = "_entries"
"""The line that says where a document has its entries (company.vertical.places)."""
SPELLED = "_spelled"
"""The line that says which columns are written otherwise than their reader knows (company.vertical.spellings)."""
MOVED = "_moved"
"""The line that says which address has which new home: "old -> new"."""
ARROW = " -> "
WORDS = "_words"
"""The line that says which word of which vocabulary means which known one: "field: new = known"."""
MEANS = " = "
SAME_VALUES = 0.5
"""Two columns are the same when half of the old one's values, or more, are in the new one, row by row."""
SAME_SHAPE = 0.9
FREE_TEXT = 0.5
"""Of a column's values as many different shapes: it is text, and says nothing by its shape."""
IS_FILLED = 0.5
"""A column that fewer entries have may be missing in a document by chance."""
EMPTY: tuple[object, ...] = (None, "", [], {})

Table = Mapping[str, Sequence[object]]
"""A document's columns in their order, each with its values, as they came."""


@dataclass(frozen=True)
class Form:
    """What a list says. places, names: the first is what the reader knows; spelled: the spellings of a column.

    moved: by address, its new home; words: by field, what a word in small letters means.
    """

    places: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    spelled: Mapping[str, tuple[str, ...]]
    moved: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def is_plain(self) -> bool:
        """Whether documents come as their reader knows them, so that nothing is to be translated."""
        is_named = all(names == (ours,) for ours, names in self.names.items())
        return is_named and len(self.places) < 2 and not self.spelled

    def at_home(self, addresses: Sequence[str], *, keeps_old: bool) -> tuple[str, ...]:
        """The addresses where they are now, each once; those that have moved stand last where they are kept at all."""
        now = [self._home(address) for address in addresses]
        old = [address for address in addresses if address in self.moved] if keeps_old else []
        return tuple(dict.fromkeys([*now, *old]))

    def _home(self, address: str) -> str:
        seen = {address}
        while (home := self.moved.get(address)) is not None and home not in seen:
            seen.add(home)
            address = home
        return address


@dataclass(frozen=True)
class Columns:
    """One source's list, and how its documents are opened without their reader."""

    file: Path
    form: Form
    translate: Callable[[Form, bytes], bytes]
    """A document as its reader knows it (company.vertical.forms)."""
    records: Callable[[bytes], Sequence[object]] | None = None
    """The first entries of an archive; None where a document is not one."""
    rename: Callable[[bytes], bytes] | None = None
    """Renames one column of a body, as a publisher might; a drill plants it."""

    def apply(self, body: bytes) -> bytes:
        return body if self.form.is_plain or self.records else self.translate(self.form, body)


@dataclass(frozen=True)
class RenamedColumn:
    """A column that comes under another name, and the evidence that it is the same one.

    is_by_shape: no row is in both documents; the name has the same letters, and the values the same shape.
    """

    ours: str
    was: str
    becomes: str
    same_values: float
    is_same_place: bool
    is_by_shape: bool = False


def read_form(file: Path) -> Form:
    """ValueError when one name belongs to two columns, or when a spelling names no column."""
    return parse_form(file.name, read_utf8(file))


def parse_form(file: str, text: str) -> Form:
    """The same of a list's text; file: its name, for messages."""
    lines = {ours: tuple(names) for ours, names in tomllib.loads(text).items()}
    names = {ours: theirs for ours, theirs in lines.items() if ours not in (ENTRIES, SPELLED, MOVED, WORDS)}
    every = [theirs for known in names.values() for theirs in known]
    for theirs in every:
        if every.count(theirs) > 1:
            raise ValueError(f"{file}: {theirs} belongs to two columns")
    spelled: dict[str, tuple[str, ...]] = {}
    for line in lines.get(SPELLED, ()):
        ours, _, spelling = line.partition(": ")
        if ours not in names:
            raise ValueError(f"{file}: {ours} is no column")
        spelled[ours] = (*spelled.get(ours, ()), spelling)
    return Form(
        lines.get(ENTRIES, ()), names, spelled, _moved(file, lines.get(MOVED, ())), _words(file, lines.get(WORDS, ()))
    )


def _moved(file: str, lines: Sequence[str]) -> dict[str, str]:
    """ValueError for a line that is none, or when one address has two new homes."""
    moved: dict[str, str] = {}
    for line in lines:
        old, arrow, new = line.partition(ARROW)
        if not (old and arrow and new) or old in moved:
            raise ValueError(f"{file}: {line} says of no address, or once more, where it is")
        moved[old] = new
    return moved


def _words(file: str, lines: Sequence[str]) -> dict[str, dict[str, str]]:
    """ValueError for a line that is none, or when one word means two things."""
    words: dict[str, dict[str, str]] = {}
    for line in lines:
        field_, _, rest = line.partition(": ")
        word, _, known = rest.rpartition(MEANS)
        if not (field_ and word and known) or word.lower() in words.get(field_, {}):
            raise ValueError(f"{file}: {line} says of no word, or once more, what it means")
        words.setdefault(field_, {})[word.lower()] = known
    return words


def find_renamed(
    known: Mapping[str, Sequence[str]], before: Table, after: Table
) -> tuple[list[RenamedColumn], list[str]]:
    """Which columns were renamed between a document that was read and one that was not, and which are unexplained.

    A column is renamed when exactly one new column holds the values of the missing one. Where the documents have no
    row in common, its name must have the same letters and its values the same shape. Nothing is guessed: a missing
    column that most entries had, and with no such new column or with several, is unexplained.
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
        elif _filled(before[name]) >= IS_FILLED:
            unexplained.append(name)
    taken = [rename.becomes for rename in found]
    twice = {rename.was for rename in found if taken.count(rename.becomes) > 1}
    return [r for r in found if r.was not in twice], [*unexplained, *sorted(twice)]


def add_names(
    text: str,
    renamed: Iterable[RenamedColumn],
    place: str | None = None,
    spelled: Iterable[str] = (),
    moved: Iterable[str] = (),
    words: Iterable[str] = (),
) -> str:
    """The file's text with each new name, place, spelling, home of an address and word after the known ones."""
    wanted = {rename.ours: [rename.becomes] for rename in renamed}
    wanted |= {ENTRIES: [place]} if place is not None else {}
    wanted |= {
        line: given for line, lines in ((SPELLED, spelled), (MOVED, moved), (WORDS, words)) if (given := list(lines))
    }
    known = {_unquoted(found["ours"]) for line in text.splitlines() if (found := LINE.match(line))}
    lines = [_with_names(line, wanted) for line in text.splitlines(keepends=True)]
    return "".join([*lines, *(f"{ours} = {_written(names)}\n" for ours, names in wanted.items() if ours not in known)])


def _compare(ours: str, was: str, becomes: str, before: Table, after: Table) -> RenamedColumn:
    is_same_place = list(before).index(was) == list(after).index(becomes)
    share = share_of_rows(was, becomes, before, after)
    if share is not None:
        return RenamedColumn(ours, was, becomes, round(share, 3), is_same_place)
    shape = _share_of_shape(before[was], after[becomes]) if _letters(was) == _letters(becomes) else 0.0
    return RenamedColumn(ours, was, becomes, round(shape if shape >= SAME_SHAPE else 0.0, 3), is_same_place, True)


def share_of_rows(was: str, becomes: str, before: Table, after: Table) -> float | None:
    """The share of rows in both documents with the same value in both columns; where nothing names a row, of values.

    None where no row is in both.
    """
    is_named = False
    for key in before:
        if key in after and len(rows := _by(key, before, was)) == len(before[key]) > 1:
            later = _by(key, after, becomes)
            both = rows.keys() & later.keys()
            is_named = True
            if both:
                return sum(_are_alike(rows[row], later[row]) for row in both) / len(both)
    if is_named:
        return None
    old, new = set(map(_text, before[was])), set(map(_text, after[becomes]))
    return len(old & new) / len(old) if old else 0.0


def _share_of_shape(before: Sequence[object], after: Sequence[object]) -> float:
    """Of the new values, the share whose shape an old one has."""
    old, new = [list(map(_shape, filter(_is_filled, values))) for values in (before, after)]
    known = set(old)
    if len(known) > 1 + FREE_TEXT * len(old):
        known = {shape for shape in {*old, *new} if shape[:1] not in "[{"}
    return sum(shape in known for shape in new) / len(new) if new else 0.0


def _shape(value: object) -> str:
    """'9-9-9' of a date, 'a-9-9' of an id: runs of digits and of letters."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", _text(value))) if not isinstance(value, list | dict) else "[{"


def _letters(name: str) -> str:
    """The last part of a path, without signs and in small letters."""
    return re.sub(r"[\W_]", "", name.rpartition(".")[2]).lower()


def _is_filled(value: object) -> bool:
    return value not in EMPTY


def _filled(values: Sequence[object]) -> float:
    return sum(map(_is_filled, values)) / len(values) if values else 0.0


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


def _with_names(line: str, wanted: Mapping[str, Sequence[str]]) -> str:
    found = LINE.match(line)
    if found is None or (ours := _unquoted(found["ours"])) not in wanted:
        return line
    names = [*json.loads(found["names"]), *wanted[ours]]
    return f"{found['ours']} = {_written(names)}{line[found.end() :]}"


def _written(names: Sequence[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)


def _unquoted(ours: str) -> str:
    return ours.strip('"')
