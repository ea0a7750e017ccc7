"""FIRST's daily estimate of how likely each CVE is to be exploited within 30 days: one gzipped CSV per day.

A third of a million rows, so clean lines are read fast: one regular expression over all of them, then text for COPY.
Other lines are read one by one. A date that is not there yet is refused with 403.
"""

import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from company.text.decoding import as_utf8, column_names, unpacked
from company.text.wording import counted
from company.vertical import Details, Malformed, Parsed, Reject, Route, Source
from company.vertical.feeds import default_stamp
from company.vertical.forms import columns_of
from patchfirst.cves import moment
from patchfirst.ids import PATTERN, read_id

COMMENT = (b"#", b'"#')
SAID = re.compile(r"(model_version|score_date)\s*[:=]\s*([^,;\"]*)", re.IGNORECASE)
"""What comment lines say, in any order and beside whatever else they say."""
VERSION = re.compile(r"[A-Za-z0-9._+()/-]{1,60}")
"""It is written into COPY's text as it stands."""
USUAL = ["cve", "epss", "percentile"]
"""The columns in their usual order; the oldest files have no percentile."""
CLEAN_NUMBER = rb"[0-9](?:\.[0-9]{1,20})?(?:[eE]-0?[0-9])?"
"""What is staged as it stands: always a number that the column can hold."""
CLEAN_SHARE = rb"(?:0(?:\.[0-9]{1,20})?|1(?:\.0{1,20})?|[0-9](?:\.[0-9]{1,20})?[eE]-0?[1-9])"
"""The same of a share of the whole, which is at most 1."""
ID = PATTERN.encode()
CELLS = {True: rb"%b,%b,%b" % (ID, CLEAN_NUMBER, CLEAN_SHARE), False: rb"%b,%b" % (ID, CLEAN_NUMBER)}
LINE = {shape: re.compile(cells) for shape, cells in CELLS.items()}
# Possessive: a file of a third of a million lines that does not match must not be tried in every other way.
WHOLE = {shape: re.compile(rb"(?:%b\n)*+" % cells) for shape, cells in CELLS.items()}
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
PART_BYTES = 1 << 17
"""Far more than a line, which has some 60 bytes."""
LARGEST, SMALLEST = 1e30, 1e-30


@dataclass(frozen=True)
class Mark:
    """What the comment lines before the header say of an edition, as it is written there; begin: of the header."""

    version: str | None
    stamp: str | None
    is_there: bool
    begin: int

    def moment(self) -> datetime | None:
        """The stamp, however it is written; None where it cannot be read."""
        try:
            return moment(self.stamp) if self.stamp else None
        except ValueError:
            return None


def parse(body: bytes, day: date | None = None) -> Parsed:
    """An edition's rows. day replaces a stamp that cannot be read, or is not there (in files of 2021)."""
    details = Details()
    content = as_utf8(unpacked(body))
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
    mark = read_mark(content)
    edition_at, has_stamp = _stamp_or(day, mark, details)
    header = _line(content, mark.begin)
    names, version = _names(header), _version(mark, details)
    block = content[mark.begin + len(header) + 1 :]
    shape = _Shape(2 + content.count(b"\n", 0, mark.begin), names, version, details)
    parts, rejects = shape.texts(block if block.endswith(b"\n") else block + b"\n")
    if not parts and not rejects:
        raise Malformed("the file has no rows")
    if not parts:
        raise Malformed(f"none of {counted(len(rejects), 'line')} can be read; the first: {rejects[0].reason}")
    return Parsed(edition_at, (), rejects, version, parts, details.unread, has_stamp=has_stamp)


def read_mark(content: bytes) -> Mark:
    """The mark before the header: whatever stands in its comment lines beside the two words is ignored."""
    said: dict[str, str] = {}
    begin, is_there = 0, False
    while begin < len(content) and _is_passed_over(line := _line(content, begin)):
        words = SAID.findall(line.decode("utf-8", "replace"))
        said = {name.lower(): value.strip() for name, value in words} | said
        is_there = is_there or line.startswith(COMMENT)
        begin += len(line) + 1
    return Mark(said.get("model_version"), said.get("score_date"), is_there, begin)


def _is_passed_over(line: bytes) -> bool:
    """A comment or a blank line, wherever it stands, is no row."""
    return line.startswith(COMMENT) or not line.strip()


def _stamp_or(day: date | None, mark: Mark, details: Details) -> tuple[datetime, bool]:
    """The edition's moment, and whether it is its own: each edition is asked for by its day, which is known anyway."""
    if found := mark.moment():
        return found, True
    edition_at = default_stamp(day)
    if mark.is_there:
        details.count("score_date", mark.stamp)
    return edition_at, False


