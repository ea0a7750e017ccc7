"""pg_cron, played on the desk: the database's own clock, every five simulated minutes, as migrate's login.

It goes on when EventBridge is silent and when no function reaches the brain, for it is in neither.
"""

from __future__ import annotations

from datetime import datetime, timedelta

EVERY = timedelta(minutes=5)


def next_tick(now: datetime) -> datetime:
    """Five minutes by the clock, as `*/5 * * * *` has it."""
    return now - (now - datetime(1970, 1, 1, tzinfo=now.tzinfo)) % EVERY + EVERY
