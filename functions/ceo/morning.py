"""When the owner's brief is written: in one fire a day, wherever the owner lives."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from company.session import Fire

MORNING = (time(4, 0), time(10, 0))
"""In the owner's zone. Of fires six hours apart exactly one falls in here, wherever the owner lives."""
CALLED = "wake-"


def writes_a_brief(fire: Fire) -> bool:
    """Whether the owner's page is this fire's to write. One that was called early leaves it to the one that is due."""
    due_at, zone = fire.event.due_at, fire.settings.owner_timezone
    if not is_morning(due_at, zone):
        return False
    # Called at five for a finding it would write of an unfinished night, and a page that was sent stays.
    return not (fire.event.schedule.startswith(CALLED) and _is_one_to_come(fire))


def is_morning(due_at: datetime, zone: str) -> bool:
    """Whether a moment lies in the owner's morning."""
    start, end = MORNING
    return start <= due_at.astimezone(ZoneInfo(zone)).time() < end


def _is_one_to_come(fire: Fire) -> bool:
    slots = fire.brain.all("slots_to_come", schedule=fire.role)
    return any(is_morning(slot["due_at"], fire.settings.owner_timezone) for slot in slots)
