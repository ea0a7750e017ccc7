"""A lock in several lists of packages, for as many pips at once: pip itself uses one core."""

import re
from pathlib import Path

LEAST = 10
"""Packages in a list; for fewer a pip is not worth its start. So what brings pip itself is never divided."""
MOST = 4
"""Lists; more take longer, for then the disk has more to do than the cores."""
PACKAGE = re.compile(r"^(?=[\w.-]+==)", re.MULTILINE)


def divided(lock: Path, folder: Path, into: int) -> list[Path]:
    """Files that hold each package of the lock once, with its hashes: the lock itself, or up to `into` lists in folder.

    Neighbours of the alphabet are often of one family and size, so each list takes every second, third or fourth.
    """
    packages = PACKAGE.split(lock.read_text(encoding="utf-8"))[1:]
    lists = min(into, MOST, len(packages) // LEAST)
    if lists < 2:
        return [lock]
    files = [folder / f"{lock.stem}-{n + 1}.txt" for n in range(lists)]
    for n, file in enumerate(files):
        file.write_text("".join(packages[n::lists]), encoding="utf-8")
    return files
