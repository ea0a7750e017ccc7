"""FIRST's daily estimate of how likely each CVE is to be exploited within 30 days: one gzipped CSV per day.

A third of a million rows, so the way of clean lines is short: one look at all of them, then text for COPY. Lines
that are not clean are read one by one. A date that is not there yet is refused with 403.
"""

import gzip
import re
import zlib
from datetime import UTC, date, datetime, time

from company.vertical import Malformed, Parsed, Reject, Route, Source
from patchfirst.cves import normalise

MARK = re.compile(r"#\s*model_version:(?P<version>[^,\s]+),\s*score_date:(?P<stamp>\S+)\s*")
HEADERS = {b"cve,epss,percentile": True, b"cve,epss": False}
NUMBER = rb"[0-9](?:\.[0-9]+)?(?:[eE]-?[0-9]+)?"
LINE = {
    True: re.compile(rb"CVE-[0-9]{4}-[0-9]{4,},%b,%b" % (NUMBER, NUMBER)),
    False: re.compile(rb"CVE-[0-9]{4}-[0-9]{4,},%b" % NUMBER),
}
GZIP = b"\x1f\x8b"
LARGEST = 512 * 1024 * 1024


def parse(body: bytes, day: date | None = None) -> Parsed:
    """An edition's rows. day stands in for the stamp that the oldest files (2021, no comment line) do not have."""
    lines = unpack(body).replace(b"\r", b"").split(b"\n")
    version, edition_at, first = _mark(lines[0].decode("utf-8", "replace"), day)
    header = lines[first].strip() if len(lines) > first else b""
    if header not in HEADERS:
        raise Malformed(f"the header is {header[:60]!r}, expected cve,epss,percentile")
    rows = lines[first + 1 :]
    if rows and rows[-1] == b"":
        rows.pop()
    if not rows:
        raise Malformed("the file has no rows")
    text, rejects = _texts(rows, first + 2, has_percentile=HEADERS[header], version=version)
    return Parsed(edition_at=edition_at, version=version, copy_text=text, rejects=rejects)


def unpack(body: bytes) -> bytes:
    """The CSV inside. Real files are several gzip members in a row; Malformed when one is cut, or all grow beyond reason."""
    if not body.startswith(GZIP):
        return body
    parts: list[bytes] = []
    rest = body
    while rest:
        reader = zlib.decompressobj(wbits=31)
        try:
            parts.append(reader.decompress(rest, LARGEST))
        except zlib.error as error:
            raise Malformed(f"broken gzip: {error}") from error
        if not reader.eof or sum(map(len, parts)) > LARGEST:
            raise Malformed(f"the gzip is cut after {len(body)} bytes, or larger than {LARGEST}")
        rest = reader.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _mark(line: str, day: date | None) -> tuple[str | None, datetime, int]:
    """Model version, stamp, and how many lines the mark takes. The date is written in three ways."""
    found = MARK.fullmatch(line)
    if found:
        try:
            moment = datetime.fromisoformat(found["stamp"])
        except ValueError as error:
            raise Malformed(f"score_date is no time: {found['stamp']}") from error
        return found["version"], moment if moment.tzinfo else moment.replace(tzinfo=UTC), 1
    if line.startswith("#"):
        raise Malformed(f"the comment line is not understood: {line[:80]!r}")
    if day is None:
        raise Malformed("the file has no stamp, and no day was asked for")
    return None, datetime.combine(day, time(0), UTC), 0


def _texts(rows: list[bytes], number: int, *, has_percentile: bool, version: str | None) -> tuple[bytes, list[Reject]]:
    """Lines of COPY text (row number, id, numbers, model), and what could not be read."""
    clean = LINE[has_percentile].fullmatch
    end = b"%b\t%b\n" % (b"" if has_percentile else b"\t\\N", version.encode() if version else b"\\N")
    texts, rejects = [], []
    for n, line in enumerate(rows, start=number):
        if clean(line):
            texts.append(b"%d\t%b%b" % (n, line.replace(b",", b"\t"), end))
        elif mended := _mend(line, has_percentile=has_percentile):
            texts.append(b"%d\t%b%b" % (n, mended.replace(b",", b"\t"), end))
        else:
            rejects.append(_reject(n, line))
    return b"".join(texts), rejects


def _mend(line: bytes, *, has_percentile: bool) -> bytes | None:
    """The line with its id respelt, when that is all that is wrong with it."""
    cve, _, rest = line.decode("utf-8", "replace").partition(",")
    mended = f"{normalise(cve)},{rest.strip()}".encode()
    return mended if LINE[has_percentile].fullmatch(mended) else None


def _reject(number: int, line: bytes) -> Reject:
    text = line.decode("utf-8", "replace")
    cve = normalise(text.partition(",")[0])
    return Reject(number, "not a CVE id" if cve is None else "not cve,epss,percentile", text, cve)


def pack(content: bytes) -> bytes:
    """As the source serves it; the same bytes for the same content."""
    return gzip.compress(content, compresslevel=6, mtime=0)


EPSS = Source(
    name="epss",
    urls=("https://epss.empiricalsecurity.com/epss_scores-{date}.csv.gz",),
    parse=parse,
    route=Route("/epss/epss_scores-{date}.csv.gz", "application/gzip", missing_status=403),
    published_from=time(12, 0),
    begins_with=(GZIP,),
    is_gzip=True,
    min_bytes=40,
)
