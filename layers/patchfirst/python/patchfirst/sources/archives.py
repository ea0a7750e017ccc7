"""Reads the documents in the archives of feeds, one after another: zip, tar, zip within either, and either in gzip."""

import gzip
import io
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Literal

from company.vertical import Malformed

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
GZIP = b"\x1f\x8b"
TAR, TAR_AT = b"ustar", 257
"""The sign of a tar and where it stands: after the head of its first member."""
CHUNK = 1 << 20
LARGEST_MEMBER = 1024 * 1024 * 1024
SAMPLED = 500
MOST_LAYERS = 2
"""Of gzip around an archive: a server that packs what is packed already does it once more."""
BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    TypeError,  # tarfile, of a gzip that is cut within its head
)


def members(file: IO[bytes], is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each wanted member; Malformed when the archive is broken or cut."""
    try:
        for name, inside in open_members(file, is_wanted, MOST_LAYERS):
            yield name, inside.read()
    except BROKEN as error:
        raise Malformed(f"the archive cannot be read: {error}") from error


def open_members(file: IO[bytes], is_wanted: Callable[[str], bool], layers: int) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of each wanted member, to be read before the next is asked for; one of BROKEN as it comes."""
    beginning = _beginning(file)
    if beginning.startswith((ZIP, EMPTY_ZIP)):
        yield from _zipped(file, is_wanted)
    elif beginning[TAR_AT:].startswith(TAR):
        yield from _tarred(file, is_wanted, "r|")
    elif not beginning.startswith(GZIP):
        raise Malformed(f"neither a zip nor a tar: it begins with {beginning[:12]!r}")
    elif layers and _beginning(gzip.GzipFile(fileobj=file, mode="rb"), file).startswith((ZIP, EMPTY_ZIP, GZIP)):
        yield from _unpacked(file, is_wanted, layers - 1)
    else:
        yield from _tarred(file, is_wanted, "r|gz")


def _beginning(inside: IO[bytes] | gzip.GzipFile, file: IO[bytes] | None = None) -> bytes:
    """The first bytes of a file, or of what is packed in it; it is read from its beginning again."""
    head = inside.read(TAR_AT + len(TAR))
    (file or inside).seek(0)
    return head


def _unpacked(file: IO[bytes], is_wanted: Callable[[str], bool], layers: int) -> Iterator[tuple[str, IO[bytes]]]:
    """An archive within gzip, unpacked to disk: a zip has its list of members at its end."""
    with tempfile.TemporaryFile() as unpacked:
        size = 0
        with gzip.GzipFile(fileobj=file, mode="rb") as packed:
            while chunk := packed.read(CHUNK):
                size += len(chunk)
                if size > 2 * LARGEST_MEMBER:
                    raise Malformed(f"it would unpack to more than {2 * LARGEST_MEMBER} bytes")
                unpacked.write(chunk)
        unpacked.seek(0)
        yield from open_members(unpacked, is_wanted, layers)


def _zipped(file: IO[bytes], is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(file) as archive:
        # The list of a whole list's members is large: each is forgotten once it is read.
        entries = archive.filelist
        archive.NameToInfo.clear()
        entries.reverse()
        while entries:
            entry = entries.pop()
            _require_size(entry.filename, entry.file_size)
            if _is_zip(entry.filename):
                with archive.open(entry) as packed:
                    yield from _inner(packed, is_wanted)
            elif is_wanted(entry.filename):
                with archive.open(entry) as inside:
                    yield entry.filename, inside


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _require_size(name: str, size: int) -> None:
    if size > LARGEST_MEMBER * (2 if _is_zip(name) else 1):
        raise Malformed(f"{name} would unpack to {size} bytes")


def _inner(packed: IO[bytes], is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, IO[bytes]]]:
    """The members of a zip within an archive, which is unpacked to disk: its list of members is at its end."""
    with tempfile.TemporaryFile() as unpacked:
        shutil.copyfileobj(packed, unpacked, CHUNK)
        yield from _zipped(unpacked, is_wanted)


def _tarred(
    file: IO[bytes], is_wanted: Callable[[str], bool], mode: Literal["r|", "r|gz"]
) -> Iterator[tuple[str, IO[bytes]]]:
    """As a stream, so that the unpacked members are never all in memory at once."""
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for entry in archive:
            archive.members.clear()  # type: ignore[attr-defined]
            _require_size(entry.name, entry.size)
            if entry.isfile() and _is_zip(entry.name):
                yield from _inner(archive.extractfile(entry) or io.BytesIO(), is_wanted)
            elif entry.isfile() and is_wanted(entry.name):
                yield entry.name, archive.extractfile(entry) or io.BytesIO()
