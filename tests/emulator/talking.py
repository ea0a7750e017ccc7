"""A command at a terminal of its own, whose questions are answered: what it asked, what it said, how it ended."""

import os
import pty
import re
import select
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

QUESTION = re.compile(r"([^\n\r]*\S) ?\[[^\[\]\n]*\]: ?$")
"""A line that waits: Stack Name [watchbill]: ."""
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PAUSE_SECONDS = 0.3
"""So long nothing more comes: then the last line is a question, and not the half of something."""


@dataclass(frozen=True)
class Talk:
    """How a command ended, each question in its order, and all that it printed."""

    code: int
    questions: tuple[str, ...]
    output: str


def talk(
    command: list[str], *, env: Mapping[str, str], cwd: Path, answers: Mapping[str, str], seconds: float = 240
) -> Talk:
    """Runs it; a question that begins as one of the answers gets that one, and every other gets Enter."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, env=dict(env), cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    output, questions, seen = "", [], 0
    until = monotonic() + seconds
    try:
        while (part := _read(ours)) is not None:
            output += part
            found = None if part else QUESTION.search(COLOURS.sub("", output[seen:]))
            if found:
                question = found[1].strip()
                questions.append(question)
                seen = len(output)
                os.write(ours, f"{_answer(question, answers)}\n".encode())
            if monotonic() > until:
                raise AssertionError(f"it did not end; the last that it said:\n{output[-2000:]}")
        return Talk(process.wait(30), tuple(questions), COLOURS.sub("", output))
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _answer(question: str, answers: Mapping[str, str]) -> str:
    return next((answer for begin, answer in answers.items() if question.startswith(begin)), "")


def _read(terminal: int) -> str | None:
    """What came, '' where nothing came for a while, None at the end."""
    if not select.select([terminal], [], [], PAUSE_SECONDS)[0]:
        return ""
    with suppress(OSError):  # the other side was closed
        return os.read(terminal, 65536).decode("utf-8", "replace") or None
    return None
