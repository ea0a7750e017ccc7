"""What makes two failures the same mistake, and how lessons stand on a role's page of memory."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MOST_SIGNATURE = 160
MOST_PAGE = 4000
"""Characters; the brain refuses a longer one."""
PARTS = (
    (re.compile(r"'[^']*'|\"[^\"]*\""), "'...'"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{16,}\b", re.I), "#"),
    (re.compile(r"https?://\S+"), "URL"),
    (re.compile(r"\d+([.,:T-]\d+)*Z?"), "#"),
    (re.compile(r"\s+"), " "),
)


def signature(kind: str, message: str) -> str:
    """The message without what differs from time to time: numbers, times, names in quotes, addresses."""
    for pattern, stands_for in PARTS:
        message = pattern.sub(stands_for, message)
    return f"{kind}: {message.strip().lower()}"[:MOST_SIGNATURE]


def page(role: str, lessons: Iterable[Mapping[str, Any]]) -> str:
    """A role's memory: the latest lesson first, each with its sessions, as many as fit."""
    lines = [f"What {role} has learned. Each line names the sessions that taught it."]
    size = len(lines[0])
    for lesson in lessons:
        line = told(lesson)
        size += len(line) + 1
        if size > MOST_PAGE:
            break
        lines.append(line)
    return "\n".join(lines)


def told(lesson: Mapping[str, Any]) -> str:
    """'- L-3, 4 times, last Wed 11 Mar: <lesson> (sessions 12, 15, 19)'"""
    sessions = lesson["sessions"]
    named = ", ".join(map(str, sessions[-5:])) + (" and earlier" if len(sessions) > 5 else "")
    times = "once" if len(sessions) == 1 else f"{len(sessions)} times"
    return f"- L-{lesson['id']}, {times}, last {lesson['last_at']:%a %d %b}: {lesson['lesson']} (sessions {named})"
