"""Reads the text files of a checkout; one that cannot be read is named, with what to correct."""

from pathlib import Path

from company.errors import FileError

QUERIES = "queries"
"""The folder of named queries, of a package under sql/ and of a product's package that a change was deployed in."""


def read_utf8(path: Path) -> str:
    """The text of a file, without a byte order mark; FileError names one that is missing, or not UTF-8 and where."""
    try:
        return path.read_text(encoding="utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise FileError(
            f"{path}, line {line}: is not UTF-8 (byte {error.start} is {error.object[error.start]:#04x}): save it so."
        ) from error
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from error
