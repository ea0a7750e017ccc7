"""CISA's list of vulnerabilities that are known to be exploited: one JSON document, a new edition on most weekdays.

Unknown keys are ignored, the needed ones are required. An edition is identified by dateReleased; catalogVersion is not
unique. Entries change in place and are removed without notice.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from company.json_values import JsonObject
from company.text.decoding import read_json
from company.vertical import Details, Malformed, Parsed, Reject, Route, Source
from company.vertical.feeds import StagedRow
from company.vertical.forms import columns_of
from patchfirst.cves import LONGEST_TEXT, clean, iso_moment, moment_until, read_text, weaknesses
from patchfirst.ids import read_id
from patchfirst.nobody import read_name

LIST = "vulnerabilities"
NEEDED = (
    "cveID",
    "vendorProject",
    "product",
    "vulnerabilityName",
    "dateAdded",
    "shortDescription",
    "requiredAction",
    "dueDate",
)
FLAG = "knownRansomwareCampaignUse"
RANSOMWARE = {"known": True, "unknown": False}
FLAG_SINCE = datetime(2023, 10, 12, tzinfo=UTC)
"""Editions before do not have the flag at all."""
FIRST_YEAR = 1999
A_DAY = timedelta(days=1)


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An edition's rows; Malformed when the document is not one. at: when it came, in place of an unreadable stamp."""
    details = Details(COLUMNS.form.words)
    document = _document(body, details)
    entries = document[LIST]
    _require_columns(entries)
    edition_at, has_stamp = _stamp_or(at, document, details)
    # A stamp of long ago must not make every date in it one of the future.
    made_at = max(edition_at, at) if isinstance(at, datetime) else edition_at
    has_flag = edition_at >= FLAG_SINCE
    read = [_row(number, entry, details, made_at, has_flag=has_flag) for number, entry in enumerate(entries, start=1)]
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    stated = stated_count(document)
    return Parsed(
        edition_at,
        rows,
        rejects,
        unread=details.unread,
        stated=stated,
        new_words=details.new_words,
        has_stamp=has_stamp,
    )


def _stamp_or(at: date | None, document: JsonObject, details: Details) -> tuple[datetime, bool]:
    """The stamp and whether it is the one inside; one that is missing or unreadable costs itself, and no entry."""
    try:
        return stamp(document), True
    except Malformed:
        if not isinstance(at, datetime):
            raise
        details.note_word("dateReleased", f"{document.get('dateReleased')!r:.40}")
        return at, False


def stamp(document: JsonObject) -> datetime:
    """dateReleased; its fraction has three or four digits."""
    try:
        return iso_moment(clean(document["dateReleased"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"dateReleased is no time: {document.get('dateReleased')!r}") from error


def stated_count(document: JsonObject) -> int | None:
    """How many entries the document says that it has; None when that is missing or no number."""
    count = document.get("count")
    if isinstance(count, str) and count.strip().isdecimal():
        count = int(count)
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 2**31 else None


def _document(body: bytes, details: Details) -> JsonObject:
    document = read_json(body, details)
    if not isinstance(document, dict) or not isinstance(document.get(LIST), list):
        raise Malformed(f"the document has no list named {LIST}")
    if not document[LIST]:
        raise Malformed("the list is empty")
    return document


def rename(body: bytes) -> bytes:
    """The same edition with one key renamed, as a publisher might."""
    return body.replace(b'"dateAdded"', b'"date_added"')


def _require_columns(entries: list[Any]) -> None:
    """A key that no entry has was renamed or dropped: the format changed, the rows are not wrong."""
    present = set().union(*(entry for entry in entries if isinstance(entry, dict)))
    missing = [key for key in NEEDED if key not in present]
    if missing:
        raise Malformed(f"no entry has {', '.join(missing)}: was the column renamed?")


def _row(number: int, entry: Any, details: Details, made_at: datetime, *, has_flag: bool) -> StagedRow | Reject:
    cve = read_id(entry.get("cveID")) if isinstance(entry, dict) else None
    if cve is not None:
        return (number, cve, *_values(entry, details, made_at, has_flag=has_flag))
    reason = f"not a CVE id: {entry.get('cveID')!r:.80}" if isinstance(entry, dict) else "not an entry"
    return Reject(number, reason, json.dumps(entry, ensure_ascii=False))


def _values(entry: JsonObject, details: Details, made_at: datetime, *, has_flag: bool) -> StagedRow:
    """Only the id is needed: it says that the CVE is exploited, whatever else of the entry cannot be read."""
    latest = made_at + A_DAY
    return (
        *(_name(details, key, entry.get(key), read_name) for key in ("vendorProject", "product")),
        _name(details, "vulnerabilityName", entry.get("vulnerabilityName"), read_text),
        details.read("dateAdded", partial(_day_until, latest=latest), entry.get("dateAdded")),
        details.read("dueDate", partial(_day_until, latest=None), entry.get("dueDate")),
        ransomware(entry, details, is_expected=has_flag),
        *(read_text(details, key, entry.get(key), LONGEST_TEXT) for key in ("shortDescription", "requiredAction")),
        read_text(details, "notes", entry.get("notes"), LONGEST_TEXT),
        weaknesses(details, _listed(entry.get("cwes"))),
    )


def _name(details: Details, field: str, value: object, read: Callable[[Details, str, object], str]) -> str | None:
    """A name; one that is empty, of nobody or not there is counted, for each entry has its names."""
    name = read(details, field, value)
    if not name and (value is None or isinstance(value, str)):
        details.count(field, value)
    return name or None


def _day_until(value: object, latest: datetime | None) -> date | None:
    """A date since there is a CVE list, and not after the edition that carries it."""
    found = moment_until(value, latest)
    if found is not None and found.year < FIRST_YEAR:
        raise ValueError(f"the year {found.year}")
    return found.date() if found else None


def ransomware(entry: JsonObject, details: Details, *, is_expected: bool = False) -> bool | None:
    """Known or Unknown in any letters. Another word is neither: unknown, counted and reported; an empty one is counted.

    is_expected: one that is not there is counted too.
    """
    value = entry.get(FLAG)
    if isinstance(value, bool):
        return value
    word = details.known_word(FLAG, read_text(details, FLAG, value))
    if word and word.lower() not in RANSOMWARE:
        details.note_word(FLAG, word)
    is_looked_for = is_expected or FLAG in entry
    if is_looked_for and word.lower() not in RANSOMWARE and (value is None or isinstance(value, str)):
        details.count(FLAG, value)
    return RANSOMWARE.get(word.lower())


def _listed(value: object) -> list[object]:
    """A list, or the one value in the place of it."""
    return value if isinstance(value, list) else [value]


COLUMNS = columns_of(__file__, rename=rename)
KEV = Source(
    name="kev",
    title="CISA KEV",
    urls=(
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        # The official repository: cisa.gov refuses the addresses of most clouds.
        "https://raw.githubusercontent.com/cisagov/kev-data/develop/known_exploited_vulnerabilities.json",
    ),
    parse=parse,
    route=Route("/feeds/known_exploited_vulnerabilities.json", "application/json"),
    begins_with=(b"{",),
    min_bytes=200,
    first_edition=date(2021, 11, 3),
    columns=COLUMNS,
    vocabularies={FLAG: tuple(RANSOMWARE)},
)
