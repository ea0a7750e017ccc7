"""By when the owner is to answer a question that is asked now."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

NOON = time(12, 0)
AT_LEAST = timedelta(hours=2)


def answer_by(now: datetime, zone: str) -> datetime:
    """The owner's next noon that is at least two hours ahead: after the morning's brief, not at night. UTC."""
    here = ZoneInfo(zone)
    noon = datetime.combine(now.astimezone(here).date(), NOON, here)
    if noon - now < AT_LEAST:
        noon = datetime.combine(noon.date() + timedelta(days=1), NOON, here)
    return noon.astimezone(ZoneInfo("UTC"))
