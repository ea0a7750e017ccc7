"""Tools on the task queue: read it, take work from it, file work, sort tasks that nobody holds."""

from datetime import datetime, timedelta
from typing import Literal

from company import tasks
from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.tasks import FiledTask, HeldTask, Task, TaskFigures
from company.tools import by_need, reading_tool, taking_tool, tool

MOST_ROWS = 200


@reading_tool
def list_tasks(fire: Fire, mode: str | None = None, status: str | None = None, limit: int = 50) -> list[Task]:
    """Lists tasks: open ones first by priority, then those that ended last.

    mode: only this kind of work (data, scrape, build, research, content). status: only this one (pending, in_progress,
    blocked, complete, failed, superseded, stale). limit: at most 200. A task is open work only while it is pending.
    Example: list_tasks(mode="data", status="blocked").
    """
    return fire.brain.rows(Task, "list_tasks", mode=mode, status=status, limit=min(limit, MOST_ROWS))


@reading_tool
def task_figures(fire: Fire, hours: int = 24) -> TaskFigures:
    """Counts the tasks of your modes: open, blocked, and what the last hours filed, completed and failed.

    hours: how far to look back. open_before: how many were open when that span began,
    with what a fire of yours filed that was at work then.
    Example: task_figures(hours=24) gives {"open": 4, "open_before": 12, "completed": 9, ...}.
    """
    since = fire.now - timedelta(hours=hours)
    figures = fire.brain.row(TaskFigures, "task_figures", modes=list(fire.record.modes), since=since)
    assert figures is not None, "a count always answers"
    return figures


@taking_tool
def claim_task(fire: Fire, mode: str) -> HeldTask | None:
    """Takes the most urgent task of one of your modes; it is yours until this session ends. None when none waits.

    A task claimed is a task to end: complete, failed, blocked on somebody with an action, or given back. noted is what
    earlier sessions that held it learned before they crashed or ran out of time: continue from there.
    Example: claim_task(mode="data") gives {"id": 12, "title": "...", "payload": {...}, "noted": [{...}]}.
    """
    return tasks.claim_task(fire, mode)


@tool
def file_task(
    fire: Fire,
    mode: str,
    title: str,
    payload: JsonObject,
    priority: int = 5,
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
) -> FiledTask:
    """Files work for those who work a mode. Asking twice with one dedupe_key is one task while your first is alive.

    priority: 1 (first) to 9. payload: what the worker must know, as plain facts. not_before: do not start earlier.
    Example: file_task(mode="scrape", title="Probe the routes of a source", payload={"kind": "probe", "source": "x"},
    dedupe_key="probe:x") gives {"task_id": 31, "is_new": true}.
    """
    filed = fire.brain.row(
        FiledTask,
        "file_task",
        mode=mode,
        title=title,
        payload=payload,
        priority=priority,
        dedupe_key=dedupe_key,
        not_before=not_before,
    )
    if filed is None:
        raise ToolError(f"no task was filed under {dedupe_key}; ask again")
    return filed


@by_need
@tool
def sort_task(
    fire: Fire,
    task_id: int,
    becomes: Literal["pending", "superseded", "stale"],
    reason: str,
    successor: int | None = None,
    priority: int | None = None,
) -> dict[str, object]:
    """Sorts a task of your modes that nobody holds: reopen it, end it, or give it another priority.

    becomes: pending (workable again), superseded (successor says by which task), stale (nobody needs it any more).
    Example: sort_task(task_id=12, becomes="pending", reason="a newer edition is in force", priority=3).
    """
    fire.brain.run("sort_task", task_id=task_id, status=becomes, reason=reason, successor=successor, priority=priority)
    return {"task_id": task_id, "status": becomes}
