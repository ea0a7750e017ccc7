"""How dates and numbers are written: each spelling is read to the one that every reader knows, or not at all.

A spelling shows in each value by itself: 97 in the place of 0.97 does not, and is nobody's to divide.

11/03/2026 is a day in March or in November. Which one it is the data says: a value that only one reading has, or the
same entries in the last document that was read. Where neither says it, nobody chooses.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from company.vertical.columns import SAME_VALUES, Table, share_of_rows

THREE_NUMBERS = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})([/. ]?)(\d{1,2})\2(\d{1,2})")
COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
PERCENT = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*%")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
WHOLE_NUMBER = re.compile(r"-?\d{9,13}")
NAMED_MONTHS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y")
MILLISECONDS_FROM = 10**11
"""As seconds it is the year 5138, as milliseconds 1973."""
YEARS = range(1970, 2100)
OF_A_KIND = 0.9
"""Of a column's values, to say what kind it is; the others may be empty words."""


def _day_first(text: str) -> str:
    return _of_numbers(text, day=1, month=2)


def _month_first(text: str) -> str:
    return _of_numbers(text, day=2, month=1)


def _of_numbers(text: str, *, day: int, month: int) -> str:
    found = _matched(THREE_NUMBERS, text)
    return date(int(found[3]), int(found[month]), int(found[day])).isoformat()


def _year_first(text: str) -> str:
    found = _matched(YEAR_FIRST, text)
    return date(int(found[1]), int(found[3]), int(found[4])).isoformat()


def _named_month(text: str) -> str:
    for form in NAMED_MONTHS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    raise ValueError("no month is named")


def _of_mail(text: str) -> str:
    """RFC 2822: Wed, 11 Mar 2026 10:00:00 +0000."""
    if "," not in text and ":" not in text:
        raise ValueError("no date of a mail")
    return parsedate_to_datetime(text).isoformat()


def _epoch(text: str) -> str:
    """Seconds since 1970, or thousandths of them: no moment of these years is both."""
    number = int(_matched(WHOLE_NUMBER, text)[0])
    return datetime.fromtimestamp(number / 1000 if abs(number) >= MILLISECONDS_FROM else number, UTC).isoformat()


def _comma(text: str) -> str:
    return _matched(COMMA, text)[0].replace(",", ".")


def _percent(text: str) -> str:
    return repr(round(float(_matched(PERCENT, text)[1].replace(",", ".")) / 100, 12))


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    if (found := pattern.fullmatch(text)) is None:
        raise ValueError(f"{text!r:.40} is written otherwise")
    return found


DATES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "day/month/year": _day_first,
        "month/day/year": _month_first,
        "year/month/day": _year_first,
        "month by name": _named_month,
        "RFC 2822": _of_mail,
        "seconds since 1970": _epoch,
    }
)
NUMBERS: Mapping[str, Callable[[str], str]] = MappingProxyType({"decimal comma": _comma, "percent": _percent})


def respell(value: object, spellings: Sequence[str]) -> object:
    """The value as every reader knows it; what is written otherwise stays as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    for spelling in spellings:
        try:
            read = {**DATES, **NUMBERS}[spelling](str(value).strip())
        except (ValueError, OverflowError, OSError):
            continue
        return read if spelling in NUMBERS or int(read[:4]) in YEARS else value
    return value


def find_respelled(ours: str, before: Table, after: Table, was: str, becomes: str) -> tuple[str | None, str]:
    """The one spelling that explains a column's new values; else None, and why nobody can say it ('' where it is well).

    was, becomes: the column's name in the document that was read, and in the one that was not.
    """
    kind = _kind(before[was])
    same = share_of_rows(was, becomes, before, after)
    if kind is None or (_is_of(kind, after[becomes]) and (same is None or same >= SAME_VALUES)):
        return None, ""
    spellings = DATES if kind is DATES else NUMBERS
    likely = [name for name in spellings if _explains(name, before, after, was, becomes)]
    if len(likely) == 1:
        return likely[0], ""
    if _is_of(kind, after[becomes]):
        return None, ""
    shown = next((value for value in after[becomes] if value not in (None, "")), None)
    return None, f"{ours} is written as {shown!r:.40}, which {' or '.join(likely) or 'no spelling'} explains"


def proven_spellings(before: Table, after: Table, was: str, becomes: str) -> dict[str, float]:
    """The spellings in which the second column gives the first one's values, and of how many entries; none where no
    entry is in both documents."""
    kind = _kind(before[was])
    if kind is None or share_of_rows(was, becomes, before, after) is None:
        return {}
    shares = {name: _share_read(name, before, after, was, becomes) for name in kind}
    return {name: share for name, share in shares.items() if share is not None and share >= SAME_VALUES}


def _explains(spelling: str, before: Table, after: Table, was: str, becomes: str) -> bool:
    """Whether every value can be read so, and gives the same as before in the entries that both documents have."""
    share = _share_read(spelling, before, after, was, becomes)
    return share is None or share >= SAME_VALUES


def _share_read(spelling: str, before: Table, after: Table, was: str, becomes: str) -> float | None:
    """How many entries of both documents have the same value, read so; 0 where nearly none is written so."""
    values = [value for value in after[becomes] if value not in (None, "")]
    read = [respell(value, [spelling]) for value in after[becomes]]
    changed = sum(new != old for new, old in zip(read, after[becomes], strict=True))
    if not values or changed < OF_A_KIND * len(values):
        return 0.0
    return share_of_rows(was, becomes, _cut(before, was), _cut({**after, becomes: read}, becomes))


def _cut(table: Table, column: str) -> Table:
    """Dates without the time of day: one spelling has it, and another has not."""
    if _kind(table[column]) is not DATES:
        return table
    return {**table, column: [value[:10] if isinstance(value, str) else value for value in table[column]]}


def _kind(values: Sequence[object]) -> Mapping[str, Callable[[str], str]] | None:
    return next((kind for kind in (DATES, NUMBERS) if _is_of(kind, values)), None)


def _is_of(kind: Mapping[str, Callable[[str], str]], values: Sequence[object]) -> bool:
    """Whether nearly all values are dates, or numbers, as every reader knows them."""
    given = [str(value).strip() for value in values if value not in (None, "") and not isinstance(value, bool)]
    is_one = _is_date if kind is DATES else _is_number
    return bool(given) and sum(map(is_one, given)) >= OF_A_KIND * len(given)


def _is_date(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text)) and "-" in text
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None
