"""Packed bytes: what is inside them, and the members of an archive."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from company.text.decoding import AS_GZIP, PADDING
from company.vertical import Malformed

GZIP, XZ, BZIP, ZIP = b"\x1f\x8b", b"\xfd7zXZ\x00", b"BZh", b"PK\x03\x04"
LARGEST = 1 << 30
MOST_LEVELS = 3
OPENERS: dict[bytes, Callable[[IO[bytes]], io.BufferedIOBase]] = {
    XZ: lzma.LZMAFile,
    BZIP: bz2.BZ2File,
}
BROKEN = (
    Malformed, OSError, EOFError, ValueError, RuntimeError, NotImplementedError,
    zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip


def unpacked_once(content: bytes, most: int = LARGEST) -> bytes:
    """What is inside gzip, xz, bzip2 or a zip with one file; other bytes as they are. At most `most` bytes."""
    if content.startswith(ZIP):
        return _only_member(content)
    inside = _opened(content, min(most, LARGEST + 1))
    if len(inside) > LARGEST:
        raise Malformed(f"it unpacks to more than {LARGEST} bytes")
    return inside


def _opened(content: bytes, most: int) -> bytes:
    if content.startswith(GZIP):
        return _members(content, most)
    for magic, opener in OPENERS.items():
        if content.startswith(magic):
            return opener(io.BytesIO(content)).read(most)
    return content


def _members(content: bytes, most: int) -> bytes:
    """The members of a gzip; what follows the last and is none is passed over, as a feed's reader does."""
    parts, size = [], 0
    while content.startswith(GZIP) and size < most:
        reader = zlib.decompressobj(wbits=AS_GZIP)
        parts.append(reader.decompress(content, most - size))
        size += len(parts[-1])
        if not reader.eof and size < most:
            raise EOFError("the gzip is cut")
        content = reader.unused_data.lstrip(PADDING)
    return b"".join(parts)


def unpacked(content: bytes) -> bytes:
    """The same until nothing is packed any more."""
    for _ in range(MOST_LEVELS):
        inside = unpacked_once(content)
        if inside is content:
            break
        content = inside
    return content


def archive_for_reader(content: bytes) -> bytes:
    """A zip or a tar.gz as it is; another tar as tar.gz."""
    return content if content.startswith((ZIP, GZIP)) else gzip.compress(unpacked_once(content), 1, mtime=0)


def beginning(content: bytes, size: int) -> bytes:
    """The first bytes inside."""
    return unpacked_once(content, size)[:size]


def _only_member(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(files) != 1:
            raise Malformed(f"a zip with {len(files)} files where one was expected")
        if files[0].file_size > LARGEST:
            raise Malformed(f"it unpacks to {files[0].file_size} bytes")
        return archive.read(files[0])


def member_names(archive: Path) -> list[str]:
    """The files in a tar or a zip, in its order."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            return [entry.filename for entry in zipped.infolist() if not entry.is_dir()]
    with tarfile.open(archive) as tar:
        return [member.name for member in tar.getmembers() if member.isfile()]


def read_member(archive: Path, name: str) -> bytes:
    """One file of a tar or a zip."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            return zipped.read(name)
    with tarfile.open(archive) as tar:
        member = tar.extractfile(name)
        if member is None:
            raise Malformed("the member is no file")
        return member.read()
