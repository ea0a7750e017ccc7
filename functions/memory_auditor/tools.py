"""What only memory_auditor does: look lessons up in the sessions that they cite, and pages in their lessons."""

from dataclasses import dataclass

from company.fire.fire import Fire
from company.tools import reading_tool
from company.watch.lessons import MOST_PAGE, CitedSession, Lesson, MemoryPage, lessons_on, signatures_of


@dataclass(frozen=True)
class CheckedItem:
    """A lesson or a page that was checked. wrong: what does not fit, or ''."""

    item: str
    wrong: str


@reading_tool
def check_lessons(fire: Fire) -> list[CheckedItem]:
    """Looks up every lesson that is not retired in the sessions that it cites. wrong says what differs, or is empty.

    Example: check_lessons() gives [{"item": "L-3", "wrong": "session 12 is of another role"}].
    """
    lessons = fire.brain.rows(Lesson, "live_lessons")
    return [CheckedItem(f"L-{lesson.id}", _wrong(fire, lesson)) for lesson in lessons]


@reading_tool
def check_memories(fire: Fire) -> list[CheckedItem]:
    """Checks each page of memory: its length, its writer, and that no lesson on it is retired.

    Example: check_memories() gives [{"item": "MEMORY_X", "wrong": ""}].
    """
    live = {lesson.id for lesson in fire.brain.rows(Lesson, "live_lessons")}
    pages = fire.brain.rows(MemoryPage, "memory_pages")
    return [CheckedItem(page.file_key, _wrong_page(page, live)) for page in pages]


def _wrong(fire: Fire, lesson: Lesson) -> str:
    if lesson.has_left:
        return f"{lesson.role} is not here any more"
    if lesson.long_over:
        return f"it is not retired though its mistake stopped: {lesson.long_over}"
    cited = {session.id: session for session in fire.brain.rows(CitedSession, "cited_sessions", ids=lesson.sessions)}
    for number in lesson.sessions:
        session = cited.get(number)
        if session is None or session.role != lesson.role:
            return f"session {number} is not one of {lesson.role}"
        if lesson.signature not in signatures_of(session):
            return f"session {number} did not end so: {session.outcome} {session.reason or ''}".strip()
    return ""


def _wrong_page(page: MemoryPage, live: set[int]) -> str:
    if page.size > MOST_PAGE:
        return f"{page.size} characters, the limit is {MOST_PAGE}"
    if page.updated_by != "memory_worker":
        return f"written by {page.updated_by}"
    gone = sorted(lessons_on(page.content) - live)
    return f"has lessons that are retired: {', '.join(f'L-{number}' for number in gone)}" if gone else ""