def _version(mark: Mark, details: Details) -> str | None:
    if mark.version and VERSION.fullmatch(mark.version):
        return mark.version
    if mark.is_there:
        details.count("model_version", mark.version)
    return None


def _line(content: bytes, begin: int) -> bytes:
    end = content.find(b"\n", begin)
    return content[begin : end if end >= 0 else len(content)]


def _names(header: bytes) -> list[str]:
    """The header under our names. Where the percentile is missing beside a new column, it was renamed to that."""
    names = column_names(header.decode("utf-8", "replace"))
    is_renamed = "percentile" not in names and len(names) > len(USUAL[:2])
    if is_renamed or not {*USUAL[:2]} <= {*names}:
        raise Malformed(f"the header is {header[:60]!r}, expected {','.join(USUAL)}")
    return names


@dataclass(frozen=True)
class _CleanLines:
    """The lines of a block that is read as it stands, numbered in COPY's form, one part after the other."""

    block: bytes
    form: bytes
    first_line: int

    def __iter__(self) -> Iterator[bytes]:
        begin, number = 0, self.first_line
        while begin < len(self.block):
            end = self.block.rfind(b"\n", begin, begin + PART_BYTES)
            lines = self.block[begin:end].replace(b",", b"\t").split(b"\n")
            yield b"".join(map(self.form.__mod__, enumerate(lines, start=number)))
            begin, number = end + 1, number + len(lines)


@dataclass(frozen=True)
class _Shape:
    """The format of one file's lines, and of their COPY text: line number, id, numbers, model."""

    first_line: int
    names: Sequence[str]
    version: str | None
    details: Details

    def texts(self, block: bytes) -> tuple[Sequence[bytes] | _CleanLines, list[Reject]]:
        """Many lines at once when all are clean; else one by one, with a reject for each that cannot be read."""
        if self._is_usual and WHOLE[self._has_percentile].fullmatch(block):
            return _CleanLines(block, self._form, self.first_line), []
        texts, rejects = [], []
        for number, line in enumerate(block[:-1].split(b"\n"), start=self.first_line):
            if self._is_usual and LINE[self._has_percentile].fullmatch(line):
                texts.append(self._form % (number, line.replace(b",", b"\t")))
            elif _is_passed_over(line):
                continue
            elif isinstance(read := self._read(number, line.decode("utf-8", "replace")), Reject):
                rejects.append(read)
            else:
                texts.append(self._form % (number, read))
        return texts and [b"".join(texts)], rejects

    @property
    def _is_usual(self) -> bool:
        return [*self.names] in (USUAL, USUAL[:2])

    @property
    def _has_percentile(self) -> bool:
        return "percentile" in self.names

    @property
    def _form(self) -> bytes:
        nothing = b"" if self._has_percentile else b"\t\\N"
        return b"%%d\t%%b%b\t%b\n" % (nothing, self.version.encode() if self.version else b"\\N")

    def _read(self, number: int, line: str) -> bytes | Reject:
        """A line with an odd id, number, blank or quote, or of columns in another order, as fields of COPY's text."""
        cells = [cell.strip(' \t"') for cell in line.split(",")]
        values = dict(zip(self.names, cells, strict=False))
        cve = read_id(values["cve"]) if "cve" in values else None
        if cve is None:
            return Reject(number, "not a CVE id", line)
        try:
            if len(cells) != len(self.names):
                raise ValueError(counted(len(cells), "cell"))
            fields = [cve, _number(values["epss"])]
        except ValueError:
            return Reject(number, f"not {','.join(self.names)}", line, cve)
        if self._has_percentile:
            fields.append(self.details.read("percentile", _share, values["percentile"]) or r"\N")
        return "\t".join(fields).encode()


def _number(written: object) -> str:
    """A number as the column takes it, however it is written; ValueError for anything else."""
    if not isinstance(written, str) or not NUMBER.fullmatch(written) or not abs(float(written)) < LARGEST:
        raise ValueError(f"{written!r} is no number of the column's range")
    return repr(float(written)) if abs(float(written)) > SMALLEST else "0"


def _share(written: object) -> str:
    """A number from 0 to 1, as the column takes it; ValueError for anything else."""
    number = _number(written)
    if not 0 <= float(number) <= 1:
        raise ValueError(f"{written!r} is no share")
    return number


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
    min_bytes=40,
    first_edition=date(2021, 4, 14),
    columns=columns_of(__file__),
)
