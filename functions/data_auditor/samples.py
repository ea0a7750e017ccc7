"""Which rows of an edition's bytes an audit looks at: those that the brain drew by name, and some that it never saw."""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from company.pipeline.rows.copy_text import fields_of_text
from company.vertical import Parsed

RawRow = Sequence[object]
"""row_no, key, value ..., as a reader gives them."""
HOW_MANY = "how many rows"
"""The item under which the rows of the bytes and those in force are counted against each other."""


@dataclass(frozen=True)
class Difference:
    """A thing that was looked at and is not as it should be."""

    item: str
    expected: object
    found: object


@dataclass(frozen=True)
class Draw:
    """What the brain drew for this session: names, among how many, and a word by which rows of a file are drawn."""

    population: int
    items: Sequence[str]
    salt: str


@dataclass(frozen=True)
class PutAside:
    """A row of an edition that went to quarantine, and the thing that it is about, where that could be read."""

    row_no: int
    entity: str | None


@dataclass(frozen=True)
class EditionRules:
    """Whether the rows in force are those of this edition and no others: it is whole, and newer than any before it."""

    is_whole: bool
    max_unread: int
    """How many rows in force may be ones that could not be read this time."""


@dataclass(frozen=True)
class RowsToCompare:
    """Rows of the bytes to compare, drawn names that the bytes do not have, and how many rows the bytes give."""

    rows: Sequence[RawRow]
    absent: Sequence[str]
    in_bytes: int


def rows_to_compare(parsed: Parsed, drawn: Draw, put_aside: Collection[PutAside], most: int) -> RowsToCompare:
    """The drawn rows, and half as many again that are drawn from the bytes: a row that is not in force has no name."""
    wanted, left_out = set(drawn.items), {row.row_no for row in put_aside}
    lines = parsed.copy_text.splitlines() if parsed.copy_text else parsed.rows
    chosen = set(random.Random(drawn.salt).sample(range(len(lines)), min(most // 2, len(lines))))
    kept, met, in_bytes = [], set(), 0
    for number, (row_no, key, line) in enumerate(_named(lines)):
        met.add(key)
        if row_no in left_out:
            continue
        in_bytes += 1
        if number in chosen or key in wanted:
            kept.append(fields_of(line))
    unread = {row.entity for row in put_aside}
    return RowsToCompare(kept, sorted(wanted - met - unread), in_bytes)


def count_differs(rules: EditionRules, in_force: int, in_bytes: int) -> bool:
    """Whether more or fewer rows are in force than the edition's bytes give."""
    return rules.is_whole and not in_bytes <= in_force <= in_bytes + rules.max_unread


def fields_of(line: bytes | RawRow) -> RawRow:
    """A row as it is, or a line of COPY's text form taken apart."""
    return fields_of_text(line) if isinstance(line, bytes) else tuple(line)


def _named(lines: Sequence[bytes] | Sequence[RawRow]) -> Iterator[tuple[int, str, bytes | RawRow]]:
    """Each line with its row number and its key; of text only these two fields are read."""
    for line in lines:
        number, key = line.split(b"\t", 2)[:2] if isinstance(line, bytes) else (line[0], line[1])
        name = key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
        yield int(str(number, "ascii") if isinstance(number, bytes) else str(number)), name, line
