"""When the owner's brief is due: one parameter of the stack, '6:50 Europe/Berlin', read by everybody who needs it."""

import re
from zoneinfo import ZoneInfo, available_timezones

from company.errors import SettingsError
from company.records import Record

SHAPE = re.compile(r"(?P<hour>0?[4-9]):(?P<minute>[0-5][0-9]) (?P<zone>\S+)")
"""The brief is written between 4 and 10 of the owner's morning (company.is_brief_hour in SQL)."""


def at_owners_hour(record: Record, brief_at: str) -> Record:
    """The record of who answers to the owner, with the schedule that the template gives it; all others unchanged."""
    if record.reports_to != "owner" or record.schedule is None:
        return record
    found = SHAPE.fullmatch(brief_at)
    if found is None:
        raise SettingsError(
            f"BRIEF_AT is {brief_at!r}: write an hour from 4:00 to 9:59 and a zone, like 6:50 Europe/Berlin"
        )
    expression = f"cron({found['minute']} 0,{found['hour']},12,18 * * ? *)"
    return record.model_copy(update={"schedule": expression, "timezone": require_zone(found["zone"])})


def require_zone(name: str) -> str:
    """The name, when Python knows it as an IANA zone of Area/City or UTC; SettingsError for anything else.

    Names without an area (CEST, CET, EST) mean something else to Postgres, which takes them as fixed offsets.
    """
    if name != "UTC" and ("/" not in name or name not in available_timezones()):
        raise SettingsError(
            f"{name!r} is no IANA time zone: write Area/City in its own spelling, like Europe/Berlin, or UTC"
        )
    ZoneInfo(name)
    return name
