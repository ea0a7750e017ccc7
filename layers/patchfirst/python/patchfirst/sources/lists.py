"""The records of a body whose publisher packs them as lists: JSON lines or a JSON array, one record at a time.

A list is read where there is no record of its own to read: an archive may hold lists about its records beside them.
"""

import codecs
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO, Any, cast

from company.text.decoding import read_json
from company.vertical import Details, Malformed
from company.vertical.columns import Form
from company.vertical.details import UNREADABLE
from company.vertical.envelopes import at_path
from patchfirst.sources.archives import BROKEN, CHUNK, GZIP, MOST_LAYERS, SAMPLED, open_members

LONGEST_RECORD = 32 << 20
HEAD = 64
IS_LIST = re.compile(r"\.(?:json|jsonl|ndjson)(?:\.txt)?$", re.I)
BEGINS = (b"[", b"{")
BETWEEN = re.compile(r"[\s,]*")


def records(file: IO[bytes], is_wanted: Callable[[str], bool], form: Form) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each record: the wanted members of an archive, or else what its lists hold, or the body itself.

    form: of its names a list's first record must have one. Malformed when the body is neither, or is cut.
    """
    plain = _plain(file, MOST_LAYERS)
    if plain is not None:
        found = _listed("", plain, form)
        first = next(found, None)
        if first is None:
            raise Malformed("neither an archive nor a list of records")
        yield first
        yield from found
        return
    is_empty = True
    for member in _of_archive(file, is_wanted, form, is_of_records=True):
        is_empty = False
        yield member
    if is_empty:
        file.seek(0)
        yield from _of_archive(file, lambda name: IS_LIST.search(name) is not None, form, is_of_records=False)


def first_records(body: bytes, is_wanted: Callable[[str], bool], form: Form) -> list[object]:
    """The first JSON documents of a body, to tell their columns by."""
    found = islice(records(io.BytesIO(body), is_wanted, form), SAMPLED)
    return [read_json(content, Details()) for _, content in found]


def _of_archive(
    file: IO[bytes], is_wanted: Callable[[str], bool], form: Form, *, is_of_records: bool
) -> Iterator[tuple[str, bytes]]:
    """is_of_records: a wanted member is a record, where it is no array."""
    try:
        for name, member in open_members(file, is_wanted, MOST_LAYERS):
            inside = io.BufferedReader(cast(Any, member))
            if is_of_records and not inside.peek(HEAD).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
                yield name, inside.read()
            else:
                yield from _listed(name, inside, form)
    except BROKEN as error:
        raise Malformed(f"the archive cannot be read: {error}") from error


def _plain(file: IO[bytes], layers: int) -> IO[bytes] | None:
    """The text of a body that is no archive, out of its gzip; None for an archive."""
    head = file.read(CHUNK)
    file.seek(0)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(BEGINS):
        return file
    if not (layers and head.startswith(GZIP)):
        return None
    try:
        inside = _plain(gzip.GzipFile(fileobj=file, mode="rb"), layers - 1)  # type: ignore[arg-type]
    except BROKEN:
        inside = None
    if inside is None:
        file.seek(0)
    return inside


def _listed(name: str, inside: IO[bytes], form: Form) -> Iterator[tuple[str, bytes]]:
    """Each record of one list; none where its first is no record of this source."""
    for number, content in enumerate(_values(inside)):
        if number == 0 and not _has_a_name(content, form):
            return
        yield name, content


def _has_a_name(content: bytes, form: Form) -> bool:
    try:
        record = read_json(content, Details())
    except UNREADABLE:
        return False
    names = (name for known in form.names.values() for name in known)
    return isinstance(record, dict) and any(at_path(record, name) is not None for name in names)


def _values(inside: IO[bytes]) -> Iterator[bytes]:
    begins = inside.readline(LONGEST_RECORD)
    while begins and not begins.removeprefix(codecs.BOM_UTF8).strip():
        begins = inside.readline(LONGEST_RECORD)
    begins = begins.removeprefix(codecs.BOM_UTF8)
    return _of_array(begins, inside) if begins.lstrip().startswith(b"[") else _of_lines(begins, inside)


def _of_lines(line: bytes, inside: IO[bytes]) -> Iterator[bytes]:
    """Each line by itself: one that is broken is one record that cannot be read."""
    while line:
        if len(line) >= LONGEST_RECORD:
            raise Malformed(f"a line has more than {LONGEST_RECORD} bytes")
        if line.strip():
            yield line.strip()
        line = inside.readline(LONGEST_RECORD)


def _of_array(begins: bytes, inside: IO[bytes]) -> Iterator[bytes]:
    """Malformed where it ends within a record, or without its end."""
    decoder, reader = json.JSONDecoder(strict=False), codecs.getincrementaldecoder("utf-8")("replace")
    text, chunk = reader.decode(begins.lstrip()[1:]), begins
    while True:
        at = 0
        while (end := _end_of_value(decoder, text, at := _next(text, at))) is not None:
            yield text[at:end].encode()
            at = end
        text = text[at:]
        if text.startswith("]"):
            return
        if not chunk or len(text) > LONGEST_RECORD:
            raise Malformed("not whole JSON: a list of records ends before its end, or has one that cannot be read")
        chunk = inside.read(CHUNK)
        text += reader.decode(chunk, final=not chunk)


def _next(text: str, at: int) -> int:
    found = BETWEEN.match(text, at)
    return found.end() if found else at


def _end_of_value(decoder: json.JSONDecoder, text: str, at: int) -> int | None:
    """None where the value is not whole yet."""
    if not text.startswith(("{", "["), at):
        return None
    try:
        return decoder.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return None
