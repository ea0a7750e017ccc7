"""Finds the files that may be editions: in a folder and all below it, in archives, or one file alone."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from patchfirst.recorded.kinds import (
    ARCHIVE,
    LEFT_OUT,
    PACKED,
    READABLE,
    RECORD,
    UNKNOWN,
    Kind,
    kind_by_content,
    kind_by_name,
)
from patchfirst.recorded.left_out import LeftOut
from patchfirst.recorded.packing import BROKEN, beginning, member_names, read_member

HEAD = 1 << 16
MOST_OPENED = 2_000
"""How many files with a name that says nothing are opened to see what they are."""
KEPT_APART = {"malformed"}
LIST_FOLDERS = ("cves",)
SINGLE = Kind(None, LEFT_OUT[r"cves-cveId[^/]*\.json"])


@dataclass(frozen=True)
class FoundFile:
    """A file, a member of an archive, or the loose records of a CVE List below one folder.

    path: the file on disk. records: the loose records.
    """

    name: str
    path: Path
    kind: Kind
    read: Callable[[], bytes]
    records: tuple[Path, ...] = ()


class Finder:
    """Looks at every file once. What is left out goes to `left_out`, with the reason."""

    def __init__(self, left_out: LeftOut) -> None:
        self._left_out = left_out
        self._records: dict[Path, list[Path]] = {}
        self._opened = 0

    def find(self, place: Path) -> Iterator[FoundFile]:
        """The files that are editions by their kind; whether they can be read is seen later."""
        for path in [place] if not place.is_dir() else self._files(place):
            yield from self._look_at(path)
        for root, records in self._records.items():
            yield from self._given(_list_of(root, tuple(records)))

    def _files(self, folder: Path) -> Iterator[Path]:
        """In the order of names. Links to folders are followed, each folder is seen once."""
        seen = {os.path.realpath(folder)}
        for here, folders, files in os.walk(folder, onerror=self._cannot_be_listed, followlinks=True):
            folders[:] = sorted(name for name in folders if self._is_entered(Path(here, name), seen))
            yield from (Path(here, name) for name in sorted(files))

    def _cannot_be_listed(self, error: OSError) -> None:
        self._left_out.add(error.filename, f"it cannot be read: {error.strerror}")

    def _is_entered(self, folder: Path, seen: set[str]) -> bool:
        real = os.path.realpath(folder)
        if folder.name in KEPT_APART or folder.name.startswith("."):
            if not _is_empty(folder):
                self._left_out.add(folder, f"folders named {folder.name} are not entered")
            return False
        if real in seen:
            self._left_out.add(folder, "it leads to a folder that is read already")
            return False
        seen.add(real)
        if READABLE.search(PACKED.sub("", folder.name)) or ARCHIVE.search(folder.name):
            self._left_out.add(folder, "it is a folder with the name of a file; the files in it are looked at")
        return True

    def _look_at(self, path: Path) -> Iterator[FoundFile]:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            self._left_out.add(path, f"it cannot be read: {error.strerror}")
            return
        if not stat.S_ISREG(mode):
            self._left_out.add(path, "it is no ordinary file")
        elif RECORD.fullmatch(path.name):
            self._take_record(path)
        elif kind := kind_by_name(path):
            yield from self._given(FoundFile(str(path), path, kind, path.read_bytes))
        elif ARCHIVE.search(path.name) and not READABLE.search(PACKED.sub("", path.name)):
            yield from self._members(path)
        else:
            yield from self._given(self._opened_file(str(path), path, path.name, path.read_bytes))

    def _take_record(self, path: Path) -> None:
        """A loose record belongs to the list whose folders (cves, year, thousand) it is in."""
        root = path.parent
        while root.name in LIST_FOLDERS or root.name.isdigit() or root.name.endswith("xxx"):
            root = root.parent
        self._records.setdefault(root, []).append(path)

    def _given(self, file: FoundFile) -> Iterator[FoundFile]:
        if file.kind.source is None:
            self._left_out.add(file.name, file.kind.reason)
        else:
            yield file

    def _opened_file(self, shown: str, path: Path, name: str, read: Callable[[], bytes]) -> FoundFile:
        """What a file with a name that says nothing is, by how it begins."""
        if not READABLE.search(PACKED.sub("", name)):
            return FoundFile(shown, path, Kind(None, UNKNOWN), read)
        self._opened += 1
        if self._opened > MOST_OPENED:
            return FoundFile(
                shown, path, Kind(None, f"more than {MOST_OPENED:,} files have names that say nothing"), read
            )
        try:
            kind = kind_by_content(beginning(read(), HEAD))
        except BROKEN as error:
            kind = Kind(None, f"it cannot be read: {error}")
        return FoundFile(shown, path, SINGLE if kind.source == "nvd" and RECORD.fullmatch(name) else kind, read)

    def _members(self, archive: Path) -> Iterator[FoundFile]:
        """The archive itself where it holds CVE records, else the editions among its members."""
        try:
            names = member_names(archive)
            if _is_list(archive, names):
                yield FoundFile(str(archive), archive, Kind("cves"), archive.read_bytes)
                return
        except BROKEN as error:
            self._left_out.add(archive, f"the archive cannot be read: {error}")
            return
        for name in names:
            yield from self._given(self._member(archive, name))

    def _member(self, archive: Path, name: str) -> FoundFile:
        shown, read = f"{archive}:{name}", partial(read_member, archive, name)
        path = PurePath(archive.parent.name) / name
        if kind := kind_by_name(path):
            return FoundFile(shown, archive, kind, read)
        return self._opened_file(shown, archive, path.name, read)


def _is_empty(folder: Path) -> bool:
    try:
        return not os.listdir(folder)
    except OSError:
        return False


def _list_of(root: Path, records: tuple[Path, ...]) -> FoundFile:
    """The loose records below a folder. The first says what they are: NVD's answers have the same names."""
    try:
        kind = kind_by_content(records[0].read_bytes()[:HEAD])
    except OSError as error:
        kind = Kind(None, f"it cannot be read: {error.strerror}")
    name = str(records[0]) if len(records) == 1 else f"{root}/CVE-*.json"
    return FoundFile(name, records[0], SINGLE if kind.source == "nvd" else kind, bytes, records)


def _is_list(archive: Path, names: list[str]) -> bool:
    """Whether it holds records as the CVE List writes them; NVD's answers about single CVEs have the same names."""
    record = next((name for name in names if RECORD.fullmatch(PurePath(name).name)), None)
    if record is not None:
        return kind_by_content(read_member(archive, record)[:HEAD]).source == "cves"
    return [PurePath(name).name for name in names] == ["cves.zip"]
