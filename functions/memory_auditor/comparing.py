"""How a lesson and a page of memory differ from what they stand on: sessions, root causes, lessons."""

import re
from collections.abc import Iterator, Mapping, Sequence

from company.watch.lessons import (
    LESSON_LINE,
    MOST_ENTRY,
    MOST_PAGE,
    CitedSession,
    Lesson,
    MemoryPage,
    lesson_line,
    memory_head,
    shortened,
    signatures_of,
)

ENTRY = re.compile(r"- L-(\d+), .*?: (.*) \(sessions? [\d, ]+(?: and earlier)?\)")


def wrong_lesson(lesson: Lesson, sessions: Sequence[CitedSession]) -> str:
    """What is wrong with a lesson, beside the sessions that it cites; '' where all fits."""
    return next(_of_lesson(lesson, {session.id: session for session in sessions}), "")


def wrong_page(page: MemoryPage, lessons: Sequence[Lesson]) -> str:
    """What is wrong with a page, beside all lessons that are not retired; '' where all fits."""
    return next(_of_page(page, {lesson.id: lesson for lesson in lessons}), "")


def not_on_its_page(lesson: Lesson, pages: Sequence[MemoryPage]) -> bool:
    """Whether its role does not read it though its page has room."""
    page = next((one for one in pages if one.file_key == f"MEMORY_{lesson.role.upper()}"), None)
    if page is None:
        return True
    is_there = str(lesson.id) in LESSON_LINE.findall(page.content)
    return not is_there and page.size + 1 + len(lesson_line(lesson, min(MOST_ENTRY))) <= MOST_PAGE


def _of_lesson(lesson: Lesson, cited: Mapping[int, CitedSession]) -> Iterator[str]:
    if lesson.has_left:
        yield f"{lesson.role} is not here any more"
    if lesson.long_over:
        yield f"it is not retired though its mistake stopped: {lesson.long_over}"
    for number in lesson.sessions:
        session = cited.get(number)
        if session is None or session.role != lesson.role:
            yield f"session {number} is not one of {lesson.role}"
        elif lesson.signature not in signatures_of(session):
            yield f"session {number} did not end so: {session.outcome} {session.reason or ''}".strip()
    last_at = max((session.started_at for session in cited.values()), default=lesson.last_at)
    if lesson.last_at != last_at:
        yield f"it says last {lesson.last_at:%d %b %H:%M}, and its last session began {last_at:%d %b %H:%M}"
    if lesson.cause_role not in (None, lesson.role):
        yield f"its cause, task {lesson.task_id}, is about {lesson.cause_role}"


def _of_page(page: MemoryPage, live: Mapping[int, Lesson]) -> Iterator[str]:
    if page.size > MOST_PAGE:
        yield f"{page.size} characters, the limit is {MOST_PAGE}"
    if page.updated_by != "memory_worker":
        yield f"written by {page.updated_by}"
    on_page = [int(number) for number in LESSON_LINE.findall(page.content)]
    if gone := sorted({number for number in on_page if number not in live}):
        yield f"has lessons that are retired: {', '.join(f'L-{number}' for number in gone)}"
    role = page.file_key.removeprefix("MEMORY_").lower()
    for lesson in (live[number] for number in on_page if number in live):
        if lesson.role != role:
            yield f"has L-{lesson.id}, which is {lesson.role}'s"
    head, *entries = page.content.splitlines() or [""]
    if head != memory_head(role):
        yield f"begins with a line that is not its own: {head[:80]}"
    for line in entries:
        yield from _of_line(line, live)


def _of_line(line: str, live: Mapping[int, Lesson]) -> Iterator[str]:
    """An entry says what its lesson says, and nothing else stands on a page: its role obeys it from boot on."""
    entry = ENTRY.fullmatch(line)
    if entry is None:
        yield f"has a line that is no lesson: {line[:80]}"
    elif (lesson := live.get(int(entry[1]))) and entry[2] not in {shortened(lesson, width) for width in MOST_ENTRY}:
        yield f"says of L-{lesson.id} what the lesson does not say: {entry[2][:80]}"
