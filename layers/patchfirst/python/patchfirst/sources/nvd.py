"""NVD's API 2.0, the second opinion on CVEs: what changed since we last asked, page by page, with its CVSS.

It can stop without an error: a window may come back empty with a 200, and entries move while somebody reads the pages,
for what is changed leaves the window and those after it move up. So windows overlap by a day, only an answer that
arrived whole moves the cursor, and each pull also reads a piece of the past again.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from company.json_values import JsonObject
from company.text.decoding import read_json
from company.text.wording import counted
from company.vertical import Details, Malformed, NothingNew, Pages, Parsed, Reject, Route, Source
from company.vertical.feeds import StagedRow
from company.vertical.forms import columns_of
from patchfirst.affected import affected_by_cpe
from patchfirst.cves import described, latest_at, moment, moment_until, read_text, weaknesses
from patchfirst.cvss import Cvss, best_cvss, read_cvss
from patchfirst.ids import read_id

METRIC = re.compile(r"cvssMetricV([0-9])([0-9]?)")
NVDS_OWN = "nvd@nist.gov"
NAMES = {NVDS_OWN: "NVD", "134c704f-9b21-4f2e-91b3-4a467353bcc0": "CISA"}
"""Scorers that NVD gives by address or id, as people know them. The others are kept as NVD writes them."""
STATUSES = (
    "Received", "Awaiting Analysis", "Undergoing Analysis", "Analyzed", "Modified", "Rejected", "Deferred",
    "Not Scheduled",
)  # fmt: skip
IN_ANY_LETTERS = {status.lower(): status for status in STATUSES}
PER_PAGE = 2000
BEGIN, END = "lastModStartDate", "lastModEndDate"
OVERLAP = timedelta(hours=24)
FIRST_WINDOW = timedelta(days=7)
LONGEST_WINDOW = timedelta(days=119)
SHORTEST_WINDOW = timedelta(hours=1)
PIECE_OF_THE_PAST = timedelta(hours=34)
PIECES = 84
"""As many as there are pulls in a week; together they are 119 days. What came backdated is here within eight."""
BETWEEN_PULLS = timedelta(hours=2)


def parse(body: bytes, at: date | None = None) -> Parsed:
    """A page's rows. The page has its own stamp; at: what is dated after it has not come."""
    details, latest = Details(COLUMNS.form.words), latest_at(at)
    document = _document(body, details)
    if not document["vulnerabilities"]:
        of = f" from {document['startIndex']} of {document['totalResults']}" if document["totalResults"] else ""
        raise NothingNew(f"the window came back empty{of}: it is asked again, the cursor stays")
    read = [_row(number, entry, details, latest) for number, entry in enumerate(document["vulnerabilities"], start=1)]
    rows = [row for row in read if not isinstance(row, Reject)]
    rejects = [row for row in read if isinstance(row, Reject)]
    if not rows:
        raise Malformed(
            f"none of {counted(len(rejects), 'entry', 'entries')} can be read; the first: {rejects[0].reason}"
        )
    return Parsed(_stamp(document), rows, rejects, unread=details.unread, new_words=details.new_words)


def _document(body: bytes, details: Details) -> JsonObject:
    """A page in any form that the list knows: who follows the pages reads them as they came."""
    document = read_json(COLUMNS.apply(body), details)
    if not isinstance(document, dict) or not isinstance(document.get("vulnerabilities"), list):
        raise Malformed("the document has no list named vulnerabilities")
    if not isinstance(document.get("totalResults"), int) or not isinstance(document.get("startIndex"), int):
        raise Malformed("the page does not say totalResults and startIndex")
    return document


def _stamp(document: JsonObject) -> datetime:
    """When the page was made."""
    try:
        made_at = moment(document.get("timestamp"))
    except (AttributeError, TypeError, ValueError) as error:
        raise Malformed(f"timestamp is no time: {document['timestamp']!r}") from error
    if made_at is None:
        raise Malformed("the page has no timestamp")
    return made_at


def _row(number: int, entry: Any, details: Details, latest: datetime | None) -> StagedRow | Reject:
    cve = entry.get("cve") if isinstance(entry, dict) else None
    if not isinstance(cve, dict):
        return Reject(number, "not an entry", json.dumps(entry, ensure_ascii=False))
    name = read_id(cve.get("id"))
    if name is None:
        return Reject(number, f"not a CVE id: {cve.get('id')!r:.80}", json.dumps(entry, ensure_ascii=False))
    return (number, name, *_values(cve, details, latest))


def _values(cve: JsonObject, details: Details, latest: datetime | None) -> StagedRow:
    """Only the id is needed. vulnStatus is an open set and is kept as it comes."""
    dated = partial(moment_until, latest=latest)
    cvss = best_cvss(_scores(details.one_object("metrics", cve.get("metrics")), details))
    affected = affected_by_cpe(cve.get("configurations"), details)
    named = details.objects("weaknesses", cve.get("weaknesses"))
    texts = [d for w in named for d in details.objects("weaknesses", w.get("description"))]
    return (
        _status(cve.get("vulnStatus"), details),
        details.read("published", dated, cve.get("published")),
        details.read("lastModified", dated, cve.get("lastModified")),
        described(details, cve.get("descriptions")),
        *((cvss.version, cvss.score, cvss.vector, cvss.by) if cvss else (None, None, None, None)),
        sorted(weaknesses(details, [text.get("value") for text in texts])),
        affected.vendors,
        affected.products,
        affected.versions,
    )


