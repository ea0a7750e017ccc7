"""The task queue: its records, and how a task is filed, claimed and attempted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from company.brain import Brain
from company.errors import BrainError, BrainUnreachable, Refused, SettingsError, ToolError
from company.fire.closing import as_closings
from company.fire.fire import Fire
from company.fire.messages import EarlierNote
from company.json_values import JsonObject
from company.outcomes import TaskClose

STATUSES = ("pending", "in_progress", "blocked", "complete", "failed", "superseded", "stale")
"""The only words that the queue knows for the state of a task; the database refuses others."""
MANY_TASKS = 10
UNWORKABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What code raises on a payload that is not as its kind requires."""


@dataclass(frozen=True)
class Task:
    """One row of the queue. result is what its last holder left, also when the task is open again."""

    id: int
    mode: str
    title: str
    status: str
    priority: int
    created_at: datetime
    created_by: str
    claimed_by: str | None
    session_id: int | None
    lease_until: datetime | None
    attempts: int
    max_attempts: int
    dedupe_key: str | None
    blocked_on: str | None
    blocked_action: str | None
    payload: JsonObject
    result: JsonObject | None
    superseded_by: int | None
    closed_at: datetime | None


@dataclass(frozen=True)
class HeldTask(Task):
    """A task that this session holds. noted: what earlier holders logged about it, oldest first."""

    noted: Sequence[EarlierNote] = ()


@dataclass(frozen=True)
class CompletedTask(Task):
    """A completed task that its manager verifies. session_id is its worker's; story: each step, oldest first."""

    worked_by: str
    story: Sequence[JsonObject] = ()


@dataclass(frozen=True)
class WorkedTasks:
    """How each task of a fire ends. to_close: those that the fire's own closing has still to end."""

    closes: tuple[TaskClose, ...] = ()
    to_close: tuple[TaskClose, ...] = ()


@dataclass(frozen=True)
class FiledTask:
    """The task's number, and whether it is new: a live task of the same dedupe key is not filed twice."""

    task_id: int
    is_new: bool


@dataclass(frozen=True)
class TaskFigures:
    """The backlog of some modes now, and what a span of time changed. open_before: when the span began.

    It begins with the end of a fire of the role that was at work then.
    """

    open: int
    blocked: int
    filed: int
    completed: int
    failed: int
    open_before: int


@dataclass(frozen=True)
class Waiting:
    """How many things wait for an employee: tasks of its modes, findings, mail, and answers of the owner."""

    tasks: int
    findings: int
    mail: int
    answers: int

    @property
    def is_any(self) -> bool:
        return any(vars(self).values())


def attempt_task(task: Task, work: Callable[[], TaskClose]) -> TaskClose:
    """Works one task; a payload that cannot be worked ends that task as failed, and not the fire with all the others.

    The role that filed it may be wrong about the payload; three crashed fires would not correct it. What a rule refuses
    is tried again, since what the rule looks at may change; a session that was fenced learns so by its next question.
    """
    try:
        return work()
    except BrainUnreachable:
        raise
    except (*UNWORKABLE, ToolError, SettingsError, BrainError) as error:
        rule = error.rule if isinstance(error, Refused) else None
        reason = f"what was filed cannot be worked: {rule or type(error).__name__}: {error}"[:300]
        return TaskClose(task.id, "failed", {"reason": reason, "showed": reason}, is_permanent=rule is None)


def last_note(task: HeldTask, kind: str) -> EarlierNote | None:
    """The last note of this kind; None when the task's earlier holders left none. It says where to look, and ends
    nothing: what is done is asked of what was done.
    """
    return next((note for note in reversed(task.noted) if note.kind == kind), None)


def file_task(
    brain: Brain,
    *,
    mode: str,
    title: str,
    payload: JsonObject,
    priority: int = 5,
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
) -> int:
    """Files a task; its id, or that of the live task with the same dedupe_key."""
    filed = brain.row(
        FiledTask,
        "file_task",
        mode=mode,
        title=title,
        payload=dict(payload),
        priority=priority,
        dedupe_key=dedupe_key,
        not_before=not_before,
    )
    assert filed is not None, "file_task always answers"
    return filed.task_id


def claim_task(fire: Fire, mode: str) -> HeldTask | None:
    """The first workable task of a mode, now held for longer than this session can live; None when there is none."""
    held = {"session_id": fire.session_id, "lease_seconds": fire.lease_seconds}
    task = fire.brain.row(HeldTask, "claim_task", mode=mode, **held)
    return task and _with_notes(fire, task)


def claim_tasks(fire: Fire, mode: str, at_most: int = MANY_TASKS) -> list[HeldTask]:
    """The same for several small tasks in one statement, the most urgent first; empty when none waits."""
    held = {"session_id": fire.session_id, "lease_seconds": fire.lease_seconds}
    claimed = fire.brain.rows(HeldTask, "claim_tasks", mode=mode, at_most=at_most, **held)
    return [_with_notes(fire, task) for task in claimed]


