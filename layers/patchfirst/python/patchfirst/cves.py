"""What the sources of CVEs have in common: one way to read texts, dates and weaknesses."""

import html
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from html.entities import html5

from company.json_values import JsonObject
from company.text.cleaning import visible
from company.vertical import Details
from company.vertical.feeds import default_stamp

LONGEST_NAME = 500
LONGEST_TEXT = 2000
NO_DATE = frozenset({"", "-", "n/a", "na", "none", "null", "unknown", "tbd"})
"""What people write for a date that they do not know."""
YEARS = range(1980, 2100)
"""A date outside is a mistake: the first day of 1970 is a zero, and some are dates that no database takes."""
MARGIN = timedelta(days=1)
"""Clocks differ, and a day is written without its zone."""
BEFORE_ZONE = re.compile(r" (?=[+-][0-9]{2}:?[0-9]{2}$)")
UTC_BY_NAME = re.compile(r" ?(?:z|utc|gmt)$", re.IGNORECASE)
ESCAPED_SIGN = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
MOST_ESCAPES = 3
"""Some tools escape what another has escaped already."""
WEAKNESS = re.compile(r"\bCWE[ :\u2010-\u2015-]{1,3}([0-9]{1,6})", re.IGNORECASE)
"""CWE-79, and what people write for it in a text: CWE 79, CWE - 79."""


def clean(text: object) -> str:
    """The text without HTML's escapes and invisible characters, with single blanks between its words; TypeError when
    it is none.
    """
    if not isinstance(text, str):
        raise TypeError(f"not a text: {text!r:.40}")
    plain = " ".join((_unescaped(text) if "&" in text else text).split())
    return plain if plain.isprintable() else " ".join(visible(plain).split())


def _unescaped(text: str) -> str:
    """What a publisher escaped for a page is no page yet: what makes one of it escapes it again."""
    for _ in range(MOST_ESCAPES):
        text, before = ESCAPED_SIGN.sub(_sign_of, text), text
        if text == before:
            break
    return text


def _sign_of(escape: re.Match[str]) -> str:
    """The sign itself. Only whole escapes are read: an address may go on with &region=."""
    written = escape[0]
    return html.unescape(written) if written[1] == "#" or written[1:] in html5 else written


def read_text(details: Details, field: str, value: object, longest: int = LONGEST_NAME) -> str:
    """A clean text of at most so many signs; '' where there is none."""
    # Cut before it is cleaned: a text of megabytes costs no more than a long one.
    read = details.read(field, lambda given: clean(given[: 2 * longest] if isinstance(given, str) else given), value)
    return (read or "")[:longest]


def moment(value: object) -> datetime | None:
    """A moment written with or without its zone; without one it is UTC. ValueError or TypeError when it is none."""
    text = clean(value) if value is not None else ""
    if text.lower() in NO_DATE:
        return None
    found = iso_moment(text)
    if found.year not in YEARS:
        raise ValueError(f"the year {found.year}")
    return found


def iso_moment(text: str) -> datetime:
    """The same of any year. Some write a blank before the zone, UTC or GMT for Z, or a small z, as RFC 3339 allows."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.fromisoformat(UTC_BY_NAME.sub("Z", BEFORE_ZONE.sub("", text)))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(value: object) -> date | None:
    """A date; of a moment its date as it was written. ValueError or TypeError when it is none."""
    found = moment(value)
    return found.date() if found else None


def latest_at(at: date | None) -> datetime | None:
    """The latest moment that something of an edition can truthfully have, where the moment of its reading is given."""
    return default_stamp(at) + MARGIN if isinstance(at, datetime) else None


def moment_until(value: object, latest: datetime | None) -> datetime | None:
    """A moment that is not after the latest one that can be true."""
    found = moment(value)
    if found is not None and latest is not None and found > latest:
        raise ValueError("a moment that has not come yet")
    return found


def weaknesses(details: Details, values: Iterable[object]) -> list[str]:
    """The CWE ids that the values name, each once and in order."""
    texts = [details.read("cwes", clean, value) or "" for value in values]
    return list(dict.fromkeys(f"CWE-{int(number)}" for text in texts for number in WEAKNESS.findall(text)))


def described(details: Details, texts: object) -> str:
    """In English when there is English, else the first text that says anything."""
    given = details.objects("descriptions", texts)
    english = [text for text in given if _is_english(text)]
    read = (read_text(details, "descriptions", text.get("value"), LONGEST_TEXT) for text in [*english, *given])
    return next(filter(None, read), "")


def _is_english(text: JsonObject) -> bool:
    return re.fullmatch(r"en|eng|en[-_].*", str(text.get("lang")).lower()) is not None