def _status(value: object, details: Details) -> str:
    status = details.known_word("vulnStatus", read_text(details, "vulnStatus", value))
    if status and status.lower() not in IN_ANY_LETTERS:
        details.note_word("vulnStatus", status)
    return IN_ANY_LETTERS.get(status.lower(), status)


def _scores(metrics: JsonObject, details: Details) -> Iterator[Cvss]:
    """NVD's own word before that of those whom it calls primary, and theirs before the others'."""
    for key, given in metrics.items():
        if found := METRIC.fullmatch(key):
            for metric in details.objects("metrics", given):
                by = read_text(details, "source", metric.get("source"))
                whose = 0 if by == NVDS_OWN else 1 if metric.get("type") == "Primary" else 2
                data = details.one_object("metrics", metric.get("cvssData"))
                version = f"{found[1]}.{found[2] or 0}"
                if score := read_cvss(details, data, version, NAMES.get(by, by), whose):
                    yield score


def first_page(url: str, newest: datetime | None, now: datetime) -> str:
    """The window from a day before what we have (a week, where there is nothing) until now, or as far as NVD allows.

    After a longer pause it catches up window by window, and leaves out no day.
    """
    begin = newest - OVERLAP if newest else now - FIRST_WINDOW
    return _first_of(url, begin, min(now, begin + LONGEST_WINDOW))


def piece_of_the_past(url: str, now: datetime) -> str:
    """The window that this pull reads again: each pull of a week another one, the newest first."""
    piece = int(now.timestamp() // BETWEEN_PULLS.total_seconds()) % PIECES
    end = now - piece * PIECE_OF_THE_PAST
    return _first_of(url, end - PIECE_OF_THE_PAST, end)


def window(url: str) -> tuple[datetime, datetime]:
    """The begin and the end that an address asks for."""
    query = parse_qs(urlsplit(url).query)
    return datetime.fromisoformat(query[BEGIN][-1]), datetime.fromisoformat(query[END][-1])


def halves(url: str) -> tuple[str, str] | None:
    """The first pages of both halves of a window; None of one that is as short as windows get."""
    begin, end = window(url)
    if end - begin <= SHORTEST_WINDOW:
        return None
    middle = begin + (end - begin) / 2
    return _first_of(url, begin, middle), _first_of(url, middle, end)


def _first_of(url: str, begin: datetime, end: datetime) -> str:
    asked = {BEGIN: _written(begin), END: _written(end)}
    return _with(url, {**asked, "resultsPerPage": str(PER_PAGE), "startIndex": "0"})


def next_page(url: str, body: bytes) -> str | None:
    """The address after this page, or None when it was the last one."""
    document = _document(body, Details())
    begin = document["startIndex"] + len(document["vulnerabilities"])
    if not document["vulnerabilities"] or begin >= document["totalResults"]:
        return None
    return _with(url, {"startIndex": str(begin)})


def total(body: bytes) -> int:
    count: int = _document(body, Details())["totalResults"]
    return count


def ids(body: bytes) -> list[str]:
    """What names each entry of a page; an entry without an id is named by itself."""
    return [_name(entry) for entry in _document(body, Details())["vulnerabilities"]]


def _name(entry: Any) -> str:
    cve = entry.get("cve") if isinstance(entry, dict) else None
    name = cve.get("id") if isinstance(cve, dict) else None
    return name if isinstance(name, str) else json.dumps(entry, sort_keys=True)


def _written(moment_: datetime) -> str:
    return f"{moment_:%Y-%m-%dT%H:%M:%S}.000+00:00"


def _with(url: str, values: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = {name: found[-1] for name, found in parse_qs(parts.query).items()}
    return urlunsplit(parts._replace(query=urlencode({**query, **values})))


COLUMNS = columns_of(__file__)
NVD = Source(
    name="nvd",
    title="NVD",
    urls=("https://services.nvd.nist.gov/rest/json/cves/2.0",),
    parse=parse,
    columns=COLUMNS,
    vocabularies={"vulnStatus": STATUSES},
    route=Route("/nvd/rest/json/cves/2.0", "application/json"),
    pages=Pages(
        first=first_page,
        following=next_page,
        total=total,
        ids=ids,
        window=window,
        halves=halves,
        again=piece_of_the_past,
        per_page=PER_PAGE,
    ),
    is_delta=True,
    begins_with=(b"{",),
    # NVD asks for one pull in two hours at most, and six seconds between requests. The machine fires each hour, some
    # seconds late: two hours to the second would be three.
    asked_every=timedelta(minutes=115),
    pause_seconds=6.0,
    timeout_seconds=40.0,
)
