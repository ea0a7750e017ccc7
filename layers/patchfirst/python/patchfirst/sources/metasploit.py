"""Metasploit's index of modules: one JSON object, rewritten many times a day; which of them exploit which CVE.

Its dates are those of a disclosure and of a file's change, never of the exploit: that is our own first_seen. A mirror
keeps only the list of CVEs; such a list is an edition too where no better one was recorded.
"""

import json
from collections import Counter
from datetime import date
from typing import Any

from company.json_values import JsonObject
from company.vertical import Malformed, Parsed, Reject, Route, Source
from company.vertical.feeds import StagedRow, default_stamp
from patchfirst.cves import clean, moment
from patchfirst.ids import read_id

LISTED = "listed "


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An edition's rows: a module each, those without any CVE too; at replaces the missing stamp."""
    edition_at = default_stamp(at)
    is_list = not body.lstrip().startswith(b"{")
    read = _listed(body) if is_list else _modules(body)
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    if not rows:
        raise Malformed(f"the file has no rows that can be read, and {len(rejects)} that cannot")
    return Parsed(edition_at, rows, rejects, version="list" if is_list else "modules")


def _modules(body: bytes) -> list[StagedRow | Reject]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Malformed(f"not whole JSON: {error}") from error
    if not any(isinstance(module, dict) and "references" in module for module in document.values()):
        raise Malformed("no module has references: was the key renamed?")
    return [_module(number, key, module) for number, (key, module) in enumerate(document.items(), start=1)]


def _module(number: int, key: str, module: Any) -> StagedRow | Reject:
    try:
        return _values(number, key, module)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        return Reject(number, reason, json.dumps({key: module}, ensure_ascii=False), key)


def _values(number: int, key: str, module: JsonObject) -> StagedRow:
    """rank is Metasploit's own, from 0 (manual) to 600 (excellent)."""
    cves = {read_id(reference) for reference in module["references"] if reference.strip().startswith("CVE-")}
    if None in cves:
        raise ValueError(f"a reference is no CVE id: {[r for r in module['references'] if r.startswith('CVE')]!r}")
    disclosed = module.get("disclosure_date")
    return (
        number,
        str(module.get("fullname") or key),
        clean(module.get("name") or ""),
        str(module.get("type") or ""),
        module.get("rank"),
        date.fromisoformat(disclosed.strip()) if disclosed else None,
        moment(module.get("mod_time")),
        sorted(cve for cve in cves if cve),
        1,
    )


def _listed(body: bytes) -> list[StagedRow | Reject]:
    """A line per reference of a module: a CVE that is listed twice has two modules, and is one row."""
    first: dict[str, int] = {}
    modules: Counter[str] = Counter()
    rejects: list[StagedRow | Reject] = []
    for number, line in enumerate(body.decode("utf-8", "replace").splitlines(), start=1):
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
    route=Route("/metasploit/modules_metadata_base.json", "application/json"),
    begins_with=(b"{", b'"CVE-', b"CVE-"),
    min_bytes=200,
    timeout_seconds=40.0,
)
