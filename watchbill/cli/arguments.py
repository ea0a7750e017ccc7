"""Reads what several commands take on their command line: numbers of things, spans of time, dates."""

import re
from datetime import date, timedelta

from watchbill.errors import UsageError

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_number(text: str, letter: str, *, thing: str, command: str) -> int:
    """D-1, D1, d-1 or 1 as 1."""
    found = re.fullmatch(rf"(?:{letter}-?)?(\d+)", text, re.IGNORECASE)
    if not found:
        raise UsageError(f"{text} is not a {thing}: write {letter}-1. They are listed by `watchbill {command}`.")
    return int(found[1])


def read_span(text: str) -> timedelta:
    """90m, 24h or 7d as a length of time."""
    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not number.isdigit():
        raise UsageError(f"--since {text} is not a span of time: write 90m, 24h or 7d.")
    return timedelta(**{UNITS[unit]: int(number)})


def read_date(text: str) -> date:
    """The value of --date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date {text} is not a date: write it like 2026-03-11.") from None
