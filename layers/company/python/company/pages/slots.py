"""Did everything fire? One row a schedule, worst first; each mark of a strip is the worst of a 24th of the span."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from company.brain import Brain

PARTS = 24
"""However long the span, a strip has as many marks: an hour each for a day, seven for a week."""
MARKS = {
    "failed": "F",
    "timed_out": "T",
    "missed": "X",
    "late": "!",
    "running": ">",
    "succeeded": "#",
    "skipped": "-",
    "withdrawn": "w",
    "expected": "?",
}
"""From the worst to the least; `.` is a part in which nothing was due."""
WRONG = ("failed", "timed_out", "missed", "late")
LEGEND = (
    "# did work  - nothing to do  ! late  X missed  T timed out  F failed  > at work  ? awaited  w withdrawn  . not due"
)
BY_HAND = "by-hand-"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One schedule over the span."""

    row: Row
    strip: str
    wrong: int
    is_quiet: bool

    @property
    def rank(self) -> tuple[int, int, str]:
        return (int(self.is_quiet), -self.wrong, self.row["schedule"])


@dataclass(frozen=True)
class Slots:
    """The ledger of one span, and what became of it."""

    title: str
    zone: ZoneInfo
    since: datetime
    until: datetime
    is_simulated: bool
    desk: str
    slots: Sequence[Row]
    schedules: Sequence[Row]

    @cached_property
    def by_end(self) -> dict[str, int]:
        """How the slots of the span ended; the counts add up to all of them."""
        counts = {name: sum(slot["status"] == name for slot in self.slots) for name in MARKS if name != "late"}
        return {name: count for name, count in counts.items() if count}

    @property
    def part(self) -> timedelta:
        """How long one mark of a strip lasts."""
        return (self.until - self.since) / PARTS

    @cached_property
    def unexplained(self) -> list[Row]:
        """Slots that neither ended nor run, past their grace: nobody can say what became of them."""
        grace = {row["schedule"]: row["grace"] for row in self.schedules}
        return [
            slot
            for slot in self.slots
            if slot["status"] == "expected" and slot["due_at"] + grace[slot["schedule"]] < self.until
        ]

    @cached_property
    def unexpected(self) -> list[Row]:
        """Fires that nothing owed although their schedule was known; calls and fires by hand are not among them."""
        known_since = {row["schedule"]: row["first_seen_at"] for row in self.schedules}
        return [
            slot
            for slot in self.slots
            if not (slot["was_expected"] or slot["is_wake"] or slot["schedule"].startswith(BY_HAND))
            and slot["started_at"] is not None
            and not _came_before(slot["due_at"], known_since[slot["schedule"]])
        ]

    @cached_property
    def lines(self) -> list[Line]:
        """Every schedule, worst first."""
        return sorted((self._line(row) for row in self.schedules), key=lambda line: line.rank)

    def _line(self, row: Row) -> Line:
        mine = [slot for slot in self.slots if slot["schedule"] == row["schedule"]]
        wrong = sum(ended(slot) in WRONG for slot in mine)
        is_over = silent(row, self.until) is not None and is_silent_too_long(row, self.until)
        return Line(row, strip(mine, self.since, self.until), wrong, not (wrong or row["findings"] or is_over))


def gather(
    brain: Brain,
    *,
    title: str,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    role: str | None = None,
    desk: str = "",
) -> Slots:
    """What was due in a span, of all schedules or of one role's."""
    facts = brain.one("org_facts")
    assert facts is not None, "org_facts is one row"
    slots = brain.all("list_slots", since=since, until=until, schedule=None, role=role)
    named = {slot["schedule"] for slot in slots}
    schedules = [row for row in brain.all("slots_of_schedules", since=since, until=until) if row["schedule"] in named]
    return Slots(title, zone, since, until, bool(facts["is_simulated"]), desk, slots, schedules)


def ended(slot: Row) -> str:
    """How a slot ended; work that came after its grace is late, whatever came of it."""
    return "late" if slot["late"] and slot["status"] in ("succeeded", "skipped") else str(slot["status"])


def strip(slots: Sequence[Row], since: datetime, until: datetime) -> str:
    """One mark for each of 24 equal parts: the worst end of what was due in it."""
    worst, part = list(MARKS), (until - since) / PARTS
    ends: dict[int, str] = {}
    for slot in slots:
        # What is due at the very end belongs to the last part.
        place = min((slot["due_at"] - since) // part, PARTS - 1)
        ends[place] = min(ends.get(place, "expected"), ended(slot), key=worst.index)
    return "".join(MARKS[ends[place]] if place in ends else "." for place in range(PARTS))


def _came_before(moment: datetime, first_seen_at: datetime | None) -> bool:
    """Before heartbeat had seen the schedule, nothing could be expected of it."""
    return first_seen_at is not None and moment <= first_seen_at


def differs(row: Row) -> bool:
    """Whether a schedule is deployed otherwise than published."""
    if row["expression"] is None or row["published_expression"] is None:
        return False
    is_off = row["deployed_state"] == "DISABLED" and not row["is_paused"]
    is_other = (row["expression"], row["timezone"]) != (row["published_expression"], row["published_timezone"])
    return is_off or is_other


def silent(row: Row, now: datetime) -> timedelta | None:
    """How long a schedule has not fired; None for one that never did."""
    return None if row["last_fired_at"] is None else now - row["last_fired_at"]


def is_silent_too_long(row: Row, now: datetime) -> bool:
    """Past its own next fire and its grace: what was due did not come."""
    due = row["next_due_at"]
    return due is not None and due + row["grace"] < now


def as_json(page: Slots) -> list[dict[str, Any]]:
    """The rows that other tools hold on to."""
    kept = (
        "schedule",
        "due_at",
        "status",
        "watcher",
        "evidence",
        "late",
        "role",
        "reason",
        "attempts",
        "started_at",
        "ended_at",
    )
    return [{name: slot[name] for name in kept} for slot in page.slots]
