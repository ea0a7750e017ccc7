"""Of when an edition is: its stamp, else the date in its name, else the newest date in it, else the day asked for.

The file's own time only bounds the dates inside: a copy, a download or a checkout sets it anew.
"""

import io
import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from company.text.decoding import as_utf8
from company.vertical import Malformed
from patchfirst.recorded.finding import FoundFile
from patchfirst.recorded.packing import archive_for_reader, unpacked
from patchfirst.sources import epss, kev
from patchfirst.sources.archives import members
from patchfirst.sources.cves import is_record

RELEASED = re.compile(rb'"dateReleased"\s*:\s*"([^"]+)"')
MADE = re.compile(rb'"timestamp"\s*:\s*"(\d{4}-[^"]+)"')
DATES_INSIDE = {
    "cves": re.compile(rb'"dateUpdated"\s*:\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)'),
    "exploitdb": re.compile(rb"(?<=,)\"?(\d{4}-\d\d-\d\d)\"?(?=,)"),
    "metasploit": re.compile(rb'"mod_time"\s*:\s*"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)'),
}


def moment_of(file: FoundFile, day: date | None) -> datetime:
    """The stamp of an edition; Malformed when the content cannot be one. day: the day that is asked for, if any."""
    if file.kind.source == "kev":
        return _kev_stamp(_text(file))
    if file.kind.source == "nvd":
        return _nvd_stamp(_text(file))
    if file.kind.source == "epss" and (stamp := _epss_stamp(_text(file))):
        return stamp
    undated = datetime.combine(day or _written_at(file).date(), time(0), UTC)
    return _named_moment(file) or _newest_inside(file) or undated


def _written_at(file: FoundFile) -> datetime:
    return datetime.fromtimestamp(file.path.stat().st_mtime, UTC)


def _named_moment(file: FoundFile) -> datetime | None:
    """From the name: the beginning of its day, its minute, or the midnight that ends it."""
    found = file.kind.named.groupdict() if file.kind.named else {}
    if not found.get("day"):
        return None
    at = time(int(found.get("hour") or 0), int(found.get("minute") or 0), tzinfo=UTC)
    day = date.fromisoformat(found["day"]) + timedelta(days=1 if found.get("end") else 0)
    return datetime.combine(day, at)


def _newest_inside(file: FoundFile) -> datetime | None:
    """The newest date in the content that is no later than the file: one record of 2099 does not date it."""
    pattern = DATES_INSIDE.get(file.kind.source or "")
    if pattern is None:
        return None
    last = _written_at(file).isoformat().encode()
    found = (written for content in _contents(file) for written in pattern.findall(content) if written <= last)
    newest = max(found, default=None)
    return datetime.fromisoformat(newest.decode()).replace(tzinfo=UTC) if newest else None


def _contents(file: FoundFile) -> Iterable[bytes]:
    if file.records:
        return (record.read_bytes() for record in file.records)
    if file.kind.source == "cves":
        return (content for _, content in members(io.BytesIO(archive_for_reader(file.read())), is_record))
    return [_text(file)]


def _text(file: FoundFile) -> bytes:
    """As the source's reader has it: without marks, and in UTF-8 whatever it is written in."""
    return as_utf8(unpacked(file.read()))


def _kev_stamp(content: bytes) -> datetime:
    released = RELEASED.search(content)
    if released is None or not content.rstrip().endswith(b"}"):
        raise Malformed("not a whole document with a dateReleased")
    return kev.stamp({"dateReleased": released[1].decode()})


def _nvd_stamp(content: bytes) -> datetime:
    made = MADE.search(content)
    if made is None or not content.rstrip().endswith(b"}"):
        raise Malformed("not a whole page with a timestamp")
    moment = datetime.fromisoformat(made[1].decode())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _epss_stamp(content: bytes) -> datetime | None:
    """From the comment lines; the files of 2021 have none, and a stamp that cannot be read is none."""
    mark = epss.read_mark(content.replace(b"\r\n", b"\n"))
    if not mark.is_there and not content.lstrip().startswith(b"cve,"):
        raise Malformed(f"the first line is {content.splitlines()[0][:60]!r}" if content else "the file is empty")
    return mark.moment()


def merged_pages(contents: Iterable[bytes]) -> bytes:
    """Several of NVD's feeds as one page: its rows are all of theirs, its time is the newest of theirs."""
    documents = [json.loads(unpacked(content)) for content in contents]
    newest = max(documents, key=lambda document: str(document.get("timestamp")))
    rows = [entry for document in documents for entry in document["vulnerabilities"]]
    return json.dumps({**newest, "startIndex": 0, "totalResults": len(rows), "vulnerabilities": rows}).encode()
