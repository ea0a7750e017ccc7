"""Folders that are locked while a living process uses them, so that the next start knows what a killed one left.

The kernel frees a lock when its process ends, however it ends. An age would prove nothing: a day may take long.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder until the end of the block, unless it was given another name; first removes abandoned ones."""
    remove_abandoned(parent, prefix)
    folder, lock = _locked_folder(parent, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked_folder(parent: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = lock_folder(folder)
        if lock is not None:  # else another start took it for abandoned before it was locked
            return folder, lock


def remove_abandoned(parent: Path, prefix: str) -> None:
    """Removes the folders of this user that no living process holds."""
    for folder in parent.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # another user's, or gone meanwhile
            if folder.lstat().st_uid == os.geteuid():
                remove_unless_held(folder)


def remove_unless_held(folder: Path) -> bool:
    """Removes a folder with all that is in it; False when a living process holds it."""
    with held(folder) as is_ours:
        if is_ours:
            shutil.rmtree(folder, ignore_errors=True)
        return is_ours


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Holds a folder's lock alone, if no other process has it; yields whether."""
    lock = lock_folder(folder)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def lock_folder(folder: Path, *, shared: bool = False) -> int | None:
    """The lock of a folder; None when another process holds it, or has removed the folder."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), folder.lstat()):
            return lock
    except OSError:
        pass
    os.close(lock)
    return None
