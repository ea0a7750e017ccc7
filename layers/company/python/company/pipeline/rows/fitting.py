"""Makes the values of a row fit the columns in which it is stored, so that nothing that a file can hold stops staging.

A text is cleaned and cut. What no cleaning makes right (a word in a number's place, a number beyond its type) is a
Misfit, which costs that row and says which column it was.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from company.text.cleaning import storable
from company.text.wording import counted
from company.vertical.details import Details
from company.vertical.feeds import Reject, StagedRow

LONGEST_TEXT = 10_000
"""Signs of one value. A description of 3 MB came once; nobody reads more than a page of it."""
LONGEST_KEY = 400
"""Signs of a row's id: an index of Postgres takes 2,704 bytes, and a sign has up to four."""
LONGEST_LIST = 1000
LONGEST_RAW = 2000
LONGEST_REASON = 500
LONGEST_SHOWN = 200
MOST_BITS = 64
CUT = "..."
CUT_TEXT = "texts longer than 10,000 signs, which were cut"
CUT_LIST = "lists longer than 1,000 values, which were cut"
"""The fields under which they are counted among an edition's details."""
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?")
"""A number that came as a text is one; a word in a number's place is none."""
LARGEST_REAL = 3.4028234e38
SMALLEST_REAL = 1.2e-38
LARGEST_NUMERIC = 10**300


class Misfit(ValueError):
    """A value that its column cannot hold; the message says what it is instead."""


class Fitter:
    """Makes rows fit the columns of one stream. What is cut is counted in details."""

    def __init__(self, columns: Sequence[str], types: Sequence[str], details: Details) -> None:
        self._columns = columns
        self._details = details
        by_type = {**FITS, "text": self._text, "text[]": self._list}
        self._fits = [by_type.get(kind, _any) for kind in types]

    def fit(self, row: StagedRow) -> StagedRow:
        """The row (row_no, key, value ...) as Postgres takes it, itself when nothing is to change; Misfit when not."""
        if len(row) != len(self._columns) + 1:
            raise Misfit(f"the row has {counted(max(0, len(row) - 1), 'value')} and not {len(self._columns)}")
        number, *values = row
        fitted: list[object] = [number]
        try:
            for fits, value in zip(self._fits, values, strict=True):
                fitted.append(None if value is None else fits(value))
        except Misfit as misfit:
            raise Misfit(f"{self._columns[len(fitted) - 1]} is {misfit}") from misfit
        _require_key(fitted[1])
        return row if tuple(fitted) == row else tuple(fitted)

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise Misfit(f"{_named(value)} and no text")
        if len(value) > LONGEST_TEXT:
            self._details.count(CUT_TEXT, value[:LONGEST_TEXT])
            return storable(value[: LONGEST_TEXT - len(CUT)]) + CUT
        return storable(value)

    def _list(self, value: object) -> list[str | None]:
        if not isinstance(value, list | tuple):
            raise Misfit(f"{_named(value)} and no list")
        if len(value) > LONGEST_LIST:
            self._details.count(CUT_LIST, len(value))
        return [None if one is None else self._text(one) for one in value[:LONGEST_LIST]]


def _require_key(key: object) -> None:
    if key is None or not str(key).strip():
        raise Misfit("the row has no id")
    if len(str(key)) > LONGEST_KEY:
        raise Misfit(f"its id has {len(str(key)):,} signs; the most are {LONGEST_KEY}")


def show_row(columns: Sequence[str], row: StagedRow) -> str:
    """A row as a reader of quarantine sees it: each column with the beginning of its value."""
    return ", ".join(f"{column}: {_shown(value)}" for column, value in zip(columns, row[1:], strict=False))


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return f"a number of {value.bit_length()} bits"
    return str(value[:LONGEST_SHOWN] if isinstance(value, str | list | tuple) else value)[:LONGEST_SHOWN]


def fit_reject(reject: Reject, number: int) -> Reject:
    """A row that cannot be read, under its number, as quarantine takes it: every text cleaned and bounded."""
    reason = storable(str(reject.reason))[:LONGEST_REASON].strip() or "it cannot be read"
    entity = storable(str(reject.entity))[:LONGEST_KEY] if reject.entity is not None else None
    return Reject(number, reason, storable(str(reject.raw)[:LONGEST_RAW]), entity)


def _any(value: object) -> object:
    return value


def _whole(limit: int) -> Callable[[object], int]:
    def fit(value: object) -> int:
        if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value):
            return fit(int(value))
        if isinstance(value, bool) or not isinstance(value, int):
            raise Misfit(f"{_named(value)} and no whole number")
        if not -limit <= value < limit:
            raise Misfit("a number beyond its column's range")
        return value

    return fit


def _real(value: object) -> float:
    number = _finite(value)
    if abs(number) > LARGEST_REAL:
        raise Misfit("a number beyond its column's range")
    return 0.0 if abs(number) < SMALLEST_REAL else number


def _finite(value: object) -> float:
    if isinstance(value, str) and NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Misfit(f"{_named(value)} and no number")
    try:
        number = float(value)
    except OverflowError as error:
        raise Misfit("a number beyond its column's range") from error
    if not math.isfinite(number):
        raise Misfit("no finite number")
    return number


def _numeric(value: object) -> object:
    if abs(_finite(value)) > LARGEST_NUMERIC:
        raise Misfit("a number beyond its column's range")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Misfit(f"{_named(value)} and not true or false")
    return value


def _day(value: object) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Misfit(f"{_named(value)} and no date")
    return value


def _moment(value: object) -> datetime:
    """In UTC, because at the ends of the calendar another zone's moment is in a year that nobody can read back."""
    if not isinstance(value, datetime):
        raise Misfit(f"{_named(value)} and no moment")
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (OverflowError, ValueError) as error:
        raise Misfit("a moment outside the years 1 to 9999") from error


FITS: Mapping[str, Callable[[object], object]] = {
    "smallint": _whole(2**15),
    "integer": _whole(2**31),
    "bigint": _whole(2**63),
    "real": _real,
    "double precision": _finite,
    "numeric": _numeric,
    "boolean": _boolean,
    "date": _day,
    "timestamp with time zone": _moment,
}
"""By the type of a column. A value for any other type is left to Postgres, and costs its row where that refuses it."""
WORDS = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


def _named(value: object) -> str:
    return WORDS.get(type(value), f"a {type(value).__name__}")
