"""The one door for the bytes of every source: here they are unpacked, decoded and read as lines, as a table or as JSON.

What is said of a body (its name, its content type, its content encoding) is not believed: its bytes are looked at. What
cannot be decoded costs a sign, and what cannot be read costs its line; Malformed is for a body that is no edition.
"""

import codecs
import csv
import io
import json
import math
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from company.text.cleaning import REPLACEMENT
from company.text.wording import counted
from company.vertical.details import Details
from company.vertical.feeds import Malformed

GZIP, ZIP, ZSTD = b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd"
AS_GZIP = 31
"""zlib's name for the format of gzip (its windowBits)."""
MOST_LAYERS = 2
"""A server that packs what is packed already does it once more, and never twice more."""
ZIP_HEAD, LARGEST_HEAD = 30, 1 << 20
"""Bytes before the name of a zip's first file, and how many of its content are looked at."""
LARGEST = 512 * 1024 * 1024
PADDING = b"\0\r\n "
"""What may follow the last member of a gzip."""
WIDEST_SIGN = 4
"""Bytes: a beginning is cut between two of them in every encoding."""
OTHER_ENCODING = "bytes of another encoding"
"""The field under which replaced bytes are counted among an edition's details."""
LONGEST_RECORD = 100
"""Lines of one row of a table: a quote that is still open then was never meant to be closed."""


def unpacked(body: bytes, most: int = LARGEST) -> bytes:
    """The content of a body that gzip or zip packed twice, once or not at all; Malformed when it is cut or too big."""
    for _ in range(MOST_LAYERS):
        if body.startswith(GZIP):
            body = _without_gzip(body, most)
        elif body.startswith(ZIP):
            body = _only_member(body, most)
        else:
            break
    if body.startswith(ZSTD):
        raise Malformed("the body is packed by zstd, which nobody here unpacks")
    return body


def _only_member(body: bytes, most: int) -> bytes:
    """The one file of a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            files = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(files) != 1:
                raise Malformed(f"the zip has {counted(len(files), 'file')}, expected one")
            with archive.open(files[0]) as member:
                content = member.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Malformed(f"broken zip: {error}") from error
    if len(content) > most:
        raise Malformed(f"the zip is larger than {most} bytes when it is unpacked")
    return content


def beginning_in_zip(head: bytes) -> bytes:
    """The first bytes of a zip's first file, from the first bytes of the zip; those themselves where it has none."""
    if not head.startswith(ZIP) or len(head) < ZIP_HEAD:
        return head
    (method,), lengths = struct.unpack_from("<H", head, 8), struct.unpack_from("<HH", head, 26)
    packed = head[ZIP_HEAD + sum(lengths) :]
    try:
        return (zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, LARGEST_HEAD) if method else packed) or head
    except zlib.error:
        return head


def _without_gzip(body: bytes, most: int) -> bytes:
    """Real files are several members in a row."""
    parts: list[bytes] = []
    size, rest = 0, body
    while rest:
        reader = zlib.decompressobj(wbits=AS_GZIP)
        try:
            parts.append(reader.decompress(rest, most - size + 1))
        except zlib.error as error:
            raise Malformed(f"broken gzip: {error}") from error
        size += len(parts[-1])
        if size > most:
            raise Malformed(f"the gzip is larger than {most} bytes when it is unpacked")
        if not reader.eof:
            raise Malformed(f"the gzip is cut after {len(body)} bytes")
        rest = reader.unused_data.lstrip(PADDING)
        if not rest.startswith(GZIP):
            # As gzip itself does: what came was whole by its own checksum, and what follows it is no member.
            break
    return parts[0] if len(parts) == 1 else b"".join(parts)


def beginning(body: bytes, size: int) -> bytes:
    """The first bytes of a body's content as UTF-8, without a byte order mark; little of a packed body is unpacked."""
    size -= size % -WIDEST_SIGN
    for _ in range(MOST_LAYERS):
        if not body.startswith(GZIP):
            break
        try:
            body = zlib.decompressobj(wbits=AS_GZIP).decompress(body, 2 * WIDEST_SIGN * (size + 1))
        except zlib.error as error:
            raise Malformed(f"broken gzip: {error}") from error
    return as_utf8(body[: WIDEST_SIGN * (size + 1)])[:size]


def as_utf8(content: bytes) -> bytes:
    """Unpacked content in UTF-8 without its byte order mark. What is UTF-8 already is not looked at.

    A mark may come twice: a tool put its own before a file that had one.
    """
    encoding = json.detect_encoding(content)
    if encoding == "utf-8":
        return content
    if encoding != "utf-8-sig":
        return content.decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    begin = 0
    while content.startswith(codecs.BOM_UTF8, begin):
        begin += len(codecs.BOM_UTF8)
    return content[begin:]


