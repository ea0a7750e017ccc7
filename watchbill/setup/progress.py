"""pip's progress during set-up, read from its output."""

import re
import sys
import time
from collections.abc import Iterable, Iterator

LINE_EVERY = 25  # packages, where the output is no terminal
WIDTH = 78


def follow(part: str, total: int, lines: Iterable[str]) -> Iterator[str]:
    """Passes pip's lines on and prints its progress."""
    started, seen, megabytes = time.monotonic(), 0, 0.0
    for line in lines:
        yield line
        megabytes += downloaded_megabytes(line)
        if begins_package(line):
            seen += 1
            if total > 1 and (sys.stdout.isatty() or seen % LINE_EVERY == 0):
                show_progress(f"  {part}: {seen} of {total} fetched, {megabytes:.0f} MB downloaded")
        elif total > 1 and line.startswith("Installing collected"):
            show_progress(f"  {part}: {seen} of {total} fetched, {megabytes:.0f} MB downloaded; unpacking")
    show_progress(f"  {part}: {seen} of {total} in {time.monotonic() - started:.0f} s", last=True)


def begins_package(line: str) -> bool:
    return line.startswith(("Collecting ", "Processing ", "Obtaining ", "Requirement already satisfied"))


def downloaded_megabytes(line: str) -> float:
    size = re.match(r"\s*Downloading .*\(([\d.]+) (kB|MB)\)", line)
    return float(size[1]) / (1 if size[2] == "MB" else 1000) if size else 0.0


def show_progress(text: str, *, last: bool = False) -> None:
    """One updating line on a terminal; one line per call elsewhere (a log, a pipe)."""
    if sys.stdout.isatty():
        print("\r" + text.ljust(WIDTH), end="\n" if last else "", flush=True)
    else:
        print(text, flush=True)
