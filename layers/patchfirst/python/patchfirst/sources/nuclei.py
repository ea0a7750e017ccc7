"""ProjectDiscovery's templates that find a CVE on a running system: JSON Lines, despite the name cves.json.

A template only finds a flaw, but it shows where to attack. A mirror keeps only the ids; such a list is an edition too
where no better one was recorded.
"""

from collections.abc import Mapping
from datetime import date

from company.json_values import JsonObject
from company.text.decoding import parse_json, read_lines
from company.text.wording import counted
from company.vertical import Details, Malformed, Parsed, Reject, Route, Source
from company.vertical.details import UNREADABLE
from company.vertical.feeds import StagedRow, default_stamp
from company.vertical.forms import columns_of
from patchfirst.cves import clean
from patchfirst.ids import read_id

UNKNOWN = ("", "N/A")
HIGHEST = 10.0


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An edition's rows: a template each; at replaces the missing stamp."""
    edition_at, details = default_stamp(at), Details()
    # Files that were put together have a byte order mark within.
    read_as = ((n, line.strip("\ufeff \t")) for n, line in enumerate(read_lines(body, details), start=1))
    lines = [(n, line) for n, line in read_as if line]
    # One line that is none, also the first, costs itself: a list of ids has no object at all.
    is_list = not any(line.startswith("{") for _, line in lines)
    read = [_listed(n, line) if is_list else _row(n, line, details) for n, line in lines]
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    if not rows or len(rejects) > len(rows):
        raise Malformed(
            f"{len(rejects)} of {counted(len(read), 'line')} cannot be read"
            + (f": {rejects[0].reason}" if rejects else "")
        )
    version = "list" if is_list else "templates"
    return Parsed(edition_at, rows, rejects, version=version, unread=details.unread, has_stamp=False)


def _row(number: int, line: str, details: Details) -> StagedRow | Reject:
    try:
        template = parse_json(line)
        if not isinstance(template, Mapping) or "ID" not in template:
            raise ValueError("ID is missing")
        cve = read_id(template["ID"])
        if cve is None:
            raise ValueError(f"not a CVE id: {template['ID']!r}")
        return (number, cve, *_values(template, details))
    except UNREADABLE as error:
        return Reject(number, str(error), line)


def _values(template: JsonObject, details: Details) -> StagedRow:
    info = details.read("Info", _object, template.get("Info")) or {}
    classification = details.read("Classification", _object, info.get("Classification")) or {}
    return (
        details.read("Name", clean, info.get("Name")) or "",
        (details.read("Severity", clean, info.get("Severity")) or "").lower(),
        details.read("CVSSScore", _score, classification.get("CVSSScore")),
        details.read("Description", clean, info.get("Description")) or "",
        _path(details.read("file_path", _text, template.get("file_path")) or ""),
    )


def _object(value: object) -> JsonObject:
    if not isinstance(value, Mapping):
        raise TypeError("no object")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _score(value: object) -> float | None:
    """A score written as text, N/A where it is unknown."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("no score")
    if isinstance(value, str) and value.strip().upper() in UNKNOWN:
        return None
    score = float(value)
    if not 0 <= score <= HIGHEST:
        raise ValueError("no score between 0 and 10")
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
    columns=columns_of(__file__),
    route=Route("/nuclei/cves.json", "application/json"),
    begins_with=(b"{", b"CVE-", b'"CVE-'),
    min_bytes=13,
)
