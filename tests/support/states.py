"""Every action on every state of a task and of a slot, through the company's functions: which states really change."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from company.errors import Refused
from company.watch.ledger import retire_old_slots
from tests.support.acts import (
    claim,
    close_session,
    close_task,
    expect_slots,
    file_task,
    note_schedule,
    open_session,
    session_of,
    sort_task,
    task_row,
)
from tests.support.brains import TestBrain, run_sql

Arrows = set[tuple[str, str]]
START_OR_END = "[*]"
WORKER, MANAGER, KEEPER = "data_worker", "data_manager", "heartbeat"
HOLD_OTHERS = "UPDATE company.task_queue SET not_before = 'infinity' WHERE closed_at IS NULL"
LAST_TRY = "UPDATE company.task_queue SET max_attempts = attempts WHERE id = %(task)s AND status = 'in_progress'"
STATUS = "SELECT status FROM company.slots WHERE schedule = %(schedule)s AND due_at = %(due_at)s"
SESSION = "SELECT max(id) AS id FROM company.sessions WHERE schedule = %(schedule)s AND due_at = %(due_at)s"
UNCHANGED, CHANGED = "cron(0 * * * ? *)", "cron(30 * * * ? *)"


def arrows_of_tasks(brain: TestBrain) -> Arrows:
    """Each action tried on a fresh task in each state; the old and new state of each change."""
    tried = ((state, act) for state in TASKS for act in TASK_ACTS.values())
    return {(START_OR_END, "pending")} | {pair for state, act in tried if (pair := _task_after(brain, state, act))}


def _task_after(brain: TestBrain, state: str, act: Callable[[TestBrain, int], object]) -> tuple[str, str] | None:
    brain.wait(minutes=2)
    # Other tasks of this brain wait for ever, so that a claim gets this one.
    run_sql(brain.as_login("migrate"), HOLD_OTHERS)
    task = file_task(brain)
    TASKS[state](brain, task)
    assert task_row(brain, task)["status"] == state
    try:
        act(brain, task)
    except Refused:
        assert task_row(brain, task)["status"] == state
    becomes = task_row(brain, task)["status"]
    return None if becomes == state else (state, becomes)


def _claim(brain: TestBrain, task: int) -> None:
    claim(brain, WORKER, _session(brain))


def _session(brain: TestBrain) -> int:
    """A session of another slot than the last one, while that one's lease is still valid."""
    brain.wait(seconds=40)
    return session_of(brain, WORKER)


def _close(status: str, **more: Any) -> Callable[[TestBrain, int], None]:
    def act(brain: TestBrain, task: int) -> None:
        close_task(brain, WORKER, task, task_row(brain, task)["session_id"] or _session(brain), status, **more)

    return act


def _sort(status: str) -> Callable[[TestBrain, int], None]:
    def act(brain: TestBrain, task: int) -> None:
        successor = None
        if status == "superseded":
            successor = file_task(brain, "scraping_manager", mode="scrape")
        sort_task(brain, MANAGER, task, status, successor=successor)

    return act


def _run_out(brain: TestBrain, task: int) -> None:
    brain.wait(minutes=10)
    brain.as_role(KEEPER).all("return_expired_leases")


def _run_out_for_the_last_time(brain: TestBrain, task: int) -> None:
    run_sql(brain.as_login("migrate"), LAST_TRY, task=task)
    _run_out(brain, task)


TASK_ACTS: dict[str, Callable[[TestBrain, int], object]] = {
    "claim": _claim,
    "complete": _close("complete"),
    "fail": _close("failed"),
    "fail for now": _close("failed", is_permanent=False),
    "block": _close("blocked", blocked_on="owner", blocked_action="say yes"),
    "give back": _close("pending"),
    "supersede": _sort("superseded"),
    "call stale": _sort("stale"),
    "reopen": _sort("pending"),
    "run out": _run_out,
    "run out for the last time": _run_out_for_the_last_time,
}


def _held_and(act: str) -> Callable[[TestBrain, int], None]:
    def make(brain: TestBrain, task: int) -> None:
        _claim(brain, task)
        TASK_ACTS[act](brain, task)

    return make


TASKS: dict[str, Callable[[TestBrain, int], object]] = {
    "pending": lambda brain, task: None,
    "in_progress": _claim,
    "blocked": _held_and("block"),
    "complete": _held_and("complete"),
    "failed": _held_and("fail"),
    "superseded": TASK_ACTS["supersede"],
    "stale": TASK_ACTS["call stale"],
}


