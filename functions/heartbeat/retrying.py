"""Fires a slot again that its watcher asked for: a late attempt at the same slot, once; its miss stands."""

from collections.abc import Mapping
from typing import Any

from company.fire.fire import Fire
from company.watch.ledger import next_minute
from heartbeat.oneoffs import fire_once

PREFIX = "wake-retry-"
MOST_AT_ONCE = 10


def fire_again(fire: Fire) -> int:
    """How many slots were handed to EventBridge once more."""
    return sum(_again(fire, row) for row in fire.brain.all("retries_waiting", at_most=MOST_AT_ONCE))


def _again(fire: Fire, row: Mapping[str, Any]) -> bool:
    schedule, due_at = row["schedule"], row["due_at"]
    made = fire_once(
        fire,
        like=schedule,
        name=f"{PREFIX}{schedule[:40]}-{due_at:%y%m%d%H%M}",
        at_moment=next_minute(fire.now),
        schedule=schedule,
        due_at=due_at,
    )
    # Also where there was nothing to copy: it went since, its own finding says so, and asking for ever helps nobody.
    fire.brain.run("note_retry_fired", schedule=schedule, due_at=due_at)
    if made:
        fire.learn("fired_again", f"{schedule} is fired again for {due_at:%a %H:%M}", schedule=schedule)
    return made
