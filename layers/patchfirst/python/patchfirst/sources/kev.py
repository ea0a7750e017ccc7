"""CISA's list of vulnerabilities that are known to be exploited: one JSON document, a new edition on most weekdays.

Unknown keys are ignored, the needed ones are required. An edition is identified by dateReleased; catalogVersion is not
unique. Entries change in place and are removed without notice.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from company.json_values import JsonObject
from company.vertical import Malformed, Parsed, Reject, Route, Source
from company.vertical.columns import Columns, translation
from company.vertical.feeds import StagedRow
from patchfirst.cves import clean
from patchfirst.ids import read_id

NAMES = Path(__file__).with_suffix(".toml")
OURS = translation(NAMES)
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
RANSOMWARE = {"Known": True, "Unknown": False}


def parse(body: bytes, _day: date | None = None) -> Parsed:
    """An edition's rows; Malformed when the document is not one. The stamp is inside; the day asked for is ignored."""
    document = _document(body)
    entries = [_named(entry) for entry in document["vulnerabilities"]]
    _require_columns(entries)
    read = [_row(number, entry) for number, entry in enumerate(entries, start=1)]
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    return Parsed(edition_at=stamp(document), rows=rows, rejects=rejects)


def stamp(document: JsonObject) -> datetime:
    """dateReleased; its fraction has three or four digits."""
    try:
        moment = datetime.fromisoformat(document["dateReleased"])
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"dateReleased is no time: {document.get('dateReleased')!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _document(body: bytes) -> JsonObject:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Malformed(f"not whole JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("vulnerabilities"), list):
        raise Malformed("the document has no list named vulnerabilities")
    if not document["vulnerabilities"]:
        raise Malformed("the list is empty")
    return document


def columns(body: bytes) -> dict[str, list[object]]:
    """Every key of any entry with its values, under the names that the publisher gives them."""
    entries = [entry for entry in _document(body)["vulnerabilities"] if isinstance(entry, dict)]
    names = dict.fromkeys(name for entry in entries for name in entry)
    return {name: [entry.get(name) for entry in entries] for name in names}


def rename(body: bytes) -> bytes:
    """The same edition with one key renamed, as a publisher might."""
    return body.replace(b'"dateAdded"', b'"date_added"')


def _named(entry: Any) -> Any:
    """An entry under our names."""
    return {OURS.get(key, key): value for key, value in entry.items()} if isinstance(entry, dict) else entry


def _require_columns(entries: list[Any]) -> None:
    """A key that no entry has was renamed or dropped: the format changed, the rows are not wrong."""
    present = set().union(*(entry for entry in entries if isinstance(entry, dict)))
    missing = [key for key in NEEDED if key not in present]
    if missing:
        raise Malformed(f"no entry has {', '.join(missing)}: was the column renamed?")


def _row(number: int, entry: Any) -> StagedRow | Reject:
    try:
        return _values(number, entry)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        cve = read_id(entry.get("cveID")) if isinstance(entry, dict) else None
        return Reject(number, reason, json.dumps(entry, ensure_ascii=False), cve)


def _values(number: int, entry: JsonObject) -> StagedRow:
    cve = read_id(entry["cveID"])
    if cve is None:
        raise ValueError(f"not a CVE id: {entry['cveID']!r}")
    flag = entry.get("knownRansomwareCampaignUse")
    return (
        number,
        cve,
        clean(entry["vendorProject"]),
        clean(entry["product"]),
        clean(entry["vulnerabilityName"]),
        date.fromisoformat(entry["dateAdded"].strip()),
        date.fromisoformat(entry["dueDate"].strip()),
        RANSOMWARE.get(flag.strip()) if isinstance(flag, str) else None,
        clean(entry["shortDescription"]),
        clean(entry["requiredAction"]),
        clean(entry.get("notes") or ""),
        [clean(cwe) for cwe in entry.get("cwes") or []],
    )


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
    columns=Columns(NAMES, columns, rename),
)
