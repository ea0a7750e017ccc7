"""FIRST's daily estimate of how likely each CVE is to be exploited within 30 days: one gzipped CSV per day.

A third of a million rows, so clean lines are read fast: one regular expression over all of them, then text for COPY.
Other lines are read one by one. A date that is not there yet is refused with 403.
"""

import gzip
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from company.vertical import Malformed, Parsed, Reject, Route, Source
from company.vertical.columns import Columns, translation
from patchfirst.ids import PATTERN, read_id

NAMES = Path(__file__).with_suffix(".toml")
OURS = translation(NAMES)
MARK = re.compile(r"#\s*model_version:(?P<version>[A-Za-z0-9._-]+),\s*score_date:(?P<stamp>\S+)\s*")
HEADERS = {b"cve,epss,percentile": True, b"cve,epss": False}
NUMBER = rb"[0-9](?:\.[0-9]+)?(?:[eE]-?[0-9]+)?"
CELLS = {True: rb"%b,%b,%b" % (PATTERN.encode(), NUMBER, NUMBER), False: rb"%b,%b" % (PATTERN.encode(), NUMBER)}
LINE = {shape: re.compile(cells) for shape, cells in CELLS.items()}
# Possessive: a file of a third of a million lines that does not match must not be tried in every other way.
WHOLE = {shape: re.compile(rb"(?:%b\n)*+" % cells) for shape, cells in CELLS.items()}
GZIP = b"\x1f\x8b"
SAMPLED_LINES = 20_000
LARGEST = 512 * 1024 * 1024


def parse(body: bytes, day: date | None = None) -> Parsed:
    """An edition's rows. day replaces the stamp that the oldest files (2021, no comment line) do not have."""
    content = unpack(body).replace(b"\r", b"")
    version, edition_at, has_mark = _mark(content.partition(b"\n")[0].decode("utf-8", "replace"), day)
    rest = content.partition(b"\n")[2] if has_mark else content
    header, _, block = rest.partition(b"\n")
    named = _named(header.strip())
    if named not in HEADERS:
        raise Malformed(f"the header is {header[:60]!r}, expected cve,epss,percentile")
    if not block.strip():
        raise Malformed("the file has no rows")
    shape = _Shape(first_line=2 + has_mark, has_percentile=HEADERS[named], version=version)
    text, rejects = shape.texts(block if block.endswith(b"\n") else block + b"\n")
    return Parsed(edition_at=edition_at, version=version, copy_text=text, rejects=rejects)


def columns(body: bytes) -> dict[str, list[str]]:
    """The header's cells with the values below them, of enough lines to distinguish columns."""
    content = unpack(body).replace(b"\r", b"").decode("utf-8", "replace")
    lines = [line for line in content.split("\n", SAMPLED_LINES)[:SAMPLED_LINES] if line and not line.startswith("#")]
    cells = [line.split(",") for line in lines]
    rows = [row for row in cells[1:] if len(row) == len(cells[0])]
    return {name.strip(): [row[place] for row in rows] for place, name in enumerate(cells[0])} if cells else {}


def _named(header: bytes) -> bytes:
    """The header under our names."""
    cells = header.decode("utf-8", "replace").split(",")
    return ",".join(OURS.get(cell, cell) for cell in cells).encode()


def unpack(body: bytes) -> bytes:
    """The CSV inside. Real files are several gzip members in a row; Malformed when one is cut or they grow too big."""
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


def _mark(line: str, day: date | None) -> tuple[str | None, datetime, bool]:
    """Model version, stamp, and whether the line is a mark at all. The date is written in three ways."""
    found = MARK.fullmatch(line)
    if found:
        try:
            moment = datetime.fromisoformat(found["stamp"])
        except ValueError as error:
            raise Malformed(f"score_date is no time: {found['stamp']}") from error
        return found["version"], moment if moment.tzinfo else moment.replace(tzinfo=UTC), True
    if line.startswith("#"):
        raise Malformed(f"the comment line is not understood: {line[:80]!r}")
    if day is None:
        raise Malformed("the file has no stamp, and no day was asked for")
    return None, datetime.combine(day, time(0), UTC), False


@dataclass(frozen=True)
class _Shape:
    """The format of one file's lines, and of their COPY text: line number, id, numbers, model."""

    first_line: int
    has_percentile: bool
    version: str | None

    def texts(self, block: bytes) -> tuple[bytes, list[Reject]]:
        """All lines at once when all are clean; else one by one, with a reject for each that cannot be read."""
        if WHOLE[self.has_percentile].fullmatch(block):
            lines = block[:-1].replace(b",", b"\t").split(b"\n")
            return b"".join(map(self._form.__mod__, enumerate(lines, start=self.first_line))), []
        texts, rejects = [], []
        for number, line in enumerate(block[:-1].split(b"\n"), start=self.first_line):
            clean = line if LINE[self.has_percentile].fullmatch(line) else self._fix_id(line)
            if clean is None:
                rejects.append(_reject(number, line))
            else:
                texts.append(self._form % (number, clean.replace(b",", b"\t")))
        return b"".join(texts), rejects

    @property
    def _form(self) -> bytes:
        nothing = b"" if self.has_percentile else b"\t\\N"
        return b"%%d\t%%b%b\t%b\n" % (nothing, self.version.encode() if self.version else b"\\N")

    def _fix_id(self, line: bytes) -> bytes | None:
        """The line with its id in the one spelling; None when the line is wrong otherwise too."""
        cve, _, rest = line.decode("utf-8", "replace").partition(",")
        fixed = f"{read_id(cve)},{rest.strip()}".encode()
        return fixed if LINE[self.has_percentile].fullmatch(fixed) else None


def _reject(number: int, line: bytes) -> Reject:
    text = line.decode("utf-8", "replace")
    cve = read_id(text.partition(",")[0])
    return Reject(number, "not a CVE id" if cve is None else "not cve,epss,percentile", text, cve)


def pack(content: bytes) -> bytes:
    """The gzip that the source serves; the same bytes for the same content."""
    return gzip.compress(content, compresslevel=6, mtime=0)


EPSS = Source(
    name="epss",
    title="EPSS",
    urls=("https://epss.empiricalsecurity.com/epss_scores-{date}.csv.gz",),
    parse=parse,
    route=Route("/epss/epss_scores-{date}.csv.gz", "application/gzip", missing_status=403),
    published_from=time(12, 0),
    begins_with=(GZIP,),
    is_gzip=True,
    min_bytes=40,
    first_edition=date(2021, 4, 14),
    columns=Columns(NAMES, columns),
)
