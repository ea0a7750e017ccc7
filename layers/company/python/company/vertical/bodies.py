"""The bytes of an answer or of a stored document. Nobody needs to hold all of a large one in memory."""

import hashlib
import weakref
from tempfile import SpooledTemporaryFile
from typing import IO

IN_MEMORY = 4 * 1024 * 1024
"""Above this many bytes a file of ours is on disk. It has no name there, so it ends with its process."""


def scratch_file(owner: object, in_memory: int) -> IO[bytes]:
    """A temporary file that is in memory while it is small. It is closed, and so removed, with its owner."""
    file = SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115  it lives as long as its owner
    weakref.finalize(owner, file.close)
    return file


class Body:
    """Bytes with their number and their digest, taken while they come; read as often as somebody asks."""

    def __init__(self, content: bytes = b"", in_memory: int = IN_MEMORY) -> None:
        self._file = scratch_file(self, in_memory)
        self._digest = hashlib.sha256()
        self.size = 0
        self.add(content)

    def add(self, chunk: bytes) -> None:
        """Adds the bytes that came next."""
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def file(self) -> IO[bytes]:
        """The bytes as a file at its beginning. There is one file: read it to the end before you ask again."""
        self._file.seek(0)
        return self._file

    def head(self, size: int) -> bytes:
        """The first bytes."""
        return self.file().read(size)

    def read(self) -> bytes:
        """All bytes at once: for those who know that they are few."""
        return self.file().read()
