"""pg_cron, simulated on the desk: the database's own clock runs every five simulated minutes, as migrate's login.

It continues when EventBridge stops or when no function reaches the brain, because it depends on neither.
"""

from __future__ import annotations

from datetime import datetime, timedelta

EVERY = timedelta(minutes=5)


def next_tick(now: datetime) -> datetime:
    """The next multiple of five minutes, as in `*/5 * * * *`."""
    return now - (now - datetime(1970, 1, 1, tzinfo=now.tzinfo)) % EVERY + EVERY
