"""NVD's API 2.0, the second opinion on CVEs: what changed since we last asked, page by page, with its CVSS.

It can stop without an error: a window may come back empty with a 200, and pages shift while somebody reads them. So
windows overlap by a day, an empty one moves no cursor, and only the last page moves it to its own time.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from company.json_values import JsonObject
from company.vertical import Details, Malformed, NothingNew, Pages, Parsed, Reject, Route, Source
from company.vertical.feeds import StagedRow
from patchfirst.affected import affected_by_cpe
from patchfirst.cves import Cvss, best_cvss, clean, moment, read_cvss
from patchfirst.ids import read_id

METRICS = ("cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2")
PER_PAGE = 2000
OVERLAP = timedelta(hours=24)
FIRST_WINDOW = timedelta(days=7)
LONGEST_WINDOW = timedelta(days=119)
CATCHING_UP = timedelta(days=2)
"""NVD changes something every day, so an older newest change ends a window that did not reach today."""
LONGEST = 2000


def parse(body: bytes, _at: date | None = None) -> Parsed:
    """A page's rows. The page has its own stamp."""
    document = _document(body)
    if not document["vulnerabilities"]:
        raise NothingNew("the window came back empty: it is asked again, the cursor stays")
    read = [_row(number, entry) for number, entry in enumerate(document["vulnerabilities"], start=1)]
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    if not rows:
        raise Malformed(f"none of {len(rejects)} entries can be read; the first: {rejects[0].reason}")
    return Parsed(edition_at=_stamp(document, rows), rows=rows, rejects=rejects)


def _document(body: bytes) -> JsonObject:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Malformed(f"not whole JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("vulnerabilities"), list):
        raise Malformed("the document has no list named vulnerabilities")
    if not isinstance(document.get("totalResults"), int) or not isinstance(document.get("startIndex"), int):
        raise Malformed("the page does not say totalResults and startIndex")
    return document


def _stamp(document: JsonObject, rows: list[StagedRow]) -> datetime:
    """The last page's own time; of an earlier page the oldest change in it, so that an interrupted pull is resumed.

    A last page whose newest change is long past ends a window in the past: the next window begins at that change.
    """
    try:
        made_at = moment(document.get("timestamp"))
    except ValueError as error:
        raise Malformed(f"timestamp is no time: {document['timestamp']!r}") from error
    if made_at is None:
        raise Malformed("the page has no timestamp")
    is_last = document["startIndex"] + len(document["vulnerabilities"]) >= document["totalResults"]
    changes = [changed_at for row in rows if isinstance(changed_at := row[4], datetime)]
    if not is_last:
        return min(changes, default=made_at)
    newest = max(changes, default=made_at)
    return made_at if made_at - newest <= CATCHING_UP else newest


def _row(number: int, entry: Any) -> StagedRow | Reject:
    try:
        return (number, *_values(entry["cve"]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        inner = entry.get("cve") if isinstance(entry, dict) else None
        cve = read_id(inner.get("id")) if isinstance(inner, dict) else None
        return Reject(number, reason, json.dumps(entry, ensure_ascii=False), cve)


def _values(cve: JsonObject) -> StagedRow:
    """vulnStatus is an open set and is kept as it comes; a record once came without published."""
    name = read_id(cve["id"])
    if name is None:
        raise ValueError(f"not a CVE id: {cve['id']!r}")
    cvss = best_cvss(_scores(cve.get("metrics") or {}))
    affected = affected_by_cpe(cve.get("configurations"), Details())
    return (
        name,
        str(cve.get("vulnStatus") or ""),
        moment(cve.get("published")),
        moment(cve["lastModified"]),
        _described(cve.get("descriptions") or []),
        *((cvss.version, cvss.score, cvss.vector, cvss.by) if cvss else (None, None, None, None)),
        _weaknesses(cve.get("weaknesses") or []),
        affected.vendors,
        affected.products,
    )


def _scores(metrics: JsonObject) -> Iterator[Cvss]:
    """The newest CVSS first; of several scorers NVD's own (Primary) before the others."""
    for key in METRICS:
        for metric in sorted(metrics.get(key) or [], key=lambda m: m.get("type") != "Primary"):
            if score := read_cvss(metric.get("cvssData") or {}, str(metric.get("source") or "")):
                yield score


def _described(texts: list[JsonObject]) -> str:
    return clean(next((t["value"] for t in texts if t.get("lang") == "en"), ""))[:LONGEST]


def _weaknesses(weaknesses: list[JsonObject]) -> list[str]:
    named = {str(d.get("value")) for weakness in weaknesses for d in weakness.get("description") or []}
    return sorted(name for name in named if name.startswith("CWE-"))


def first_page(url: str, newest: datetime | None, now: datetime) -> str:
    """The window from a day before what we have (a week, where there is nothing) until now, or as far as NVD allows.

    After a longer pause it catches up window by window, and leaves out no day.
    """
    begin = newest - OVERLAP if newest else now - FIRST_WINDOW
    window = {"lastModStartDate": _written(begin), "lastModEndDate": _written(min(now, begin + LONGEST_WINDOW))}
    return _with(url, {**window, "resultsPerPage": str(PER_PAGE), "startIndex": "0"})


def next_page(url: str, body: bytes) -> str | None:
    """The address after this page, or None when it was the last one."""
    document = _document(body)
    begin = document["startIndex"] + len(document["vulnerabilities"])
    if not document["vulnerabilities"] or begin >= document["totalResults"]:
        return None
    return _with(url, {"startIndex": str(begin)})


def total(body: bytes) -> int:
    count: int = _document(body)["totalResults"]
    return count


def _written(moment_: datetime) -> str:
    return f"{moment_:%Y-%m-%dT%H:%M:%S}.000+00:00"


def _with(url: str, values: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = {name: found[-1] for name, found in parse_qs(parts.query).items()}
    return urlunsplit(parts._replace(query=urlencode({**query, **values})))


NVD = Source(
    name="nvd",
    title="NVD",
    urls=("https://services.nvd.nist.gov/rest/json/cves/2.0",),
    parse=parse,
    route=Route("/nvd/rest/json/cves/2.0", "application/json"),
    pages=Pages(first=first_page, following=next_page, total=total),
    is_delta=True,
    begins_with=(b"{",),
    # NVD asks for one pull in two hours at most, and six seconds between requests.
    asked_every=timedelta(minutes=115),
    pause_seconds=6.0,
    timeout_seconds=40.0,
)
