"""What only memory_worker does: read a day's failures, keep lessons, and write the pages that others read at boot."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import json_rows
from company.tools import reading_tool, tool
from company.watch import lessons

MOST_MISTAKES = 40
"""Of one night; more than that is one trouble, and heartbeat's findings tell of it."""
MOST_SAID = 400


@reading_tool
def mistakes_of_span(fire: Fire, hours: int = 24) -> dict[str, Any]:
    """Gives what went wrong in the last hours, one entry a mistake: failures alike but for figures, times and names.

    sessions: those that made it, to be cited. said: the last time's words. left_out: mistakes made least, beyond 40.
    Example: mistakes_of_span(hours=24) gives {"sessions": 400, "lines": 90, "failures": 3, "left_out": 0, "mistakes":
    [{"role": "x", "signature": "failed: # from the route", "times": 3, "sessions": [12, 15], "kind": "failed", ...}]}.
    """
    span = {"since": fire.now - timedelta(hours=hours), "until": fire.now}
    failures = fire.brain.all("failures_of_span", **span)
    groups = lessons.group_by_mistake(failures)
    mistakes = [_mistake(*key, failed) for key, failed in list(groups.items())[:MOST_MISTAKES]]
    figures = {"failures": len(failures), "left_out": len(groups) - len(mistakes), "mistakes": mistakes}
    return {**(fire.brain.one("log_figures", **span) or {}), **figures}


def _mistake(role: str, signature: str, failures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "role": role,
        "signature": signature,
        "times": len(failures),
        "sessions": sorted({failure["session_id"] for failure in failures}),
        "kind": failures[-1]["kind"],
        "said": failures[-1]["message"][:MOST_SAID],
    }


@reading_tool
def live_lessons(fire: Fire) -> list[dict[str, Any]]:
    """Lists the lessons that stand, with their sessions, and how often each came back since its cause was done.

    over: why a lesson has done its work, or null while its mistake may still come back.
    Example: live_lessons() gives [{"id": 3, "role": "x", "signature": "...", "sessions": [12, 15], "times": 2,
    "done_at": null, "times_after": 0, "over": null}].
    """
    return json_rows(fire.brain.all("live_lessons"))


@tool
def write_lesson(
    fire: Fire, role: str, signature: str, lesson: str, sessions: list[int], task_id: int | None = None
) -> dict[str, Any]:
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
    return {"lesson_id": lesson_id, **(fire.brain.one("recurrence", lesson_id=lesson_id) or {})}


@tool
def retire_lesson(fire: Fire, lesson_id: int, reason: str) -> dict[str, int]:
    """Ends a lesson that is over; it stays in the brain, and leaves the page. One that may still come back is refused.

    Example: retire_lesson(lesson_id=3, reason="it has not come back for 14 days").
    """
    fire.brain.run("retire_lesson", session_id=fire.session_id, lesson_id=lesson_id, reason=reason)
    return {"lesson_id": lesson_id}


@tool
def write_memory(fire: Fire, role: str) -> dict[str, Any]:
    """Writes MEMORY_<ROLE> from the role's lessons, the latest first, within the limit of a page.

    Of the lessons on the page that still stand, three quarters stay from one night to the next; the brain sees to it.

    Example: write_memory(role="x") gives {"key": "MEMORY_X", "characters": 420}.
    """
    own = [lesson for lesson in fire.brain.all("live_lessons") if lesson["role"] == role]
    key = f"MEMORY_{role.upper()}"
    standing = fire.brain.one("read_brain_pages", keys=[key])
    content = lessons.memory_page(role, own, lessons.lessons_on(standing["content"]) if standing else ())
    fire.brain.run("write_brain", key=key, content=content)
    return {"key": key, "characters": len(content)}


def _require_shown(fire: Fire, signature: str, sessions: list[int]) -> None:
    """A signature is no free text: whoever audits the lesson looks for it in the sessions that it cites."""
    cited = fire.brain.all("cited_sessions", ids=sessions)
    silent = [row["id"] for row in cited if signature not in lessons.signatures_of(row)]
    if silent:
        raise ToolError(f"sessions {silent} do not show {signature!r}; mistakes_of_span says which do")
