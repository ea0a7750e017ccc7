"""A schedule's expression in plain text; one that is not simple stays as it is."""

import re

PLAIN = re.compile(r"cron\((\S+) (\S+) (?:\* \* \?|\? \* \*|\* \* \*) \*\)")
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


def describe_expression(expression: str | None) -> str:
    """every 5 min, hourly :15, 06:00 18:00, 4 a day."""
    if not expression:
        return "-"
    rate = RATE.fullmatch(expression)
    if rate:
        return f"every {rate[1]} {rate[2]}s" if rate[1] != "1" else f"every {rate[2]}"
    daily = PLAIN.fullmatch(expression)
    return _daily(daily[1], daily[2]) or expression if daily else expression


def _daily(minutes: str, hours: str) -> str | None:
    every = re.fullmatch(r"0/(\d+)", minutes)
    if every and hours == "*":
        return f"every {every[1]} min"
    if not re.fullmatch(r"\d+(,\d+)*", minutes):
        return None
    at = minutes.split(",")
    if hours == "*":
        return f"hourly :{int(at[0]):02}" if len(at) == 1 else f"{len(at)} an hour"
    stepped = re.fullmatch(r"\d+/(\d+)", hours)
    if stepped:
        return f"every {stepped[1]} h"
    return _some_hours(at, hours.split(","))


def _some_hours(minutes: list[str], hours: list[str]) -> str | None:
    if not all(hour.isdigit() for hour in hours):
        return None
    times = [f"{int(hour):02}:{int(minute):02}" for hour in hours for minute in minutes]
    return " ".join(times) if len(times) <= 2 else f"{len(times)} a day"
