"""The failures that lessons are made of, and how lessons are written on a role's page of memory."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from company.text.wording import counted
from company.watch.mistakes import signature

MOST_PAGE = 4000
"""Characters; the brain refuses a longer one."""
MOST_ENTRY = (400, 220, 120)
"""Characters of a lesson's own text: written in full while all fit, and shortened before one is left out."""
FAILED = ("failed", "crashed", "timed_out")
NOTED = ("could_not", "cannot_wake", "item_failed", "not_sent", "unknown_schedule")
LESSON_LINE = re.compile(r"^- L-(\d+),", re.M)


@dataclass(frozen=True)
class Failure:
    """One thing that went wrong in a session: how it ended, or what its log says could not be done."""

    role: str
    session_id: int
    at: datetime
    kind: str
    message: str


@dataclass(frozen=True)
class CitedSession:
    """A session that a lesson cites. log_lines: those about what could not be done."""

    id: int
    role: str
    started_at: datetime
    outcome: str | None
    reason: str | None
    log_lines: Sequence[str]


@dataclass(frozen=True)
class Lesson:
    """A lesson that is not retired. times: its mistake was made; times_after: since its root cause was done.

    over: why the lesson is no longer needed, or None; long_over: the same, a whole night ago. cause_role: about whom
    the task of its root cause is.
    """

    id: int
    role: str
    signature: str
    lesson: str
    sessions: Sequence[int]
    times: int
    times_after: int
    days: int
    first_at: datetime
    last_at: datetime
    written_at: datetime
    task_id: int | None
    cause_role: str | None
    cause_closed_at: datetime | None
    done_at: datetime | None
    has_left: bool
    over: str | None
    long_over: str | None


@dataclass(frozen=True)
class MemoryPage:
    """A page MEMORY_<ROLE> as the brain has it. size: in characters."""

    file_key: str
    content: str
    size: int
    updated_at: datetime
    updated_by: str


def group_by_mistake(failures: Iterable[Failure]) -> dict[tuple[str, str], list[Failure]]:
    """Failures by role and signature, the most frequent first."""

    def key(failure: Failure) -> tuple[str, str]:
        return failure.role, signature(failure.kind, failure.message)

    found = {name: list(part) for name, part in groupby(sorted(failures, key=key), key=key)}
    return dict(sorted(found.items(), key=lambda group: -len(group[1])))


def signatures_of(session: CitedSession) -> set[str]:
    """The mistakes that a session shows, by how it ended and by what its log says could not be done."""
    outcome = session.outcome
    ends = {signature(outcome, session.reason or outcome)} if outcome in FAILED else set()
    return ends | {signature(kind, line) for kind in NOTED for line in session.log_lines}


def lessons_on(page: str) -> set[int]:
    """The numbers of the lessons on a page."""
    return {int(number) for number in LESSON_LINE.findall(page)}


def memory_page(role: str, lessons: Sequence[Lesson], before: Collection[int] = ()) -> str:
    """A role's memory: the latest lesson first, each with its sessions, as many as fit.

    before: the lessons on the page until now. Three quarters of those that are still valid stay, whatever is new
    tonight; the brain refuses a page that forgets faster.
    """
    head = memory_head(role)
    lines: list[str] = []
    for width in MOST_ENTRY:
        lines = [lesson_line(lesson, width) for lesson in lessons]
        if _size([head, *lines]) <= MOST_PAGE:
            return "\n".join([head, *lines])
    kept = _chosen(lessons, lines, before, MOST_PAGE - len(head))
    return "\n".join([head, *(line for lesson, line in zip(lessons, lines, strict=True) if lesson.id in kept)])


def memory_head(role: str) -> str:
    """The first line of a role's memory."""
    return f"What {role} has learned. Each line names the sessions that taught it."


def _chosen(lessons: Sequence[Lesson], lines: Sequence[str], before: Collection[int], room: int) -> set[int]:
    """Which lessons stay on a page too small for all: first most of those on it before, then the latest."""
    cost = {lesson.id: len(line) + 1 for lesson, line in zip(lessons, lines, strict=True)}
    known = [number for number in cost if number in before]
    chosen = known[: -(-3 * len(known) // 4)]
    room -= sum(cost[number] for number in chosen)
    for number, size in cost.items():
        if number not in chosen and size <= room:
            chosen.append(number)
            room -= size
    return set(chosen)


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines) - 1


def lesson_line(lesson: Lesson, width: int = MOST_ENTRY[0]) -> str:
    """'- L-3, 4 times, last Wed 11 Mar: <lesson> (sessions 12, 15, 19)', on one line."""
    sessions = ", ".join(map(str, lesson.sessions[-5:])) + (" and earlier" if len(lesson.sessions) > 5 else "")
    times = "once" if lesson.times == 1 else counted(lesson.times, "time")
    said = f"{_cause(lesson)}: {shortened(lesson, width)} (sessions {sessions})"
    return f"- L-{lesson.id}, {times}, last {lesson.last_at:%a %d %b}{said}"


def shortened(lesson: Lesson, width: int) -> str:
    """What a lesson says, on one line and within a width."""
    text = " ".join(lesson.lesson.split())
    return text if len(text) <= width else text[: width - 3].rstrip() + "..."


def _cause(lesson: Lesson) -> str:
    """'; cause (task 17) done Wed 11 Mar, 0 times since'."""
    if lesson.done_at is None:
        return ""
    return (
        f"; cause (task {lesson.task_id}) done {lesson.done_at:%a %d %b}, {counted(lesson.times_after, 'time')} since"
    )
