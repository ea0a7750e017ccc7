"""What only memory_auditor does: look lessons up in the sessions that they cite, and pages in their lessons."""

from collections.abc import Mapping
from typing import Any

from company.fire.fire import Fire
from company.tools import reading_tool
from company.watch.lessons import MOST_PAGE, lessons_on, signatures_of


@reading_tool
def check_lessons(fire: Fire) -> list[dict[str, Any]]:
    """Looks up every lesson that stands in the sessions that it cites. wrong says what does not fit, or is empty.

    Example: check_lessons() gives [{"item": "L-3", "wrong": "session 12 is of another role"}].
    """
    return [{"item": f"L-{lesson['id']}", "wrong": _wrong(fire, lesson)} for lesson in fire.brain.all("live_lessons")]


@reading_tool
def check_memories(fire: Fire) -> list[dict[str, Any]]:
    """Checks each page of memory: its length, its writer, and that every lesson on it stands.

    Example: check_memories() gives [{"item": "MEMORY_X", "wrong": ""}].
    """
    standing = {lesson["id"] for lesson in fire.brain.all("live_lessons")}
    return [{"item": page["file_key"], "wrong": _wrong_page(page, standing)} for page in fire.brain.all("memory_pages")]


def _wrong(fire: Fire, lesson: Mapping[str, Any]) -> str:
    if lesson["has_left"]:
        return f"{lesson['role']} is not here any more"
    cited = {row["id"]: row for row in fire.brain.all("cited_sessions", ids=lesson["sessions"])}
    if lesson["long_over"]:
        return f"it stands though it stopped: {lesson['long_over']}"
    for session in lesson["sessions"]:
        row = cited.get(session)
        if row is None or row["role"] != lesson["role"]:
            return f"session {session} is not one of {lesson['role']}"
        if lesson["signature"] not in signatures_of(row):
            return f"session {session} did not end so: {row['outcome']} {row['reason'] or ''}".strip()
    return ""


def _wrong_page(page: Mapping[str, Any], standing: set[int]) -> str:
    if page["size"] > MOST_PAGE:
        return f"{page['size']} characters, the limit is {MOST_PAGE}"
    if page["updated_by"] != "memory_worker":
        return f"written by {page['updated_by']}"
    gone = sorted(lessons_on(page["content"]) - standing)
    return f"tells of lessons that do not stand: {', '.join(f'L-{number}' for number in gone)}" if gone else ""
