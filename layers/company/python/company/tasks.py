"""The task queue from Python: file, claim, and the shapes of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from company.brain import Brain

if TYPE_CHECKING:
    from company.session import Fire


@dataclass(frozen=True)
class Task:
    """A task one holds. result carries what an earlier attempt left behind."""

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


def claim_task(fire: "Fire", mode: str) -> Task | None:
    """The first workable task of a mode, now held for longer than this session can live; None when there is none."""
    row = fire.brain.one("claim_task", mode=mode, session_id=fire.session_id, lease_seconds=fire.lease_seconds)
    return Task(**row) if row else None


def count_workable(brain: Brain, modes: tuple[str, ...]) -> int:
    """How many tasks of these modes could be claimed now."""
    return int(brain.value("count_workable", modes=list(modes)))
