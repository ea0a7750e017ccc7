"""data_manager by the book: is the data fresh, does the backlog move, is anything stuck; and a note with figures."""

from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tasks import CompletedTask, Task
from company.text.manager_notes import closing_note, some
from company.text.wording import counted, hours_text, join_with_and
from company.tools.decisions import my_answered_decisions
from company.tools.pipeline import held_batches, source_freshness
from company.tools.tasks import file_task, list_tasks, sort_task, task_figures
from company.watch.verifying import Inspection, inspect_result, verify_one, with_doubt
from company.watch.watching import AnswerRule, WatchResult, answer_findings, answer_remaining
from data_manager.answers import answer_put_aside
from data_manager.tools import (
    QuarantineCause,
    asked_spellings,
    audit_figures,
    closed_rows,
    newer_editions,
    quarantine_causes,
    quarantine_figures,
)
from data_manager.words import act_on_word, answer_new_word

ANSWERS: dict[str, AnswerRule] = {"row_put_aside": answer_put_aside, "new_word": answer_new_word}


def work(fire: Fire) -> Outcome:
    """Never skips: a quiet domain is reported as quiet."""
    answered = fire.use(my_answered_decisions)
    meant = sum(each(fire, "answers about words", answered, partial(act_on_word, fire), name=lambda d: f"D-{d.id}"))
    watched = answer_findings(fire, ANSWERS)
    blocked, causes = fire.use(list_tasks, mode="data", status="blocked"), fire.use(quarantine_causes)
    reopened = sum(each(fire, "blocked tasks", blocked, partial(reopen, fire), name=lambda task: f"task {task.id}"))
    filed = sum(each(fire, "causes", causes, partial(file_rows, fire), name=lambda c: f"{c.source} {c.check_name}"))
    figures = domain_figures(fire) | {"filed": filed + meant, "reopened": reopened}
    verified = verify_one(fire, look_at_rows)
    note = with_doubt(write_note(fire, figures, watched), verified)
    return Done(figures | verified | watched.evidence, note=note)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must be done whatever the model did: findings and messages that still wait are answered."""
    return answer_remaining(fire, ANSWERS)


def look_at_rows(fire: Fire, task: CompletedTask) -> Inspection:
    """No row may be open that was there when the task began, and rows closed as resolved must have a row in force.

    Of any other task the result is looked at.
    """
    payload = task.payload
    if payload.get("kind") != "quarantine":
        return inspect_result(fire, task)
    if open_still := _open_since_before(fire, task):
        return Inspection(False, f"the open rows of {payload['source']}", open_still)
    rows = fire.use(closed_rows, source=payload["source"], check=payload["check"], limit=50)
    resolved = [row for row in rows if row.status == "resolved" and row.resolved_by == task.worked_by]
    gone = [row.entity for row in resolved if row.entity and row.in_force is None]
    looked_at = f"{counted(len(rows), 'row')} of {payload['source']} closed last"
    if gone:
        showed = f"{counted(len(gone), 'row')} closed as resolved with nothing in force: {join_with_and(gone[:3])}"
        return Inspection(False, looked_at, showed)
    discarded = sum(row.status == "discarded" for row in rows)
    showed = f"{len(resolved)} resolved, each with its row in force; {discarded} discarded"
    return Inspection(True, looked_at, showed)


def _open_since_before(fire: Fire, task: CompletedTask) -> str | None:
    """What a completed task left open: rows of its source and check that were quarantined before it was filed."""
    asked = (task.payload["source"], task.payload["check"])
    for cause in fire.use(quarantine_causes):
        if (cause.source, cause.check_name) == asked and cause.first_at <= task.created_at:
            return f"{counted(cause.rows, 'row')} of {cause.source} still open, though the task is complete"
    return None


def file_rows(fire: Fire, cause: QuarantineCause) -> int:
    """One open task per source and cause, however many rows there are."""
    source, check = cause.source, cause.check_name
    filed = fire.use(
        file_task,
        mode="data",
        title=f"{counted(cause.rows, 'row')} of {source} quarantined by {check}",
        payload={"kind": "quarantine", "source": source, "check": check},
        dedupe_key=f"quarantine:{source}:{check}",
    )
    return int(filed.is_new)


def reopen(fire: Fire, task: Task) -> int:
    """A task is workable again once what it waits for came, or is asked no more; other blocked tasks stay blocked."""
    reason = why_workable(fire, task) if task.blocked_on == fire.role else None
    if reason:
        fire.use(sort_task, task_id=task.id, becomes="pending", reason=reason)
    return int(reason is not None)


def why_workable(fire: Fire, task: Task) -> str | None:
    """Rows wait for a newer edition of their source; a spelling may be settled by a rule, or be gone, meanwhile."""
    match task.payload:
        case {"kind": "spelling", "of": kind, "spelling": spelling}:
            asked = {(one.kind, one.spelling) for one in fire.use(asked_spellings)}
            return None if (kind, spelling) in asked else f"nobody asks about {spelling!r} any more"
        case {"source": source}:
            newer = fire.use(newer_editions, task_id=task.id, source=source)
            return f"{counted(newer, 'newer edition')} of {source} came into force" if newer else None
    return None


def domain_figures(fire: Fire) -> dict[str, int]:
    """The domain in numbers."""
    tasks, rows, audits = fire.use(task_figures), fire.use(quarantine_figures), fire.use(audit_figures)
    sources = fire.use(source_freshness)
    return {
        "sources": len(sources),
        "stale": sum(source.is_stale for source in sources),
        "tasks_open": tasks.open,
        "tasks_open_before": tasks.open_before,
        "tasks_completed": tasks.completed,
        "tasks_blocked": tasks.blocked,
        "tasks_failed": tasks.failed,
        "rows_aside": sum(row.open for row in rows),
        "rows_aside_added": sum(row.added for row in rows),
        "spellings_asked": len(fire.use(asked_spellings)),
        "held_batches": len(fire.use(held_batches)),
        "audited": audits.looked_at,
        "differing": audits.differing,
    }


def write_note(fire: Fire, figures: dict[str, int], watched: WatchResult) -> str:
    """The closing note: how the backlog moved, what is next, then each figure beside its limit or its earlier value."""
    stale = [
        f"{s.source} is {hours_text(s.age)} old (limit {hours_text(s.fresh_within)})"
        for s in fire.use(source_freshness)
        if s.is_stale
    ]
    numbers = [
        f"{figures['sources'] - figures['stale']} of {counted(figures['sources'], 'source')} fresh"
        + (f": {join_with_and(stale)}" if stale else ""),
        f"{counted(figures['rows_aside'], 'row')} quarantined",
        f"data_auditor checked {figures['audited']} again, {figures['differing']} differ",
        *(f"{spellings} not settled" for spellings in some(figures["spellings_asked"], "spelling")),
        *(f"{asked} to the owner" for asked in some(watched.asked, "question")),
    ]
    return closing_note(_moved(figures), _next(figures), numbers)


def _moved(figures: dict[str, int]) -> list[str]:
    """What the last day did to the backlog; nothing where nothing moved."""
    open_now, before = figures["tasks_open"], figures["tasks_open_before"]
    completed, failed = figures["tasks_completed"], figures["tasks_failed"]
    ended = f"{completed} done" + (f", {failed} failed" if failed else "")
    moved = completed or failed or open_now != before
    tasks = [f"{counted(open_now, 'task')} open ({before} a day ago), {ended}"] if moved else []
    rows = [f"{rows} more in quarantine" for rows in some(figures["rows_aside_added"], "row")]
    return [*tasks, *rows]


def _next(figures: dict[str, int]) -> list[str]:
    free = figures["tasks_open"] - figures["tasks_blocked"]
    return [
        *(f"data_auditor judges {held}" for held in some(figures["held_batches"], "held batch", "held batches")),
        *(f"data_worker takes {tasks}" for tasks in some(free, "task")),
        *(f"{tasks} blocked by a missing edition or answer" for tasks in some(figures["tasks_blocked"], "task")),
    ]


ROLE = RoleCode(work=work, duties=duties)
