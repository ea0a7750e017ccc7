"""When the owner's brief is written: in one fire a day, in whatever zone the owner lives."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from company.fire.fire import Fire
from company.watch.schedules import Slot

MORNING = (time(4, 0), time(10, 0))
"""In the owner's zone. Of fires six hours apart exactly one is in this span, whatever the zone."""
HALF_A_DAY = timedelta(hours=12)
WAKE = "wake-"
UNWORKED = ("missed", "failed", "timed_out", "withdrawn")


def writes_a_brief(fire: Fire) -> bool:
    """Whether this fire writes the owner's page. A wake writes it only where the scheduled fire of today failed."""
    due_at, zone = fire.event.due_at, fire.settings.owner_timezone
    # A wake at five for a finding would write of an unfinished night, and a page that was sent stays.
    return is_morning(due_at, zone) and (not fire.event.schedule.startswith(WAKE) or _has_failed_today(fire))


def is_morning(due_at: datetime, zone: str) -> bool:
    """Whether a moment is in the owner's morning."""
    start, end = MORNING
    return start <= due_at.astimezone(ZoneInfo(zone)).time() < end


def _has_failed_today(fire: Fire) -> bool:
    """Whether the scheduled fire of this morning did no work."""
    slots = fire.brain.rows(Slot, "last_slots", schedule=fire.role, limit=5)
    today = [slot for slot in slots if fire.event.due_at - slot.due_at < HALF_A_DAY]
    return any(slot.status in UNWORKED and is_morning(slot.due_at, fire.settings.owner_timezone) for slot in today)
