"""build_worker by the book: what a publisher moved, renamed or respelled is a line of a list; nothing is guessed."""

from collections import Counter
from collections.abc import Callable
from functools import partial

from build_worker.lines import DraftedLine, draft_address
from build_worker.tools import ColumnComparison, NotCompared, compare_columns, draft_rename, propose_change
from build_worker.weights import SUBJECT, draft_weights
from build_worker.words import draft_word
from company.errors import ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import JsonObject
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, waiting_for, work_in_turn
from company.text.wording import counted, day_and_time, join_with_and
from company.tools.causes import quiet_root_causes

RESERVE_SECONDS = 40.0
BY_COMPARISON = ("format_changed", "check_fails")


def preflight(fire: Fire) -> str | None:
    """The reason to skip: no build task and no mail waits."""
    waiting = waiting_for(fire)
    return None if waiting.tasks or waiting.mail else "no build task waits"


def work(fire: Fire) -> Outcome:
    """Claims, works and ends build tasks until none is left or the time is nearly spent."""
    done: Counter[str] = Counter(changes=0, blocked=0)
    worked = work_in_turn(fire, "build", lambda task: run_task(fire, task, done), reserve_seconds=RESERVE_SECONDS)
    closes = worked.closes
    results = join_with_and([str(close.result.get("showed", close.blocked_action)) for close in closes])
    note = f"{counted(len(closes), 'build task')}: {results}." if closes else ""
    return Done({**done, "tasks": len(closes)}, note=note, closes=worked.to_close)


def run_task(fire: Fire, task: HeldTask, done: Counter[str]) -> TaskClose:
    """One task by its kind; what the book cannot build waits for somebody who can read the code."""
    payload = task.payload
    if task.attempts > 1 and (change := fire.brain.one("my_change_for", task_id=task.id)):
        # A session proposed it and crashed before it closed: the change is there, only the task is open.
        showed = f"C-{change['id']} was written already"
        return TaskClose(task.id, "complete", {"change": change["id"], "showed": showed})
    if payload.get("kind") == "root_cause":
        return find_cause(fire, task, done)
    if payload.get("kind") == "asked_by_owner" and payload.get("weights"):
        return change_line(fire, task, partial(draft_tried_weights, task_id=task.id), done)
    if drafted := BY_LINE.get(payload.get("kind", "")):
        return change_line(fire, task, drafted, done)
    if payload.get("kind") not in BY_COMPARISON:
        action = f"look into it by hand: the book fixes only what a line of a list can say, this is {task.title}"
        return block(fire, task, done, action)
    try:
        found = fire.use(compare_columns, raw_id=payload["raw_id"])
    except NotCompared as error:
        return block(fire, task, done, f"look at it by hand: {error}")
    except ToolError as error:
        return TaskClose(task.id, "complete", {"changes": 0, "showed": f"nothing to build: {error}"})
    return (
        write_change(fire, task, found, done) if found.is_certain else block(fire, task, done, describe_unclear(found))
    )


def find_cause(fire: Fire, task: HeldTask, done: Counter[str]) -> TaskClose:
    """The book finds no cause; it checks whether the mistake has stayed away, because somebody else has found it."""
    quiet = next((cause for cause in fire.use(quiet_root_causes) if cause.id == task.id), None)
    if quiet is None:
        return block(fire, task, done, f"look into it by hand, and fix what makes it happen: {task.title}")
    last = day_and_time(quiet.last_at, fire.settings.owner_timezone, fire.now)
    showed = (
        f"made {counted(quiet.times, 'time')}, last {last}, and not in the {counted(quiet.fires_without, 'fire')} since"
    )
    return TaskClose(task.id, "complete", {"showed": showed})


def write_change(fire: Fire, task: HeldTask, found: ColumnComparison, done: Counter[str]) -> TaskClose:
    """Proposes the change with its test and its reason; the same change is not proposed twice."""
    draft = fire.use(draft_rename, raw_id=found.raw_id)
    renames = join_with_and(found.in_words())
    proposed = fire.use(
        propose_change,
        task_id=task.id,
        subject=found.source,
        title=f"{found.source}: {renames}",
        reason=reason(found),
        diff=draft.diff,
        test=draft.test,
        documents=[found.good_raw_id, found.raw_id],
    )
    done["changes"] += int(proposed.is_new)
    showed = f"C-{proposed.change_id} {'written' if proposed.is_new else 'says so already'}: {renames}"
    return TaskClose(task.id, "complete", {"change": proposed.change_id, "showed": showed})


def change_line(
    fire: Fire, task: HeldTask, draft_line: Callable[[Fire, JsonObject], DraftedLine], done: Counter[str]
) -> TaskClose:
    """What is shown or said now decides, and not what it was when the task was filed."""
    try:
        draft = draft_line(fire, task.payload)
    except ToolError as error:
        return TaskClose(task.id, "complete", {"changes": 0, "showed": f"nothing to build: {error}"})
    proposed = fire.use(propose_change, task_id=task.id, subject=task.payload.get("source", SUBJECT), **vars(draft))
    done["changes"] += int(proposed.is_new)
    showed = f"C-{proposed.change_id} {'written' if proposed.is_new else 'says so already'}: {draft.title}"
    return TaskClose(task.id, "complete", {"change": proposed.change_id, "showed": showed})


def draft_new_address(fire: Fire, payload: JsonObject) -> DraftedLine:
    return fire.use(draft_address, source=payload["source"], old=payload["old"])


def draft_tried_weights(fire: Fire, payload: JsonObject, *, task_id: int) -> DraftedLine:
    numbers = payload.get("numbers") or {}
    return fire.use(draft_weights, task_id=task_id, weights=payload["weights"], numbers=numbers)


def draft_new_word(fire: Fire, payload: JsonObject) -> DraftedLine:
    return fire.use(draft_word, source=payload["source"], field=payload["field"], word=payload["word"])


def reason(found: ColumnComparison) -> str:
    """The figures that show that it is the same column."""
    shown = [
        f"{column.was} is gone and {column.becomes} is new, in {'the same' if column.is_same_place else 'another'} "
        f"place, with {100 * column.same_values:.0f} % of its {'kind of ' if column.is_by_shape else ''}values"
        for column in found.renamed
    ]
    if found.place:
        shown.append(
            f"the one place with the known entries is {found.place}, with {counted(found.rows, 'entry', 'entries')}"
        )
    shown += [
        f"of all spellings only {spelled.partition(': ')[2]} reads {spelled.partition(': ')[0]}, and gives"
        " the values of before"
        for spelled in found.respelled
    ]
    return f"Raw document {found.raw_id} beside {found.good_raw_id}, the last one read: {join_with_and(shown)}."


def describe_unclear(found: ColumnComparison) -> str:
    """What somebody must look at, when the values show no rename."""
    gone = join_with_and(found.unexplained) if found.unexplained else "no column"
    unclear = "".join(f"; {why}" for why in found.unclear)
    return (
        f"look at raw document {found.raw_id} of {found.source} beside {found.good_raw_id}: {gone} is gone, and "
        f"of the new columns ({join_with_and(found.new, 'none')}) not exactly one holds its values{unclear}"
    )


def block(fire: Fire, task: HeldTask, done: Counter[str], action: str) -> TaskClose:
    done["blocked"] += 1
    return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)


BY_LINE: dict[str, Callable[[Fire, JsonObject], DraftedLine]] = {
    "address_moved": draft_new_address,
    "new_word": draft_new_word,
}


ROLE = RoleCode(work=work, preflight=preflight)