def arrows_of_slots(brain: TestBrain) -> Arrows:
    """Each action tried on a fresh slot in each state, and without a slot; the old and new state of each change."""
    tried = ((state, act) for state in SLOTS for act in SLOT_ACTS.values())
    return {pair for state, act in tried if (pair := _slot_after(brain, state, act))}


def _slot_after(brain: TestBrain, state: str, act: Callable[[TestBrain, datetime], object]) -> tuple[str, str] | None:
    due_at = brain.wait(minutes=2) + timedelta(minutes=1)
    _note(brain, UNCHANGED)
    SLOTS[state](brain, due_at)
    assert _slot(brain, due_at) == state
    try:
        act(brain, due_at)
    except Refused:
        assert _slot(brain, due_at) == state
    becomes = _slot(brain, due_at)
    return None if becomes == state else (state, becomes)


def _slot(brain: TestBrain, due_at: datetime) -> str:
    row = brain.sql("owner", STATUS, schedule=WORKER, due_at=due_at)
    return str(row[0]["status"]) if row else START_OR_END


def _note(brain: TestBrain, expression: str) -> None:
    note_schedule(brain, WORKER, expression=expression)


def _expect(brain: TestBrain, due_at: datetime) -> None:
    expect_slots(brain, WORKER, due_at)


def _fire(brain: TestBrain, due_at: datetime) -> None:
    brain.set_now(max(brain.now(), due_at))
    open_session(brain, WORKER, due_at=due_at)


def _end(outcome: str, **more: Any) -> Callable[[TestBrain, datetime], None]:
    def act(brain: TestBrain, due_at: datetime) -> None:
        [attempt] = brain.sql("owner", SESSION, schedule=WORKER, due_at=due_at)
        close_session(brain, WORKER, attempt["id"] or 0, outcome, **more)

    return act


def _beat_later(brain: TestBrain, due_at: datetime) -> None:
    brain.wait(hours=2)
    brain.as_role(KEEPER).all("end_overdue_sessions")
    brain.as_role(KEEPER).all("end_overdue_slots", most_attempts=3, event_age_seconds=3600)


def _crash_and_beat_later(brain: TestBrain, due_at: datetime) -> None:
    SLOT_ACTS["crash"](brain, due_at)
    _beat_later(brain, due_at)


def _retire(brain: TestBrain, due_at: datetime) -> None:
    brain.wait(days=100)
    retire_old_slots(brain.as_role(KEEPER))


def _late_work(brain: TestBrain, due_at: datetime) -> None:
    """Another attempt that succeeds; an ended slot keeps its status."""
    brain.wait(hours=1)
    _fire(brain, due_at)
    SLOT_ACTS["finish"](brain, due_at)


SLOT_ACTS: dict[str, Callable[[TestBrain, datetime], object]] = {
    "expect": _expect,
    "fire": _fire,
    "finish": _end("done"),
    "skip": _end("skipped", reason="nothing to do"),
    "fail": _end("failed", reason="no answer"),
    "crash": _end("crashed", reason="killed"),
    "beat later": _beat_later,
    "crash and beat later": _crash_and_beat_later,
    "change the schedule": lambda brain, due_at: _note(brain, CHANGED),
    "retire": _retire,
}


def _fired_and(act: str) -> Callable[[TestBrain, datetime], None]:
    def make(brain: TestBrain, due_at: datetime) -> None:
        _expect(brain, due_at)
        _fire(brain, due_at)
        SLOT_ACTS[act](brain, due_at)

    return make


def _expected_and(act: str) -> Callable[[TestBrain, datetime], None]:
    def make(brain: TestBrain, due_at: datetime) -> None:
        _expect(brain, due_at)
        SLOT_ACTS[act](brain, due_at)

    return make


SLOTS: dict[str, Callable[[TestBrain, datetime], object]] = {
    START_OR_END: lambda brain, due_at: None,
    "expected": _expect,
    "running": _expected_and("fire"),
    "succeeded": _fired_and("finish"),
    "skipped": _fired_and("skip"),
    "failed": _fired_and("fail"),
    "timed_out": _fired_and("beat later"),
    "missed": _expected_and("beat later"),
    "withdrawn": _expected_and("change the schedule"),
}


def late_work_on(brain: TestBrain, state: str) -> tuple[str, str] | None:
    """How a late attempt that works changes a slot that has ended."""
    return _slot_after(brain, state, _late_work)
