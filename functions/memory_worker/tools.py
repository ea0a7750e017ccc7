"""What only memory_worker does: read what went wrong, keep lessons, and write the pages that others read at boot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.errors import ToolError
from company.fire.fire import Fire
from company.tools import reading_tool, tool
from company.watch import lessons
from company.watch.lessons import CitedSession, Failure, Lesson
from company.watch.unread import since_hours

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MOST_MISTAKES = 40
"""Of one night; more than that has one cause, which heartbeat's findings report."""
MOST_MESSAGE = 400
"""Characters of the last failure's message."""


@dataclass(frozen=True)
class Mistake:
    """Failures of one role with one signature. message: the message of the last one."""

    role: str
    signature: str
    times: int
    sessions: Sequence[int]
    kind: str
    message: str


@dataclass(frozen=True)
class LogFigures:
    """How many sessions and log lines a span of time has."""

    sessions: int
    lines: int


@dataclass(frozen=True)
class Mistakes(LogFigures):
    """What went wrong since a moment. left_out: the rarest mistakes, beyond MOST_MISTAKES."""

    since: datetime
    failures: int
    left_out: int
    mistakes: Sequence[Mistake]


@dataclass(frozen=True)
class Recurrence:
    """How often a lesson's mistake was made, in all and since its root cause was closed."""

    times: int
    times_after: int
    days: int
    task_id: int | None
    is_cause_alive: bool
    had_cause: bool


@dataclass(frozen=True)
class WrittenLesson(Recurrence):
    """A lesson as it was just written."""

    lesson_id: int


@dataclass(frozen=True)
class WrittenMemory:
    """A page of memory as it was just written."""

    key: str
    characters: int


@reading_tool
def mistakes_of_span(fire: Fire, hours: int | None = None) -> Mistakes:
    """Gives what went wrong, one entry a mistake: failures that differ only in figures, times, names.

    hours: how far back; if left out, since your last fire that did its work: a day at least, a week at most.
    sessions: those that made it, to be cited. message: the last message. left_out: the rarest mistakes, beyond 40.
    Example: mistakes_of_span() gives {"since": "...", "sessions": 400, "lines": 90, "failures": 3, "mistakes":
    [{"role": "x", "signature": "failed: # from the route", "times": 3, "sessions": [12, 15], "kind": "failed", ...}]}.
    """
    since = since_hours(fire, hours, at_least=A_DAY, at_most=A_WEEK)
    span = {"since": since, "until": fire.now}
    failures = fire.brain.rows(Failure, "failures_of_span", **span)
    groups = lessons.group_by_mistake(failures)
    mistakes = [_mistake(*key, failed) for key, failed in list(groups.items())[:MOST_MISTAKES]]
    figures = fire.brain.row(LogFigures, "log_figures", **span) or LogFigures(0, 0)
    return Mistakes(
        **vars(figures),
        since=since,
        failures=len(failures),
        left_out=len(groups) - len(mistakes),
        mistakes=mistakes,
    )


def _mistake(role: str, signature: str, failures: Sequence[Failure]) -> Mistake:
    return Mistake(
        role=role,
        signature=signature,
        times=len(failures),
        sessions=sorted({failure.session_id for failure in failures}),
        kind=failures[-1].kind,
        message=failures[-1].message[:MOST_MESSAGE],
    )


@reading_tool
def live_lessons(fire: Fire) -> list[Lesson]:
    """Lists the lessons that are not retired, with their sessions, and how often each came back after its cause.

    over: why a lesson is no longer needed, or null while its mistake may still come back.
    Example: live_lessons() gives [{"id": 3, "role": "x", "signature": "...", "sessions": [12, 15], "times": 2,
    "done_at": null, "times_after": 0, "over": null}].
    """
    return fire.brain.rows(Lesson, "live_lessons")


@tool
def write_lesson(
    fire: Fire, role: str, signature: str, lesson: str, sessions: list[int], task_id: int | None = None
) -> WrittenLesson:
    """Keeps a lesson of a role, or adds sessions to the one of the same signature. Each session must show that mistake.

    signature: as mistakes_of_span or live_lessons gave it. lesson: in your own words, what happens and what avoids it.
    times and days are how often, and on how many days, the mistake was made; times_after since its cause was closed.
    Example: write_lesson(role="x", signature="failed: #", lesson="failed: 503 from the route", sessions=[12, 15]) gives
    {"lesson_id": 3, "times": 2, "days": 1, "times_after": 0, "had_cause": false, "is_cause_alive": false}.
    """
    _require_shown(fire, signature, sessions)
    given = {"role": role, "signature": signature, "lesson": lesson, "sessions": sessions, "task_id": task_id}
    lesson_id = int(fire.brain.value("write_lesson", session_id=fire.session_id, **given))
    fire.learn("lesson", f"L-{lesson_id} {role}: {lesson}", lesson=lesson_id)
    recurrence = fire.brain.row(Recurrence, "recurrence", lesson_id=lesson_id)
    assert recurrence is not None, "a lesson that was written has its figures"
    return WrittenLesson(**vars(recurrence), lesson_id=lesson_id)


@tool
def retire_lesson(fire: Fire, lesson_id: int, reason: str) -> dict[str, int]:
    """Ends a lesson that is over; it stays in the brain and leaves the page. One that may still come back is refused.

    Example: retire_lesson(lesson_id=3, reason="it has not come back for 14 days").
    """
    fire.brain.run("retire_lesson", session_id=fire.session_id, lesson_id=lesson_id, reason=reason)
    return {"lesson_id": lesson_id}


@tool
def write_memory(fire: Fire, role: str) -> WrittenMemory:
    """Writes MEMORY_<ROLE> from the role's lessons, the latest first, within the limit of a page.

    Three quarters of the lessons on the page that are still valid stay from one night to the next; the brain checks it.

    Example: write_memory(role="x") gives {"key": "MEMORY_X", "characters": 420}.
    """
    own = [lesson for lesson in fire.brain.rows(Lesson, "live_lessons") if lesson.role == role]
    key = f"MEMORY_{role.upper()}"
    before = fire.brain.one("read_brain_pages", keys=[key])
    content = lessons.memory_page(role, own, lessons.lessons_on(before["content"]) if before else ())
    fire.brain.run("write_brain", key=key, content=content)
    return WrittenMemory(key, len(content))


def _require_shown(fire: Fire, signature: str, sessions: list[int]) -> None:
    """A signature is no free text: memory_auditor looks for it in the sessions that the lesson cites."""
    cited = fire.brain.rows(CitedSession, "cited_sessions", ids=sessions)
    without = [session.id for session in cited if signature not in lessons.signatures_of(session)]
    if without:
        raise ToolError(f"sessions {without} do not show {signature!r}; mistakes_of_span says which do")
