"""Fires a slot again that its watcher asked for, or that was held up: one late attempt; it stays what it was."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from heartbeat.oneoffs import fire_once

PREFIX = "wake-retry-"
MOST_AT_ONCE = 10


@dataclass(frozen=True)
class WaitingRetry:
    """A slot that is to be fired again."""

    schedule: str
    due_at: datetime
    role: str

    @property
    def name(self) -> str:
        """Of its one-off schedule."""
        return f"{PREFIX}{self.schedule[:40]}-{self.due_at:%y%m%d%H%M}"


def fire_again(fire: Fire) -> int:
    """How many slots were handed to EventBridge once more."""
    fire.brain.run("retry_what_was_held_up")
    waiting = fire.brain.rows(WaitingRetry, "retries_waiting", at_most=MOST_AT_ONCE)
    return sum(each(fire, "retries", waiting, partial(_again, fire), name=lambda retry: retry.name))


def _again(fire: Fire, retry: WaitingRetry) -> bool:
    created = fire_once(fire, like=retry.schedule, name=retry.name, schedule=retry.schedule, due_at=retry.due_at)
    # Also where there was nothing to copy: the schedule is gone, which has its own finding; a retry would not help.
    fire.brain.run("note_retry_fired", schedule=retry.schedule, due_at=retry.due_at)
    if created:
        body = f"{retry.schedule} is fired again"
        fire.learn("fired_again", body, schedule=retry.schedule, due_at=retry.due_at.isoformat())
    return created is not None
