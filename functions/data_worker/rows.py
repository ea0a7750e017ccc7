"""Quarantined rows by the book: each is looked at with its reason, closed where that is safe, else left open."""

from collections import Counter
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.outcomes import TaskClose
from company.tasks import HeldTask, last_note
from company.text.wording import counted
from data_worker.tools import (
    QuarantinedRow,
    RowEnd,
    RowVersion,
    quarantined_rows,
    read_id,
    resolve_rows,
    row_in_force,
)

RESERVE_SECONDS = 20.0
NO_ROW_TWICE = "no_row_twice"
LOOKED_AT = "rows_looked_at"
FAILED = "failed"
STILL_OPEN = ("left_open", "mendable", FAILED)
"""How a look at a row can end that leaves it open."""


def work_rows(fire: Fire, task: HeldTask) -> TaskClose:
    """All open rows of one source and check. Each decision is committed at once, so a killed session loses none."""
    source, check = task.payload["source"], task.payload["check"]
    noted = last_note(task, LOOKED_AT)
    before = noted.facts if noted else {}
    ends, after = Counter[str](before.get("ends", {})), int(before.get("after", 0))
    while fire.budget.seconds_left() > RESERVE_SECONDS:
        rows = fire.use(quarantined_rows, source=source, check=check, after=after)
        if not rows and before and (ends[FAILED] or not _left(ends)):
            # What failed before is tried again. Where the note says that nothing is left, only the rows can say so.
            before, after, ends = {}, 0, _without_open(ends)
            continue
        if not rows:
            return _end(fire, task, ends)
        looked_at = each(fire, "rows", rows, partial(_settle, fire, task), name=lambda row: f"row {row.id}")
        ends.update([*looked_at, *[FAILED] * (len(rows) - len(looked_at))])
        after = rows[-1].id
        # Without this note, the next session would look again at all rows that stay open.
        failed = f", {ends[FAILED]} of them failed" if ends[FAILED] else ""
        summary = f"{counted(ends.total(), 'row')} looked at{failed}, up to row {after}"
        fire.learn(LOOKED_AT, summary, task_id=task.id, ends=dict(ends), after=after)
    return TaskClose(task.id, "pending", {**ends, "reason": "the time of this fire was spent"})


def _settle(fire: Fire, task: HeldTask, row: QuarantinedRow) -> str:
    """Looks at one row and decides; returns how it ended."""
    corrected = None if row.entity else fire.use(read_id, text=row.raw)
    entity = row.entity or corrected
    in_force = fire.use(row_in_force, source=task.payload["source"], entity=entity) if entity else None
    verdict = judge_row(row, entity, in_force)
    if verdict is None:
        return "mendable" if corrected else "left_open"
    status, resolution = verdict
    fire.use(resolve_rows, ids=[row.id], status=status, resolution=resolution, task_id=task.id)
    return status


def judge_row(row: QuarantinedRow, entity: str | None, in_force: RowVersion | None) -> tuple[RowEnd, str] | None:
    """What the evidence allows: the row came again, its duplicate is in force, or a newer edition decided. Else None.

    entity: the row's own id, or the one that its text holds after its separators are corrected.
    """
    is_older = row.edition_in_force is not None and row.edition_in_force > row.edition_at
    newer = row.batch_in_force if is_older else None
    who = entity or f"row {row.row_no}"
    if row.came_again:
        return "discarded", f"{who} came again in batch {row.came_again} and is looked at there"
    if in_force and row.check_name == NO_ROW_TWICE:
        return "discarded", f"{who} is in force; this row was its duplicate"
    if in_force and row.entity is None:
        return "resolved", f"it reads {who} once its separators are corrected, and {who} is in force"
    if in_force and newer:
        return "resolved", f"{who} is in force; batch {newer} came after this row"
    if newer:
        return "discarded", f"batch {newer}, a newer edition, no longer holds {who}"
    return None


def _end(fire: Fire, task: HeldTask, ends: Counter[str]) -> TaskClose:
    """No row left: the task is complete. A row that failed: it is tried again, and fails with its last attempt.

    Else it waits for a newer edition, which the manager sees first.
    """
    if ends[FAILED]:
        return TaskClose(task.id, "failed", {**ends, "reason": _why_failed(fire, ends)}, is_permanent=False)
    left = _left(ends)
    if not left:
        return TaskClose(task.id, "complete", dict(ends))
    waiting = counted(left, "row waits", "rows wait")
    action = f"{waiting} for a newer edition of {task.payload['source']}: reopen when one is in force"
    if ends["mendable"]:
        action += f"; {ends['mendable']} read as ids once their separators are corrected: have the reader correct them"
    return TaskClose(task.id, "blocked", dict(ends), blocked_on=fire.record.reports_to, blocked_action=action)


def _why_failed(fire: Fire, ends: Counter[str]) -> str:
    *_, error = fire.journal.tries["rows"].failed.values()
    return f"{counted(ends[FAILED], 'row stays', 'rows stay')} open, which could not be decided: {error}"


def _left(ends: Counter[str]) -> int:
    """How many rows were looked at and stay open."""
    return sum(ends[end] for end in STILL_OPEN)


def _without_open(ends: Counter[str]) -> Counter[str]:
    """What is counted of the rows that are closed: all that are open are about to be looked at again."""
    return Counter({end: rows for end, rows in ends.items() if end not in STILL_OPEN})
