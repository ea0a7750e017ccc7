"""Whether code has a change already: a checkout into which it was pulled, or a release that was made from one."""

from collections.abc import Sequence
from pathlib import Path

from company.sandbox.diffs import HUNK, NO_NEWLINE, files_of, part_of


def has_change(roots: Sequence[Path], diff: str) -> bool:
    """Whether each place of the diff is in the files under these roots as the change leaves it, wherever it has moved.

    A file that is under several is the first's.
    """
    return all(_has(_place(roots, file), part_of(diff, file)) for file in files_of(diff))


def _place(roots: Sequence[Path], file: str) -> Path:
    return next((root / file for root in roots if (root / file).is_file()), roots[0] / file)


def _has(path: Path, diff: str) -> bool:
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return all(_contains(lines, block) for block in _blocks(diff))


def _blocks(diff: str) -> list[list[str]]:
    """What each hunk leaves: the lines that it keeps and adds."""
    blocks: list[list[str]] = []
    for line in diff.splitlines():
        if HUNK.fullmatch(line):
            blocks.append([])
        elif blocks and line[:1] in (" ", "+") and not line.startswith(NO_NEWLINE):
            blocks[-1].append(line[1:])
    return blocks


def _contains(lines: list[str], block: list[str]) -> bool:
    return any(lines[at : at + len(block)] == block for at in range(len(lines) - len(block) + 1))
