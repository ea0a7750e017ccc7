"""Metasploit's index of modules: one JSON object, rewritten many times a day; which of them exploit which CVE.

Its dates are those of a disclosure and of a file's change, never of the exploit: that is our own first_seen. A mirror
keeps only the list of CVEs; such a list is an edition too where no better one was recorded.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from company.json_values import JsonObject
from company.text.decoding import beginning, read_json, read_lines, unpacked
from company.vertical import Details, Malformed, Parsed, Reject, Route, Source
from company.vertical.details import UNREADABLE
from company.vertical.feeds import StagedRow, default_stamp, reject_of
from company.vertical.forms import columns_of
from patchfirst.cves import clean, moment_until
from patchfirst.ids import in_one_spelling, read_id, read_ids
from patchfirst.sources.repeats import with_cves_of_repeats

LISTED = "listed "
OF_A_CVE = re.compile(r"[\W_]*CVE")
"""How a reference begins that names a CVE; a link may have one's id in it and names none."""
NAME_AND_TYPE, CVES = slice(2, 4), 7
"""Where a row has them."""
RANKS = range(10_000)
AHEAD = timedelta(days=2)
"""How far a date may lie after the edition that carries it: clocks differ, and what is served may be late here."""


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An edition's rows: a module each, those without any CVE too; at replaces the missing stamp."""
    edition_at, details = default_stamp(at), Details()
    is_list = not beginning(unpacked(body), 100).lstrip().startswith(b"{")
    read = _listed(body, details) if is_list else _modules(body, details, edition_at + AHEAD)
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    if not rows:
        raise Malformed(f"the file has no rows that can be read, and {len(rejects)} that cannot")
    return Parsed(
        edition_at, rows, rejects, version="list" if is_list else "modules", unread=details.unread, has_stamp=False
    )


def _modules(body: bytes, details: Details, latest: datetime) -> list[StagedRow | Reject]:
    document = read_json(body, details)
    if not isinstance(document, dict):
        raise Malformed("the document is no object of modules")
    if not any(isinstance(module, dict) and "references" in module for module in document.values()):
        raise Malformed("no module has references: was the key renamed?")
    modules = enumerate(document.items(), start=1)
    read = (_module(number, key, module, details, latest) for number, (key, module) in modules)
    return with_cves_of_repeats(read, like=NAME_AND_TYPE, cves=CVES)


def _module(number: int, key: str, module: Any, details: Details, latest: datetime) -> StagedRow | Reject:
    try:
        if not isinstance(module, Mapping):
            raise ValueError("the module is no object")
        return (number, *_values(key, module, details, latest))
    except UNREADABLE as error:
        return reject_of(number, error, {key: module}, key)


def _values(key: str, module: JsonObject, details: Details, latest: datetime) -> StagedRow:
    """rank is Metasploit's own, from 0 (manual) to 600 (excellent)."""
    return (
        details.read("fullname", _text, module.get("fullname")) or key,
        clean(details.read("name", _text, module.get("name")) or ""),
        details.read("type", _text, module.get("type")) or "",
        details.read("rank", _rank, module.get("rank")),
        details.read("disclosure_date", partial(_day_until, latest=latest), module.get("disclosure_date")),
        details.read("mod_time", partial(_moment_until, latest=latest), module.get("mod_time")),
        _cves(module.get("references"), details),
        1,
    )


def _cves(references: object, details: Details) -> list[str]:
    """The CVEs that a module's references name. One that cannot be read is set aside, and the others count."""
    if not isinstance(references, list):
        details.count("references", references)
        return []
    found: set[str] = set()
    for reference in references:
        if not isinstance(reference, str):
            details.count("references", reference)
        elif OF_A_CVE.match(in_one_spelling(reference)):
            ids = read_ids(reference)
            found.update(ids.read)
            if ids.unread or not ids.read:
                details.count("references", reference)
    return sorted(found)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _rank(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in RANKS:
        raise ValueError("no rank")
    return value


def _day_until(value: object, latest: datetime) -> date | None:
    found = _moment_until(value, latest)
    return found.date() if found else None


def _moment_until(value: object, latest: datetime) -> datetime | None:
    return moment_until(_text(value), latest)


def _listed(body: bytes, details: Details) -> list[StagedRow | Reject]:
    """A line per reference of a module: a CVE that is listed twice has two modules, and is one row."""
    first: dict[str, int] = {}
    modules: Counter[str] = Counter()
    rejects: list[StagedRow | Reject] = []
    for number, line in enumerate(read_lines(body, details), start=1):
        cve = read_id(line.strip().strip('"'))
        if cve is None:
            rejects.append(Reject(number, "not a CVE id", line))
            continue
        first.setdefault(cve, number)
        modules[cve] += 1
    rows = [(n, LISTED + cve, "", "", None, None, None, [cve], modules[cve]) for cve, n in first.items()]
    return [*rows, *rejects]


METASPLOIT = Source(
    name="metasploit",
    title="Metasploit",
    urls=("https://raw.githubusercontent.com/rapid7/metasploit-framework/master/db/modules_metadata_base.json",),
    parse=parse,
    columns=columns_of(__file__),
    route=Route("/metasploit/modules_metadata_base.json", "application/json"),
    begins_with=(b"{", b'"CVE-', b"CVE-"),
    min_bytes=200,
    timeout_seconds=40.0,
)