def read_text(body: bytes, details: Details) -> str:
    """A body as text. A byte that its encoding does not have becomes U+FFFD, and is counted among the details."""
    content = as_utf8(unpacked(body))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = content.decode("utf-8", "replace")
        replaced = text.count(REPLACEMENT) - content.count(REPLACEMENT.encode())
        details.count(OTHER_ENCODING, content[max(0, error.start - 20) : error.end + 20], times=replaced)
        return text


def split_lines(text: str) -> list[str]:
    r"""The lines of a format whose lines end with \n or \r\n. U+0085, U+2028 and the like are signs within a line."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if not lines[-1]:
        lines.pop()
    return lines


def read_lines(body: bytes, details: Details) -> list[str]:
    """A body as lines."""
    return split_lines(read_text(body, details))


def read_json(body: bytes, details: Details) -> Any:
    """A body as one JSON document; Malformed when it is none."""
    return parse_json(read_text(body, details))


def parse_json(text: str) -> Any:
    """A JSON value; Malformed when the text is none.

    Of a key that comes twice in an object the last value counts, as with most readers. NaN and Infinity, and a number
    of thousands of digits (which becomes infinite), are floats that every reader of a number refuses. Control signs
    within a text are taken; half a surrogate pair stays, and `company.text.cleaning` replaces it.
    """
    try:
        return _loads(text)
    except RecursionError as error:
        raise Malformed("no JSON that can be read: it is nested too deeply") from error
    except ValueError as error:
        raise Malformed(f"not whole JSON: {error}") from error


def _loads(text: str) -> Any:
    """Python refuses to read a number of more than 4,300 digits: then each number is read by itself."""
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, strict=False, parse_int=_whole_number)


def _whole_number(digits: str) -> float:
    try:
        return int(digits)
    except ValueError:
        return -math.inf if digits.startswith("-") else math.inf


@dataclass(frozen=True)
class TableRow:
    """One row of a table: its number (the header's is 1), its cells by the header's names, and its text as it came.

    cells is None where the row has not as many cells as the header, or opens a quote that nothing closes.
    """

    number: int
    cells: Mapping[str, str] | None
    raw: str


def read_table(body: bytes, details: Details, needed: Sequence[str], sign: str = ",") -> list[TableRow]:
    """The rows of a CSV. Its columns may stand in any order, with others among them; blank lines are no rows.

    needed: the columns without which it is no edition, in small letters; Malformed when one is missing. Of two columns
    of one name the last counts.
    """
    lines = split_lines(read_text(body, details))
    blank = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    names = column_names(lines[blank], sign) if lines[blank:] else []
    missing = [name for name in needed if name not in names]
    if missing:
        raise Malformed(f"the header lacks {', '.join(missing)}: was a column renamed?")
    records = _records(lines[blank + 1 :], len(names), sign)
    return [_table_row(number, names, cells, raw) for number, (cells, raw) in enumerate(records, start=2)]


def column_names(header: str, sign: str = ",") -> list[str]:
    """The names in a header line, in small letters and without the blanks around them."""
    cells, _ = _split([header], sign, is_strict=False)
    return [cell.strip("\ufeff \t").lower() for cell in cells or []]


def _table_row(number: int, names: Sequence[str], cells: Sequence[str] | None, raw: str) -> TableRow:
    if cells is None or len(cells) != len(names):
        return TableRow(number, None, raw)
    return TableRow(number, dict(zip(names, cells, strict=True)), raw)


def _records(lines: Sequence[str], width: int, sign: str) -> Iterator[tuple[list[str] | None, str]]:
    """The cells and the text of each row. A row goes over several lines only if its quotes are closed as they must be.

    Where they are not, one line is set aside (None), and not all lines until the next quote.
    """
    place = 0
    while place < len(lines):
        ahead = lines[place : place + LONGEST_RECORD]
        cells, taken = _split(ahead, sign, is_strict=False)
        if taken > 1:
            cells, taken = _split(ahead, sign, is_strict=True)
            if cells is None or len(cells) != width:
                cells, taken = None, 1
        if cells or cells is None:
            yield cells, "\n".join(ahead[:taken])
        place += taken


def _split(lines: Sequence[str], sign: str, *, is_strict: bool) -> tuple[list[str] | None, int]:
    """The cells of the first row and how many lines it takes; None for a row that breaks the rules."""
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader((f"{line.replace(chr(13), ' ')}\n" for line in lines), strict=is_strict, delimiter=sign)
    try:
        return next(reader, []), max(1, reader.line_num)
    except csv.Error:
        return None, 1
