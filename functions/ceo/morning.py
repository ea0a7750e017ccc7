"""When the owner's brief is written: in one fire a day, wherever the owner lives."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

MORNING = (time(4, 0), time(10, 0))
"""In the owner's zone. Of fires six hours apart exactly one falls in here, wherever the owner lives."""


def is_morning(due_at: datetime, zone: str) -> bool:
    """Whether this fire is the one that the owner's brief comes from."""
    start, end = MORNING
    return start <= due_at.astimezone(ZoneInfo(zone)).time() < end
