"""Fires a slot again that its watcher asked for: one late attempt at the same slot; it stays counted as missed."""

from dataclasses import dataclass
from datetime import datetime

from company.fire.fire import Fire
from company.watch.ledger import next_minute
from heartbeat.oneoffs import fire_once

PREFIX = "wake-retry-"
MOST_AT_ONCE = 10


@dataclass(frozen=True)
class WaitingRetry:
    """A slot that its watcher asked to have fired again."""

    schedule: str
    due_at: datetime
    role: str


def fire_again(fire: Fire) -> int:
    """How many slots were handed to EventBridge once more."""
    return sum(_again(fire, retry) for retry in fire.brain.rows(WaitingRetry, "retries_waiting", at_most=MOST_AT_ONCE))


def _again(fire: Fire, retry: WaitingRetry) -> bool:
    created = fire_once(
        fire,
        like=retry.schedule,
        name=f"{PREFIX}{retry.schedule[:40]}-{retry.due_at:%y%m%d%H%M}",
        at_moment=next_minute(fire.now),
        schedule=retry.schedule,
        due_at=retry.due_at,
    )
    # Also where there was nothing to copy: the schedule is gone, which has its own finding; a retry would not help.
    fire.brain.run("note_retry_fired", schedule=retry.schedule, due_at=retry.due_at)
    if created:
        body = f"{retry.schedule} is fired again"
        fire.learn("fired_again", body, schedule=retry.schedule, due_at=retry.due_at.isoformat())
    return created
