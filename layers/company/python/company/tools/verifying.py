"""Tools of a manager that verifies its people's work: one completed task is drawn, looked into, and judged."""

from dataclasses import replace
from datetime import timedelta

from company.fire.fire import Fire
from company.json_values import JsonObject, json_ready
from company.pages.why_events import EventFacts, describe_events
from company.tasks import CompletedTask
from company.tools import by_need, reading_tool, tool

MOST_LINES = 30


@by_need
@reading_tool
def draw_complete_task(fire: Fire, hours: int = 24) -> CompletedTask | None:
    """Draws one task of your modes that was completed in the last hours and not verified yet; None if none is left.

    result: what its worker reports. story: each step, and what was noted meanwhile. Check with your other tools what
    the result claims before you judge. Example: draw_complete_task(hours=24) gives {"id": 12, "title": "...",
    "payload": {...}, "result": {"resolved": 3}, "worked_by": "x", "story": [{"at": "...", "who": "x", "what": "..."}]}.
    """
    drawn = {"since": fire.now - timedelta(hours=hours), "salt": fire.event.due_at.isoformat()}
    task = fire.brain.row(CompletedTask, "draw_complete_task", modes=list(fire.record.modes), **drawn)
    return task and replace(task, story=_story(fire, task.id))


def _story(fire: Fire, task_id: int) -> list[JsonObject]:
    events = describe_events(fire.brain.rows(EventFacts, "why_task", id=task_id))
    return [json_ready(event) for event in events[-MOST_LINES:]]


@by_need
@tool
def verify_task(fire: Fire, task_id: int, holds: bool, looked_at: str, showed: str) -> dict[str, object]:
    """Records, once, whether another's completed task holds. It stays complete; file new work for what does not hold.

    looked_at: what you looked at yourself. showed: what it showed, in figures.
    Example: verify_task(task_id=12, holds=True, looked_at="3 rows that it closed", showed="all 3 are in force").
    """
    verdict = {"holds": holds, "looked_at": looked_at, "showed": showed}
    fire.brain.run("verify_task", session_id=fire.session_id, task_id=task_id, **verdict)
    fire.learn("verified", f"T-{task_id} {'holds' if holds else 'does not hold'}: {showed}", verified=task_id)
    return {"task_id": task_id, "holds": holds}
