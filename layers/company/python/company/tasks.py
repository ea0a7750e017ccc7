"""The task queue from Python: file, claim, and the shapes of both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from company.brain import Brain
from company.errors import BrainError, BrainUnreachable, Refused, SettingsError, ToolError
from company.fire.fire import Fire
from company.outcomes import TaskClose

UNWORKABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What comes of a payload that is not what its kind promises."""


@dataclass(frozen=True)
class Task:
    """A task one holds. result carries what an earlier attempt left behind, noted what its session learned meanwhile.

    noted: rows of at, kind, body, facts and session_id, oldest first.
    """

    id: int
    mode: str
    title: str
    payload: Mapping[str, Any]
    priority: int
    attempts: int
    max_attempts: int
    lease_until: datetime
    created_by: str
    created_at: datetime
    result: Mapping[str, Any] | None
    noted: Sequence[Mapping[str, Any]] = ()


def attempt(task: Mapping[str, Any], work: Callable[[], TaskClose]) -> TaskClose:
    """Works one task; a payload that no work can be done by ends that task, and not the fire with all the others.

    Who files a task may be wrong about what it must hold; three fires that die of it would help nobody.
    """
    try:
        return work()
    except (Refused, BrainUnreachable):
        raise  # says something of this session or of the brain, and nothing of the task
    except (*UNWORKABLE, ToolError, SettingsError, BrainError) as error:
        reason = f"what was filed cannot be worked: {type(error).__name__}: {error}"[:300]
        return TaskClose(int(task["id"]), "failed", {"reason": reason, "showed": reason})


def last_noted(noted: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    """The facts of the last note of this kind; None when a task's earlier holders left none."""
    return next((note["facts"] for note in reversed(noted) if note["kind"] == kind), None)


def file_task(
    brain: Brain,
    *,
    mode: str,
    title: str,
    payload: Mapping[str, Any],
    priority: int = 5,
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
) -> int:
    """Files a task and gives its id; a live task of the same dedupe_key is given back instead."""
    row = brain.one(
        "file_task",
        mode=mode,
        title=title,
        payload=dict(payload),
        priority=priority,
        dedupe_key=dedupe_key,
        not_before=not_before,
    )
    assert row is not None, "file_task always answers"
    return int(row["task_id"])


def claim_task(fire: Fire, mode: str) -> Task | None:
    """The first workable task of a mode, now held for longer than this session can live; None when there is none."""
    row = fire.brain.one("claim_task", mode=mode, session_id=fire.session_id, lease_seconds=fire.lease_seconds)
    if row is None:
        return None
    # A first attempt has no past; the queue's usual claim stays one round trip.
    again = row["attempts"] > 1
    noted = fire.brain.all("notes_of_a_task", task_id=row["id"], session_id=fire.session_id) if again else []
    return Task(**row, noted=noted)


def count_workable(brain: Brain, modes: tuple[str, ...]) -> int:
    """How many tasks of these modes could be claimed now."""
    return int(brain.value("count_workable", modes=list(modes)))
