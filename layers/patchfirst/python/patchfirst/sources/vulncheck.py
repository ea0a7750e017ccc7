"""VulnCheck's list of exploited vulnerabilities: a zip with one JSON list, for which a key is needed.

It names three times as many as CISA's list, each with the reports of its exploitation. It is evidence of its own:
nothing of it makes a CVE one of CISA's list.
"""

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from company.json_values import JsonObject
from company.text.decoding import read_json
from company.text.wording import counted
from company.vertical import Details, Malformed, Parsed, Reject, Route, Source, Ticket
from company.vertical.feeds import StagedRow, default_stamp, reject_of
from company.vertical.forms import columns_of
from patchfirst.cves import moment_until, read_text
from patchfirst.ids import read_id
from patchfirst.nobody import read_name
from patchfirst.sources.archives import ZIP, members
from patchfirst.sources.kev import FLAG, RANSOMWARE, ransomware

A_DAY = timedelta(days=1)


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An edition's rows, an entry each; Malformed when the body is none. at replaces the missing stamp."""
    edition_at, details = default_stamp(at), Details(COLUMNS.form.words)
    entries = [*_entries(body, details)]
    if not any(isinstance(entry, dict) and "cve" in entry for entry in entries):
        raise Malformed(f"none of {counted(len(entries), 'entry', 'entries')} has cve: was the key renamed?")
    read = [_row(number, entry, details, edition_at + A_DAY) for number, entry in enumerate(entries, start=1)]
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    if not rows:
        raise Malformed(
            f"none of {counted(len(rejects), 'entry', 'entries')} can be read; the first: {rejects[0].reason}"
        )
    return Parsed(edition_at, rows, rejects, unread=details.unread, new_words=details.new_words, has_stamp=False)


def _entries(body: bytes, details: Details) -> Iterator[Any]:
    """Of the list in the zip; of a list alone; or of a page of the API, which has it as its data."""
    contents = [c for _, c in members(io.BytesIO(body), _is_json)] if body.startswith(ZIP) else [body]
    for content in contents:
        document = read_json(content, details)
        entries = document.get("data") if isinstance(document, dict) else document
        if not isinstance(entries, list):
            raise Malformed("the document is no list of entries")
        yield from entries


def _is_json(name: str) -> bool:
    return name.endswith(".json")


def _row(number: int, entry: Any, details: Details, latest: datetime) -> StagedRow | Reject:
    if not isinstance(entry, dict):
        return reject_of(number, ValueError("not an entry"), entry)
    cves = _cves(entry.get("cve"), details)
    if not cves:
        return reject_of(number, ValueError(f"not a CVE id: {entry.get('cve')!r:.80}"), entry)
    return (number, cves[0], *_values(entry, cves, details, latest))


def _cves(value: object, details: Details) -> list[str]:
    """The ids of an entry, each once. One that cannot be read is counted where another can."""
    given = value if isinstance(value, list) else [value]
    read = [(one, read_id(one)) for one in given]
    found = list(dict.fromkeys(cve for _, cve in read if cve is not None))
    for one, cve in read:
        if found and cve is None:
            details.count("cve", one)
    return found


def _values(entry: JsonObject, cves: list[str], details: Details, latest: datetime) -> StagedRow:
    """Only an id is needed: it says that the CVE is exploited, whatever else of the entry cannot be read."""
    known = partial(_day_until, latest=latest)
    reports = details.objects("vulncheck_reported_exploitation", entry.get("vulncheck_reported_exploitation"))
    reported = (details.read("reported", known, report.get("date_added")) for report in reports)
    return (
        cves,
        *(read_name(details, key, entry.get(key)) or None for key in ("vendorProject", "product")),
        read_text(details, "vulnerabilityName", entry.get("vulnerabilityName")) or None,
        details.read("date_added", known, entry.get("date_added")),
        details.read("cisa_date_added", known, entry.get("cisa_date_added")),
        ransomware(entry, details),
        len(reports),
        min(filter(None, reported), default=None),
        len(details.objects("vulncheck_xdb", entry.get("vulncheck_xdb"))),
    )


def _day_until(value: object, latest: datetime) -> date | None:
    found = moment_until(value, latest)
    return found.date() if found else None


def address_in(answer: bytes) -> str:
    """The address of the file, in an answer about the newest backup."""
    document = read_json(answer, Details())
    given = document.get("data") if isinstance(document, dict) else None
    first = given[0] if isinstance(given, list) and given else None
    address = first.get("url") if isinstance(first, dict) else None
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        raise Malformed("the answer names no file")
    return address


def answer_with(address: str) -> bytes:
    """Such an answer."""
    return json.dumps({"data": [{"filename": "vulncheck-kev.zip", "url": address}]}).encode()


COLUMNS = columns_of(__file__)
VULNCHECK = Source(
    name="vulncheck",
    title="VulnCheck KEV",
    urls=("https://api.vulncheck.com/v3/backup/vulncheck-kev",),
    parse=parse,
    columns=COLUMNS,
    vocabularies={FLAG: tuple(RANSOMWARE)},
    route=Route("/vulncheck/v3/backup/vulncheck-kev", "application/zip"),
    is_optional=True,
    takes_key=True,
    ticket=Ticket(read=address_in, write=answer_with),
    begins_with=(ZIP, b"[", b"{"),
    min_bytes=20,
    timeout_seconds=40.0,
)