def close_and_claim(fire: Fire, close: TaskClose, mode: str) -> HeldTask | None:
    """Ends a held task and claims the next one in one statement; Refused where either may not be, and neither is done.

    None when nothing waits; the task is ended all the same.
    """
    held = {"session_id": fire.session_id, "lease_seconds": fire.lease_seconds}
    ending = {**vars(close), "result": dict(close.result)}
    task = fire.brain.row(HeldTask, "close_and_claim", mode=mode, **ending, **held)
    return task and _with_notes(fire, task)


def close_and_claim_tasks(
    fire: Fire, closes: Sequence[TaskClose], mode: str, at_most: int = MANY_TASKS
) -> list[HeldTask]:
    """The same for several small tasks: all of closes are ended, or none and nothing is claimed. Empty: none waits."""
    held = {"session_id": fire.session_id, "lease_seconds": fire.lease_seconds}
    ending = {"closings": as_closings(closes)}
    claimed = fire.brain.rows(HeldTask, "close_and_claim_tasks", mode=mode, at_most=at_most, **ending, **held)
    return [_with_notes(fire, task) for task in claimed]


def work_by_tens(
    fire: Fire, mode: str, work: Callable[[HeldTask], TaskClose], *, reserve_seconds: float
) -> WorkedTasks:
    """Works small tasks of a mode, ten claimed at once and each begun, until none waits or so many seconds are left.

    Ten are ended in the statement that claims the next ten, as in work_in_turn. Those that the time did not suffice for
    are given back without an attempt counted.
    """
    closes: list[TaskClose] = []
    to_close: list[TaskClose] = []
    claimed = claim_tasks(fire, mode) if fire.budget.seconds_left() > reserve_seconds else []
    fire.journal.note_tool("claim_task")
    while claimed:
        ended = [attempt_task(task, partial(work, task)) for task in _begun(fire, claimed, reserve_seconds)]
        closes += ended
        if len(ended) < len(claimed) or fire.budget.seconds_left() <= reserve_seconds:
            return WorkedTasks(tuple(closes), (*to_close, *ended))
        to_close += filter(_comes_back, ended)
        claimed = close_and_claim_tasks(fire, [close for close in ended if not _comes_back(close)], mode)
        fire.journal.note_tool("claim_task")
    return WorkedTasks(tuple(closes), tuple(to_close))


def _begun(fire: Fire, claimed: Sequence[HeldTask], reserve_seconds: float) -> Iterator[HeldTask]:
    """Each of them, begun, while there is time; the first in any case. The rest is given back."""
    for n, task in enumerate(claimed):
        if n and fire.budget.seconds_left() <= reserve_seconds:
            fire.brain.run("release_tasks", session_id=fire.session_id, tasks=[left.id for left in claimed[n:]])
            return
        fire.brain.run("begin_task", task_id=task.id, session_id=fire.session_id)
        fire.scan(fire, "claim_task", task)
        yield task


def work_in_turn(
    fire: Fire, mode: str, work: Callable[[HeldTask], TaskClose], *, reserve_seconds: float
) -> WorkedTasks:
    """Works long tasks of a mode one after another, until none waits or so many seconds are left of the fire.

    Each is ended in the statement that claims the next, so that a fire that dies later leaves it done. What would come
    back to the queue is ended with the fire, or this fire would claim it again and again.
    """
    closes: list[TaskClose] = []
    to_close: list[TaskClose] = []
    if fire.budget.seconds_left() <= reserve_seconds:
        return WorkedTasks()
    task = claim_task(fire, mode)
    while (held := _scanned(fire, task)) is not None:
        close = attempt_task(held, partial(work, held))
        closes.append(close)
        is_last = fire.budget.seconds_left() <= reserve_seconds
        if is_last or _comes_back(close):
            to_close.append(close)
        if is_last:
            break
        task = claim_task(fire, mode) if _comes_back(close) else close_and_claim(fire, close, mode)
    return WorkedTasks(tuple(closes), tuple(to_close))


def _comes_back(close: TaskClose) -> bool:
    return close.status == "pending" or (close.status == "failed" and not close.is_permanent)


def _scanned(fire: Fire, task: HeldTask | None) -> HeldTask | None:
    fire.journal.note_tool("claim_task")
    if task is not None:
        fire.scan(fire, "claim_task", task)
    return task


def _with_notes(fire: Fire, task: HeldTask) -> HeldTask:
    if task.attempts == 1:
        return task  # A first attempt has no notes; the usual claim stays one round trip.
    noted = fire.brain.rows(EarlierNote, "notes_of_a_task", task_id=task.id, session_id=fire.session_id)
    return replace(task, noted=noted)


def waiting_for(fire: Fire) -> Waiting:
    """What waits for this employee, in one cheap query for its preflight."""
    waiting = fire.brain.row(Waiting, "waiting_for_me")
    assert waiting is not None, "an employee with a session is on the roster"
    return waiting


def count_workable(brain: Brain, modes: tuple[str, ...]) -> int:
    """How many tasks of these modes could be claimed now."""
    return int(brain.value("count_workable", modes=list(modes)))
