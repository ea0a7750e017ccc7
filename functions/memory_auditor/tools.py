"""What only memory_auditor does: look lessons up in the sessions that they cite, and pages in their lessons."""

from collections.abc import Sequence
from dataclasses import dataclass

from company.fire.fire import Fire
from company.tools import reading_tool
from company.watch.lessons import CitedSession, Lesson, MemoryPage
from memory_auditor.comparing import not_on_its_page, wrong_lesson, wrong_page


@dataclass(frozen=True)
class CheckedItem:
    """A lesson or a page that was checked. wrong: what does not fit, or ''."""

    item: str
    wrong: str


@reading_tool
def check_lessons(fire: Fire) -> list[CheckedItem]:
    """Looks up every lesson that is not retired in the sessions that it cites. wrong says what differs, or is empty.

    A lesson that its role does not read, though the page has room, is wrong too.
    Example: check_lessons() gives [{"item": "L-3", "wrong": "session 12 is of another role"}].
    """
    pages = fire.brain.rows(MemoryPage, "memory_pages")
    lessons = fire.brain.rows(Lesson, "live_lessons")
    return [CheckedItem(f"L-{lesson.id}", _wrong(fire, lesson, pages)) for lesson in lessons]


@reading_tool
def check_memories(fire: Fire) -> list[CheckedItem]:
    """Checks each page of memory: its length, its writer, and that each line is a lesson of its role, as it stands.

    Example: check_memories() gives [{"item": "MEMORY_X", "wrong": ""}].
    """
    lessons = fire.brain.rows(Lesson, "live_lessons")
    pages = fire.brain.rows(MemoryPage, "memory_pages")
    return [CheckedItem(page.file_key, wrong_page(page, lessons)) for page in pages]


def _wrong(fire: Fire, lesson: Lesson, pages: Sequence[MemoryPage]) -> str:
    cited = fire.brain.rows(CitedSession, "cited_sessions", ids=lesson.sessions)
    unread = f"{lesson.role} does not read it: it is not on its page" if not_on_its_page(lesson, pages) else ""
    return wrong_lesson(lesson, cited) or unread
