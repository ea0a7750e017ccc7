"""Two documents of one source side by side: what of the form of the second is new, as far as the values show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from company.vertical.columns import Columns, RenamedColumn, Table, find_renamed
from company.vertical.envelopes import flatten
from company.vertical.feeds import Malformed
from company.vertical.forms import open_known
from company.vertical.places import DocumentContent, find_place
from company.vertical.spellings import find_respelled, proven_spellings

SAMPLED_LINES = 20_000
"""Of a document of lines: enough to tell its columns by."""


@dataclass(frozen=True)
class FormComparison:
    """renamed: columns under another name. unexplained: columns that are gone, and nothing shows where to.

    place: where the entries are, when that is new. respelled: "column: spelling". unclear: what nobody can say.
    new: columns that only the second has.
    """

    renamed: Sequence[RenamedColumn]
    unexplained: Sequence[str]
    new: Sequence[str]
    rows: int
    good_rows: int
    place: str | None
    respelled: Sequence[str]
    unclear: Sequence[str]

    @property
    def is_certain(self) -> bool:
        """Whether something was found that explains it, and nothing is left that only somebody could say."""
        return bool(self.renamed or self.place or self.respelled) and not (self.unexplained or self.unclear)

    def in_words(self) -> list[str]:
        """What changed, in a few words each."""
        return [
            *(f"{column.was} comes as {column.becomes}" for column in self.renamed),
            *([f"its entries come at {self.place}"] if self.place else []),
            *(f"{' is written as '.join(respelled.split(': '))}" for respelled in self.respelled),
        ]


def compare(columns: Columns, good: bytes, failed: bytes) -> FormComparison:
    """Neither document's reader is asked: it works when the reader does not."""
    before, _ = _table(columns, good, {})
    after, place = _table(columns, failed, before)
    renamed, unexplained = find_renamed(columns.form.names, before, after) if after else ([], [])
    both = _renamed_and_respelled(columns, before, after, unexplained, renamed)
    renamed, unexplained = [*renamed, *both], [name for name in unexplained if name not in {one.was for one in both}]
    respelled, unclear = _respelled(columns, before, after, renamed)
    return FormComparison(
        renamed=renamed,
        unexplained=unexplained,
        new=[name for name in after if name not in before],
        rows=_rows(after),
        good_rows=_rows(before),
        place=place,
        respelled=respelled,
        unclear=unclear,
    )


def _table(columns: Columns, body: bytes, before: Table) -> tuple[Table, str | None]:
    """A document's columns, and the place of its entries where it is new."""
    try:
        if columns.records is not None:
            return flatten(columns.records(body)), None
        content = DocumentContent(body, SAMPLED_LINES)
    except Malformed:
        return {}, None
    form = columns.form
    if (known := open_known(form, content)) is not None:
        return flatten(known[1].entries), None
    key = next((name for name in next(iter(form.names.values())) if name in before), None)
    place = find_place(content, before[key] if key else (), list(form.names))
    opened = content.open(place) if place else None
    is_new = place not in form.places
    return (flatten(opened.entries), place if is_new else None) if opened else ({}, None)


def _renamed_and_respelled(
    columns: Columns, before: Table, after: Table, unexplained: Sequence[str], renamed: Sequence[RenamedColumn]
) -> list[RenamedColumn]:
    """Columns that come under another name and in another spelling: where one new column in one spelling, and no other,
    gives the values of before."""
    taken = {column.becomes for column in renamed}
    known = {theirs: ours for ours, names in columns.form.names.items() for theirs in names}
    new = [name for name in after if name not in before and name not in known and name not in taken]
    found = []
    for was in unexplained:
        ways = [(name, share) for name in new for share in proven_spellings(before, after, was, name).values()]
        if len(ways) == 1:
            [(becomes, share)] = ways
            is_same_place = list(before).index(was) == list(after).index(becomes)
            found.append(RenamedColumn(known[was], was, becomes, round(share, 3), is_same_place))
    names = [column.becomes for column in found]
    return [column for column in found if names.count(column.becomes) == 1]


def _respelled(
    columns: Columns, before: Table, after: Table, renamed: Sequence[RenamedColumn]
) -> tuple[list[str], list[str]]:
    """Each column that is written otherwise, with its spelling; and those of which nobody can say it."""
    moved = {column.was: column.becomes for column in renamed}
    found, unclear = [], []
    for ours, names in columns.form.names.items():
        was = next((name for name in names if name in before), None)
        becomes = moved.get(was, next((name for name in names if name in after), None)) if was else None
        if was is None or becomes is None:
            continue
        spelling, why = find_respelled(ours, before, after, was, becomes)
        if spelling is not None and spelling not in columns.form.spelled.get(ours, ()):
            found.append(f"{ours}: {spelling}")
        elif why:
            unclear.append(why)
    return found, unclear


def _rows(table: Table) -> int:
    return max((len(values) for values in table.values()), default=0)
