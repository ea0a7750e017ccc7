"""Reads what several commands take on their command line: numbers of things, spans of time, dates, names, files."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typer

from watchbill.errors import DeskError, UsageError
from watchbill.suggesting import no_such

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LONGEST_SPAN = timedelta(days=3660)
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Beyond them a sum with a date leaves what Python or Postgres can say."""
MOST_MINUTES = 366 * 24 * 60
"""How long a command that serves or runs may be asked to go on."""


def read_number(text: str, letter: str, *, thing: str, command: str) -> int:
    """D-1, D1, d-1 or 1 as 1."""
    found = re.fullmatch(rf"(?:{letter}-?)?([0-9]{{1,18}})", text, re.IGNORECASE)
    if not found:
        raise UsageError(f"{text!r} is not a {thing}: write {letter}-1. They are listed by `watchbill {command}`.")
    return int(found[1])


def read_span(text: str) -> timedelta:
    """90m, 24h or 7d as a length of time."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if not found or int(found[1]) == 0:
        raise UsageError(f"--since {text!r} is not a span of time: write 90m, 24h or 7d.")
    span = timedelta(**{UNITS[found[2]]: int(found[1])})
    if span > LONGEST_SPAN:
        raise UsageError(f"--since {text!r} is too long: at most {LONGEST_SPAN.days}d.")
    return span


def read_date(text: str, option: str = "--date") -> date:
    """The value of an option that is a day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is not a date: write it like 2026-03-11.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageError(f"{option} {text!r} is out of range: write a day of {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def path_option(default: object, *names: str, metavar: str | None = None, help: str, hidden: bool = False) -> Any:
    """An option for a file or a folder; an empty one, as of an unset variable, would mean this folder."""
    return typer.Option(default, *names, parser=_read_path, metavar=metavar, help=help, hidden=hidden)


def minutes_option() -> Any:
    """`--for MINUTES` of a command that serves until it is stopped."""
    return typer.Option(
        None,
        "--for",
        min=0,
        max=MOST_MINUTES,
        metavar="MINUTES",
        help="Stop after this many minutes.",
    )


def _read_path(text: str | Path) -> Path:
    if text == "":
        raise UsageError("An empty name is no file and no folder: write its path, or leave the option out.")
    return Path(text)


def read_name(text: str | None, known: Collection[str], what: str) -> str | None:
    """One of the known names, or None; UsageError names the nearest one, or all of them."""
    if text is None or text in known:
        return text
    raise no_such(what, text, known)


def require_one(**given: object) -> None:
    """UsageError where more than one of these options is given: html=..., json=..."""
    if len(named := [f"--{name}" for name, value in given.items() if value]) > 1:
        raise UsageError(f"Choose one of {' and '.join(named)}.")


def write_text(path: Path, text: str) -> None:
    """Writes a file that the owner named; DeskError says what is in the way."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DeskError(f"{path} cannot be written: {error.strerror}.") from error
