"""Unified diffs for builders and their auditors: write one, list the files it changes, apply it to exactly its text."""

import difflib
import re
from pathlib import PurePosixPath

from company.errors import CompanyError

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@.*")
NEW = re.compile(r"^\+\+\+ b/(?P<file>[^\t\n]+)", re.M)
NO_NEWLINE = "\\ No newline"


class DiffError(CompanyError):
    """A diff that does not fit the text it is applied to; nothing of it was applied."""


def make_diff(file: str, before: str, after: str) -> str:
    """The difference of one file's texts, with three lines around each change."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{file}", f"b/{file}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}\n" for line in lines)


def files_of(diff: str) -> list[str]:
    """The files that a diff changes; DiffError for one outside the root."""
    files = [found["file"] for found in NEW.finditer(diff)]
    for file in files:
        if PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts:
            raise DiffError(f"{file} is outside the code")
    if not files:
        raise DiffError("the diff names no file")
    return files


def part_of(diff: str, file: str) -> str:
    """The part of a diff that is about one file."""
    pieces = re.split(r"(?m)^(?=--- a/)", diff)
    return "".join(piece for piece in pieces if piece.startswith(f"--- a/{file}\n"))


def apply_diff(text: str, diff: str) -> str:
    """The text with the diff of one file applied. Every line of context must be exactly where the diff says."""
    before, after = text.splitlines(keepends=True), []
    at = 0
    lines = iter(diff.splitlines(keepends=True)[2:])
    for line in lines:
        hunk = HUNK.fullmatch(line.rstrip("\n"))
        if hunk:
            start = int(hunk[1]) - 1 if hunk[2] != "0" else int(hunk[1])
            if not at <= start <= len(before):
                raise DiffError(f"hunk at line {start + 1} is out of order")
            after += before[at:start]
            at = start
        elif line.startswith(NO_NEWLINE):
            after[-1:] = [after[-1].rstrip("\n")] if after else []
        else:
            at = _take(line, before, at, after)
    return "".join(after + before[at:])


def _take(line: str, before: list[str], at: int, after: list[str]) -> int:
    """Applies one line of a hunk (kept, removed or added); gives the position in the old text."""
    sign, content = line[:1], line[1:]
    if sign == "+":
        after.append(content)
        return at
    if sign not in " -" or at >= len(before) or before[at].rstrip("\n") != content.rstrip("\n"):
        raise DiffError(f"line {at + 1} is not {content.strip()!r}")
    if sign == " ":
        after.append(before[at])
    return at + 1
