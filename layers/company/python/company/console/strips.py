"""A span of time as one strip of cells, each with a state in a word and a letter, never only a colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from company.pages.ends import SLOT_ENDS
from company.pages.slots import MARKS

WORST = tuple(MARKS)
HOUR = timedelta(hours=1)
TONE_OF = {
    **dict.fromkeys(("failed", "timed_out", "missed"), "bad"),
    "late": "warn",
    "running": "work",
    "succeeded": "good",
    "skipped": "calm",
    "withdrawn": "plain",
    "expected": "plain",
    "none": "none",
}


@dataclass(frozen=True)
class StripCell:
    """One part of the span: its worst end, its mark, and the sentence that says all of it."""

    state: str
    mark: str
    tone: str
    says: str
    label: str


@dataclass(frozen=True)
class Strip:
    """The cells in order, and how many there are of each state."""

    cells: tuple[StripCell, ...]


LEGEND = (
    *((MARKS[name], TONE_OF.get(name, "bad"), SLOT_ENDS.get(name, name)) for name in MARKS),
    (".", "none", "not due"),
)
"""Each mark with its tone and what it means, the worst first."""


def strip_of(rows: Iterable[Any], since: datetime, zone: ZoneInfo, *, part: timedelta = HOUR, parts: int = 24) -> Strip:
    """rows: {at, status, slots}; at is any moment in its part. Parts without a row had nothing due."""
    counts: list[dict[str, int]] = [{} for _ in range(parts)]
    for row in rows:
        place = min(max((row["at"] - since) // part, 0), parts - 1)
        counts[place][row["status"]] = counts[place].get(row["status"], 0) + row["slots"]
    return Strip(tuple(_cell(found, (since + n * part).astimezone(zone), part) for n, found in enumerate(counts)))


def _cell(counts: dict[str, int], start: datetime, part: timedelta) -> StripCell:
    label = f"{start:%a %H:%M}" if part <= HOUR else f"{start.day} {start:%b}"
    if not counts:
        return StripCell("none", ".", "none", f"{label}: nothing was due", label)
    state = min(counts, key=WORST.index)
    said = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in WORST if name in counts)
    return StripCell(state, MARKS[state], TONE_OF.get(state, "bad"), f"{label}: {said}", label)
