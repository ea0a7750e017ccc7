"""From when on a fire reads what happened: a fire that was missed, or came late, leaves nothing unread."""

from datetime import datetime, timedelta

from company.fire.fire import Fire

OVERLAP = timedelta(minutes=5)
"""What was being written when the last fire read may have the time of before."""


def unread_since(fire: Fire, *, at_least: timedelta, at_most: timedelta) -> datetime:
    """When this role's last fire that did its work began, and a little before; all that is allowed, without one."""
    last: datetime | None = fire.brain.value("start_of_my_last_work")
    longest = fire.now - at_most
    return longest if last is None else max(longest, min(last - OVERLAP, fire.now - at_least))


def since_hours(fire: Fire, hours: int | None, *, at_least: timedelta, at_most: timedelta) -> datetime:
    """The same for a tool: so many hours ago, or what is unread if they are not given."""
    if hours is not None:
        return fire.now - timedelta(hours=hours)
    return unread_since(fire, at_least=at_least, at_most=at_most)
