"""Quarantined rows by the book: each is looked at with its reason, closed where that is safe, else left open."""

from collections import Counter
from typing import Any

from company.fire.fire import Fire
from company.outcomes import TaskClose
from company.tasks import HeldTask, last_noted
from company.wording import counted
from data_worker.tools import RowEnd, quarantined_rows, read_id, resolve_rows, row_in_force

RESERVE_SECONDS = 20.0
NO_ROW_TWICE = "no_row_twice"
LOOKED_AT = "rows_looked_at"


def work_rows(fire: Fire, task: HeldTask) -> TaskClose:
    """All open rows of one source and check. Each decision is committed at once, so a killed session loses none."""
    source, check = task.payload["source"], task.payload["check"]
    before = last_noted(task, LOOKED_AT) or {}
    ends, after = Counter[str](before.get("ends", {})), int(before.get("after", 0))
    while fire.budget.seconds_left() > RESERVE_SECONDS:
        rows = fire.use(quarantined_rows, source=source, check=check, after=after)
        if not rows:
            return _end(fire, task, ends)
        for row in rows:
            ends[_settle(fire, task, row)] += 1
            after = row["id"]
        # Rows that stay open would all be looked at again by whoever takes this task up after a kill.
        fire.learn(LOOKED_AT, _told(ends, after), task_id=task.id, ends=dict(ends), after=after)
    return TaskClose(task.id, "pending", {**ends, "reason": "the time of this fire was spent"})


def _told(ends: Counter[str], after: int) -> str:
    return f"{counted(ends.total(), 'row')} looked at, up to row {after}"


def _settle(fire: Fire, task: HeldTask, row: dict[str, Any]) -> str:
    """One row, looked at and decided; gives how it ended."""
    mended = None if row["entity"] else fire.use(read_id, text=row["raw"])
    entity = row["entity"] or mended
    in_force = fire.use(row_in_force, source=task.payload["source"], entity=entity) if entity else None
    verdict = judge({**row, "entity": entity}, in_force, is_mended=mended is not None)
    if verdict is None:
        return "mendable" if mended else "left_open"
    status, resolution = verdict
    fire.use(resolve_rows, ids=[row["id"]], status=status, resolution=resolution, task_id=task.id)
    return status


def judge(row: dict[str, Any], in_force: dict[str, Any] | None, *, is_mended: bool) -> tuple[RowEnd, str] | None:
    """What the evidence allows: it came again, its twin is in force, a newer edition put it right. Else None."""
    newer = row["batch_in_force"] if (row["edition_in_force"] or "") > row["edition_at"] else None
    who = row["entity"] or f"row {row['row_no']}"
    if row["came_again"]:
        return "discarded", f"{who} came again in batch {row['came_again']} and is looked at there"
    if in_force and row["check_name"] == NO_ROW_TWICE:
        return "discarded", f"{who} is in force; this row was its duplicate"
    if in_force and is_mended:
        return "resolved", f"it reads {who} once its separators are mended, and {who} is in force"
    if in_force and newer:
        return "resolved", f"{who} is in force; batch {newer} came after this row"
    if newer:
        return "discarded", f"batch {newer}, a newer edition, no longer holds {who}"
    return None


def _end(fire: Fire, task: HeldTask, ends: Counter[str]) -> TaskClose:
    """Nothing left is complete; what is left waits for a newer edition, which the manager sees first."""
    left = ends["left_open"] + ends["mendable"]
    if not left:
        return TaskClose(task.id, "complete", dict(ends))
    action = f"{counted(left, 'row')} of {task.payload['source']} wait for a newer edition: reopen when one is in force"
    if ends["mendable"]:
        action += f"; {ends['mendable']} read as ids once their separators are mended: have the reader mend them"
    return TaskClose(task.id, "blocked", dict(ends), blocked_on=fire.record.reports_to, blocked_action=action)
