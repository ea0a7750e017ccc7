"""Reads the documents in the archives of feeds, one after another: zip, zip within zip, tar.gz."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from company.vertical import Malformed

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
GZIP = b"\x1f\x8b"
LARGEST_MEMBER = 1024 * 1024 * 1024
BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


def members(body: bytes, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each wanted member; Malformed when the archive is broken or cut."""
    try:
        if body.startswith((ZIP, EMPTY_ZIP)):
            yield from _zipped(body, is_wanted)
        elif body.startswith(GZIP):
            yield from _tarred(body, is_wanted)
        else:
            raise Malformed(f"neither a zip nor a tar.gz: it begins with {body[:12]!r}")
    except BROKEN as error:
        raise Malformed(f"the archive cannot be read: {error}") from error


def _zipped(body: bytes, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for entry in archive.infolist():
            if entry.file_size > LARGEST_MEMBER * (2 if entry.filename.endswith(".zip") else 1):
                raise Malformed(f"{entry.filename} would unpack to {entry.file_size} bytes")
            if entry.filename.endswith(".zip"):
                yield from _zipped(archive.read(entry), is_wanted)
            elif is_wanted(entry.filename):
                yield entry.filename, archive.read(entry)


def _tarred(body: bytes, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """As a stream, so that the unpacked members are never all in memory at once."""
    with tarfile.open(fileobj=io.BytesIO(body), mode="r|gz") as archive:
        for entry in archive:
            if entry.size > LARGEST_MEMBER:
                raise Malformed(f"{entry.name} would unpack to {entry.size} bytes")
            if entry.isfile() and is_wanted(entry.name):
                found = archive.extractfile(entry)
                yield entry.name, found.read() if found else b""
