"""ProjectDiscovery's templates that find a CVE on a running system: JSON Lines, despite the name cves.json.

A template only finds a flaw, but it shows where to attack. A mirror keeps only the ids; such a list is an edition too
where no better one was recorded.
"""

import html
import json
from datetime import date

from company.json_values import JsonObject
from company.vertical import Malformed, Parsed, Reject, Route, Source
from company.vertical.feeds import StagedRow, default_stamp
from patchfirst.cves import clean
from patchfirst.ids import read_id

UNKNOWN = ("", "N/A")
HIGHEST = 10.0


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An edition's rows: a template each; at replaces the missing stamp."""
    edition_at = default_stamp(at)
    lines = [(n, line) for n, line in enumerate(body.decode("utf-8", "replace").splitlines(), start=1) if line.strip()]
    is_list = bool(lines) and not lines[0][1].lstrip().startswith("{")
    read = [_listed(n, line) if is_list else _row(n, line) for n, line in lines]
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    if not rows or len(rejects) > len(rows):
        raise Malformed(
            f"{len(rejects)} of {len(read)} lines cannot be read" + (f": {rejects[0].reason}" if rejects else "")
        )
    return Parsed(edition_at, rows, rejects, version="list" if is_list else "templates")


def _row(number: int, line: str) -> StagedRow | Reject:
    try:
        return _values(number, json.loads(line))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        return Reject(number, reason, line)


def _values(number: int, template: JsonObject) -> StagedRow:
    cve = read_id(template["ID"])
    if cve is None:
        raise ValueError(f"not a CVE id: {template['ID']!r}")
    info = template["Info"]
    return (
        number,
        cve,
        _plain(info.get("Name")),
        clean(info.get("Severity") or "").lower(),
        _score((info.get("Classification") or {}).get("CVSSScore")),
        _plain(info.get("Description")),
        _path(template.get("file_path") or ""),
    )


def _plain(text: str | None) -> str:
    """The text without the generator's HTML escapes."""
    return clean(html.unescape(text or ""))


def _score(text: str | float | None) -> float | None:
    """A score written as text, N/A where it is unknown."""
    if text is None or str(text).strip().upper() in UNKNOWN:
        return None
    score = float(text)
    if not 0 <= score <= HIGHEST:
        raise ValueError(f"CVSSScore is {text!r}")
    return score


def _path(path: str) -> str:
    """The path within the repository: a fork's generator writes the path on its own disk."""
    return path[path.find("cves/") :] if path.startswith("/") and "cves/" in path else path


def _listed(number: int, line: str) -> StagedRow | Reject:
    cve = read_id(line.strip().strip('"'))
    return Reject(number, "not a CVE id", line) if cve is None else (number, cve, None, None, None, None, None)


NUCLEI = Source(
    name="nuclei",
    title="nuclei",
    urls=("https://raw.githubusercontent.com/projectdiscovery/nuclei-templates/main/cves.json",),
    parse=parse,
    route=Route("/nuclei/cves.json", "application/json"),
    begins_with=(b"{", b"CVE-", b'"CVE-'),
    min_bytes=13,
)
