"""What makes two failures the same mistake, and how lessons stand on a role's page of memory."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

MOST_SIGNATURE = 160
MOST_PAGE = 4000
"""Characters; the brain refuses a longer one."""
MOST_ENTRY = (400, 220, 120)
"""Characters of a lesson's own words: told in full while all fit, and shorter before one is left out."""
FAILED = ("failed", "crashed", "timed_out")
NOTED = ("could_not", "cannot_wake", "not_sent", "unknown_schedule")
LESSON_LINE = re.compile(r"^- L-(\d+),", re.M)
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


def group_by_mistake(failures: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Failures by role and signature, those made most often first."""

    def key(failure: Mapping[str, Any]) -> tuple[str, str]:
        return failure["role"], signature(failure["kind"], failure["message"])

    found = {name: list(part) for name, part in groupby(sorted(failures, key=key), key=key)}
    return dict(sorted(found.items(), key=lambda group: -len(group[1])))


def signatures_of(session: Mapping[str, Any]) -> set[str]:
    """The mistakes that a session shows, by how it ended and by what it said could not be done."""
    failed = session["outcome"] in FAILED
    ends = {signature(session["outcome"], session["reason"] or session["outcome"])} if failed else set()
    return ends | {signature(kind, said) for kind in NOTED for said in session["said"]}


def lessons_on(page: str) -> set[int]:
    """The numbers of the lessons that a page tells of."""
    return {int(number) for number in LESSON_LINE.findall(page)}


def memory_page(role: str, lessons: Iterable[Mapping[str, Any]], before: Collection[int] = ()) -> str:
    """A role's memory: the latest lesson first, each with its sessions, as many as fit.

    before: the lessons on the page until now. Of those that stand three quarters stay, whatever came in tonight; the
    brain refuses a page that forgets faster.
    """
    head = f"What {role} has learned. Each line names the sessions that taught it."
    own = list(lessons)
    for width in MOST_ENTRY:
        lines = [lesson_line(lesson, width) for lesson in own]
        if _size([head, *lines]) <= MOST_PAGE:
            return "\n".join([head, *lines])
    kept = _chosen(own, lines, before, MOST_PAGE - len(head))
    return "\n".join([head, *(line for lesson, line in zip(own, lines, strict=True) if lesson["id"] in kept)])


def _chosen(own: Sequence[Mapping[str, Any]], lines: Sequence[str], before: Collection[int], room: int) -> set[int]:
    """Which lessons stand on a page too small for all: first most of those that stood, then the latest."""
    cost = {lesson["id"]: len(line) + 1 for lesson, line in zip(own, lines, strict=True)}
    stood = [number for number in cost if number in before]
    chosen = stood[: -(-3 * len(stood) // 4)]
    room -= sum(cost[number] for number in chosen)
    for number, size in cost.items():
        if number not in chosen and size <= room:
            chosen.append(number)
            room -= size
    return set(chosen)


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines) - 1


def lesson_line(lesson: Mapping[str, Any], width: int = MOST_ENTRY[0]) -> str:
    """'- L-3, 4 times, last Wed 11 Mar: <lesson> (sessions 12, 15, 19)', on one line."""
    sessions = lesson["sessions"]
    named = ", ".join(map(str, sessions[-5:])) + (" and earlier" if len(sessions) > 5 else "")
    times = "once" if lesson["times"] == 1 else f"{lesson['times']} times"
    words = " ".join(lesson["lesson"].split())
    words = words if len(words) <= width else words[: width - 3].rstrip() + "..."
    return f"- L-{lesson['id']}, {times}, last {lesson['last_at']:%a %d %b}{_cause(lesson)}: {words} (sessions {named})"


def _cause(lesson: Mapping[str, Any]) -> str:
    """'; cause (task 17) done Wed 11 Mar, 0 times since'."""
    if lesson["done_at"] is None:
        return ""
    return f"; cause (task {lesson['task_id']}) done {lesson['done_at']:%a %d %b}, {lesson['times_after']} times since"
