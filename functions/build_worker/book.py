"""build_worker by the book: a renamed column becomes a change of one line with its test; nothing else is guessed at."""

from collections import Counter
from functools import partial
from typing import Any

from build_worker.tools import compare_columns, draft_rename, propose_change
from company.errors import ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, attempt_task, last_note
from company.tools.causes import quiet_root_causes
from company.tools.tasks import claim_task
from company.wording import counted, day_and_time, join_with_and

RESERVE_SECONDS = 40.0


def preflight(fire: Fire) -> str | None:
    """A reason to rest: no build task waits."""
    waiting = fire.brain.one("waiting_for_me") or {}
    return None if waiting.get("tasks") or waiting.get("mail") else "no build task waits"


def work(fire: Fire) -> Outcome:
    """Claims, works and ends build tasks until none is left or the time is nearly spent."""
    closes: list[TaskClose] = []
    done: Counter[str] = Counter(changes=0, blocked=0)
    while fire.budget.seconds_left() > RESERVE_SECONDS:
        task = fire.use(claim_task, mode="build")
        if task is None:
            break
        closes.append(attempt_task(task, partial(run_task, fire, task, done)))
    told = join_with_and([str(close.result.get("showed", close.blocked_action)) for close in closes])
    note = f"{counted(len(closes), 'build task')}: {told}." if closes else ""
    return Done({**done, "tasks": len(closes)}, note=note, closes=tuple(closes))


def run_task(fire: Fire, task: HeldTask, done: Counter[str]) -> TaskClose:
    """One task by its kind; what the book cannot build waits for somebody who can read the code."""
    payload = task.payload
    if proposed := last_note(task, "proposed"):
        # Written by a session that died before it closed: the change is there, only its task is not.
        words = f"C-{proposed['change_id']} was written already"
        return TaskClose(task.id, "complete", {"change": proposed["change_id"], "showed": words})
    if payload.get("kind") == "root_cause":
        return find_cause(fire, task, done)
    if payload.get("kind") != "format_changed":
        return block(
            fire, task, done, f"look into it by hand: the book mends only renamed columns, this is {task.title}"
        )
    try:
        seen = fire.use(compare_columns, raw_id=payload["raw_id"])
    except ToolError as error:
        return TaskClose(task.id, "complete", {"changes": 0, "showed": f"nothing to build: {error}"})
    if seen["unexplained"] or not seen["renamed"]:
        return block(fire, task, done, cannot_tell(seen))
    return write_change(fire, task, seen, done)


def find_cause(fire: Fire, task: HeldTask, done: Counter[str]) -> TaskClose:
    """The book finds no cause; it sees whether somebody else has: a mistake that had its chances and stayed away."""
    quiet = next((cause for cause in fire.use(quiet_root_causes) if cause["id"] == task.id), None)
    if quiet is None:
        return block(fire, task, done, f"look into it by hand, and mend what makes it happen: {task.title}")
    last = day_and_time(quiet["last_at"], fire.settings.owner_timezone, now=fire.now)
    showed = (
        f"made {counted(quiet['times'], 'time')}, last {last}, "
        f"and not in the {counted(quiet['fires_without'], 'fire')} since"
    )
    return TaskClose(task.id, "complete", {"showed": showed})


def write_change(fire: Fire, task: HeldTask, seen: dict[str, Any], done: Counter[str]) -> TaskClose:
    """The change, its test and its reason; the same change once more is the one that is there."""
    draft = fire.use(draft_rename, raw_id=seen["raw_id"])
    told = join_with_and([f"{r['was']} comes as {r['becomes']}" for r in seen["renamed"]])
    proposed = fire.use(
        propose_change,
        task_id=task.id,
        subject=seen["source"],
        title=f"{seen['source']}: {told}",
        reason=reason(seen),
        diff=draft["diff"],
        test=draft["test"],
        documents=[seen["good_raw_id"], seen["raw_id"]],
    )
    done["changes"] += int(proposed["is_new"])
    words = f"C-{proposed['change_id']} {'written' if proposed['is_new'] else 'says so already'}: {told}"
    return TaskClose(task.id, "complete", {"change": proposed["change_id"], "showed": words})


def reason(seen: dict[str, Any]) -> str:
    """What shows that it is the same column, in figures."""
    shown = [
        f"{r['was']} is gone and {r['becomes']} is new, in {'the same' if r['is_same_place'] else 'another'} place, "
        f"with {100 * r['same_values']:.0f} % of its values"
        for r in seen["renamed"]
    ]
    return f"Raw document {seen['raw_id']} beside {seen['good_raw_id']}, the last one read: {join_with_and(shown)}."


def cannot_tell(seen: dict[str, Any]) -> str:
    """What somebody must look at, when the values do not say it."""
    gone = join_with_and(seen["unexplained"]) if seen["unexplained"] else "no column"
    return (
        f"look at raw document {seen['raw_id']} of {seen['source']} beside {seen['good_raw_id']}: {gone} is gone, and "
        f"of the new columns ({join_with_and(seen['new'], 'none')}) not exactly one holds its values"
    )


def block(fire: Fire, task: HeldTask, done: Counter[str], action: str) -> TaskClose:
    done["blocked"] += 1
    return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)


ROLE = RoleCode(work=work, preflight=preflight)
