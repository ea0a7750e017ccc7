"""Figures and times as the staff writes them to people: short, with their unit, in the owner's time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

THIS_WEEK = timedelta(days=6)


def clock(moment: datetime | str | None, zone: str = "UTC", *, now: datetime | None = None) -> str:
    """'Wed 22:14'; with `now`, what is no longer of this week is told by its date: '3 Mar 2026 22:14'."""
    if moment is None:
        return "never"
    seen = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    here = seen.astimezone(ZoneInfo(zone))
    if now is not None and now - seen > THIS_WEEK:
        return f"{here.day} {here:%b %Y %H:%M}"
    return f"{here:%a %H:%M}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """'1 task', '3 tasks', '1,204 rows'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def sentence(parts: list[str], nothing: str = "nothing") -> str:
    """'a, b and c'."""
    if len(parts) < 2:
        return "".join(parts) or nothing
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def hours(number: float) -> str:
    """An age or a limit: '42 h', and '0.5 h' below ten."""
    return f"{number:.0f} h" if number >= 10 or number == int(number) else f"{number:.1f} h"
