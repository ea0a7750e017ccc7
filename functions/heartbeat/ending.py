"""Ends what nobody will end any more: sessions past their deadline, overdue slots, leases that ran out."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from company.errors import CompanyError
from company.fire.apart import each
from company.fire.fire import Fire
from company.watch.ledger import EVENT_AGE_SECONDS, MOST_ATTEMPTS

BAD_ENDS = ("missed", "failed", "timed_out")


class NotDone(CompanyError):
    """The database treats each row apart, and could not do this one; the message is its reason."""


class Tried(Protocol):
    """A row that the database tried apart from the others. problem: why it could not be done, or None."""

    @property
    def problem(self) -> str | None: ...


@dataclass(frozen=True)
class EndedSession:
    """A session that ran past its deadline and was ended."""

    session_id: int
    role: str
    schedule: str
    due_at: datetime
    problem: str | None


@dataclass(frozen=True)
class OverdueSlot:
    """A slot at which no attempt can come any more, and how it ended."""

    schedule: str
    due_at: datetime
    role: str
    status: str
    reason: str | None
    problem: str | None


@dataclass(frozen=True)
class ReturnedTask:
    """A task whose lease ran out, whose it was, and its status now."""

    task_id: int
    held_by: str | None
    becomes: str
    problem: str | None


def require_no_problem(row: Tried) -> None:
    """Raises NotDone for a row that could not be done."""
    if row.problem:
        raise NotDone(row.problem)


def end_overdue_sessions(fire: Fire) -> dict[str, int]:
    rows = fire.brain.rows(EndedSession, "end_overdue_sessions")
    ended = each(fire, "sessions to end", rows, require_no_problem, name=lambda row: f"session {row.session_id}")
    return {"ended_sessions": len(ended)}


def end_overdue_slots(fire: Fire) -> dict[str, int]:
    """Ends slots that can no longer be worked. Their watchers hear of it when all that ended badly is reported."""
    limits = {"most_attempts": MOST_ATTEMPTS, "event_age_seconds": EVENT_AGE_SECONDS}
    rows = fire.brain.rows(OverdueSlot, "end_overdue_slots", **limits)
    each(fire, "slots to end", rows, require_no_problem, name=lambda row: f"{row.schedule} {row.due_at:%d %b %H:%M}")
    return {}


def return_expired_leases(fire: Fire) -> dict[str, int]:
    rows = fire.brain.rows(ReturnedTask, "return_expired_leases")
    returned = each(fire, "leases", rows, partial(_note_returned, fire), name=lambda row: f"task {row.task_id}")
    return {"returned_tasks": len(returned)}


def _note_returned(fire: Fire, task: ReturnedTask) -> None:
    require_no_problem(task)
    fire.learn("returned", f"task {task.task_id} came back from {task.held_by}", about_task=task.task_id)
