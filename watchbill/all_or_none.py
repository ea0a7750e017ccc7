"""Changes files of a checkout: all of them, or none, also where a disk is full or a folder cannot be written."""

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from company.text.files import read_utf8
from watchbill.errors import DeskError


class Files:
    """New files are there at once; what was there already changes and goes at the end, in the order of the calls."""

    def __init__(self) -> None:
        self._made: list[Path] = []
        self._drafts: dict[Path, Path] = {}
        self._removed: list[Path] = []
        self._before: list[tuple[Path, bytes]] = []

    def read(self, path: Path) -> str:
        """Its text, as it is to be."""
        return read_utf8(self._drafts.get(path, path))

    def write(self, path: Path, content: str | bytes) -> None:
        """A new file, with the folders that it needs, or the new content of one."""
        missing = [one for one in (path, *path.parents) if not one.exists()]
        if missing:
            self._made.append(missing[-1])
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, content)
            return
        draft = self._drafts.setdefault(path, path.with_name(f".{path.name}.new"))
        _write(draft, content)

    def remove(self, path: Path) -> None:
        """A file, or a folder with all in it."""
        self._removed.append(path)

    def finish(self) -> None:
        for path, draft in self._drafts.items():
            before = path.read_bytes()
            draft.replace(path)
            self._before.append((path, before))
        for path in self._removed:
            path.replace(_aside(path))
        for path in self._removed:
            _delete(_aside(path))

    def undo(self) -> None:
        """Goes on where one of them cannot be put back: what is left to do is still better done."""
        for path in self._removed:
            if not path.exists():
                with contextlib.suppress(OSError):
                    _aside(path).replace(path)
        for path, before in self._before:
            with contextlib.suppress(OSError):
                path.write_bytes(before)
        for path in (*self._drafts.values(), *self._made):
            _delete(path)


@contextmanager
def all_or_none() -> Iterator[Files]:
    """What is changed in the block; after any error nothing is. DeskError says which file could not be written."""
    files = Files()
    try:
        yield files
        files.finish()
    except BaseException as error:
        files.undo()
        if isinstance(error, OSError):
            raise DeskError(f"{error.filename} cannot be written: {error.strerror}. Nothing was changed.") from error
        raise


def _write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
