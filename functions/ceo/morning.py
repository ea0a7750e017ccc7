"""When the owner's brief is written: in one fire a day, wherever the owner lives."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from company.fire.fire import Fire
from company.watch.schedules import Slot

MORNING = (time(4, 0), time(10, 0))
"""In the owner's zone. Of fires six hours apart exactly one falls in here, wherever the owner lives."""
HALF_A_DAY = timedelta(hours=12)
CALLED = "wake-"
UNWORKED = ("missed", "failed", "timed_out", "withdrawn")


def writes_a_brief(fire: Fire) -> bool:
    """Whether the owner's page is this fire's to write. One that was called leaves it to the one that was due."""
    due_at, zone = fire.event.due_at, fire.settings.owner_timezone
    # Called at five for a finding it would write of an unfinished night, and a page that was sent stays.
    return is_morning(due_at, zone) and (not fire.event.schedule.startswith(CALLED) or _stands_in(fire))


def is_morning(due_at: datetime, zone: str) -> bool:
    """Whether a moment lies in the owner's morning."""
    start, end = MORNING
    return start <= due_at.astimezone(ZoneInfo(zone)).time() < end


def _stands_in(fire: Fire) -> bool:
    """Whether the fire of this morning came to nothing."""
    slots = fire.brain.rows(Slot, "last_slots", schedule=fire.role, limit=5)
    today = [slot for slot in slots if fire.event.due_at - slot.due_at < HALF_A_DAY]
    return any(slot.status in UNWORKED and is_morning(slot.due_at, fire.settings.owner_timezone) for slot in today)
