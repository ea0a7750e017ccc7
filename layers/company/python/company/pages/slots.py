"""Did everything fire? One row a schedule, worst first; each mark of a strip is the worst of a 24th of the span."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.json_values import JsonObject
from company.pages.org import OrgFacts

PARTS = 24
"""However long the span, a strip has as many marks: an hour each for a day, seven for a week."""
MARKS = {
    "failed": "F",
    "timed_out": "T",
    "missed": "X",
    "undelivered": "U",
    "late": "!",
    "running": ">",
    "succeeded": "#",
    "skipped": "-",
    "withdrawn": "w",
    "expected": "?",
}
"""From the worst to the least; `.` is a part in which nothing was due."""
WRONG = ("failed", "timed_out", "missed", "undelivered", "late")
NO_STATUS = ("undelivered", "late")
"""Marks that are of slots with another status."""
LEGEND = (
    "# did work  - nothing to do  ! late  U not delivered  X missed  T timed out  F failed"
    "  > at work  ? awaited  w withdrawn  . not due"
)
BY_HAND = "by-hand-"
KEPT = (
    "schedule", "due_at", "status", "watcher", "evidence", "late", "role", "reason", "attempts", "started_at",
    "ended_at", "undelivered",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SlotEnd:
    """How one expected fire of a schedule ended: as much of it as a page of all needs."""

    schedule: str
    due_at: datetime
    status: str
    late: bool
    started_at: datetime | None
    was_expected: bool
    is_wake: bool
    undelivered: int
    """How many mails and files of it were refused, are in doubt, or came back."""

    @property
    def end(self) -> str:
        """Its status; undelivered where the work was done and not what was sent; late where it was after its grace."""
        if self.undelivered and self.status == "succeeded":
            return "undelivered"
        return "late" if self.late and self.status in ("succeeded", "skipped") else self.status


@dataclass(frozen=True, kw_only=True)
class LedgerSlot(SlotEnd):
    """One expected fire of a schedule, with what it said of its work."""

    role: str
    watcher: str | None
    evidence: JsonObject | None
    reason: str | None
    attempts: int
    finished_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SlotWithGrace(LedgerSlot):
    """A slot that is looked up by itself."""

    grace: timedelta


@dataclass(frozen=True)
class ScheduleLine:
    """A schedule with slots in the span: as published, as deployed, its last fire, its next, and what is open."""

    schedule: str
    role: str
    watcher: str | None
    grace: timedelta
    deployed_state: str | None
    expression: str | None
    timezone: str | None
    modified_at: datetime | None
    first_seen_at: datetime | None
    changed_at: datetime | None
    published_expression: str | None
    published_timezone: str | None
    is_paused: bool | None
    last_fired_at: datetime | None
    next_due_at: datetime | None
    last_evidence: JsonObject | None
    last_outcome: str | None
    last_reason: str | None
    findings: Sequence[int]
    decisions: Sequence[int]

    @property
    def differs(self) -> bool:
        """Whether it is deployed otherwise than published."""
        if self.expression is None or self.published_expression is None:
            return False
        is_off = self.deployed_state == "DISABLED" and not self.is_paused
        return is_off or (self.expression, self.timezone) != (self.published_expression, self.published_timezone)

    def silence(self, now: datetime) -> timedelta | None:
        """How long it has not fired; None where it never did."""
        return None if self.last_fired_at is None else now - self.last_fired_at

    def is_silent_too_long(self, now: datetime) -> bool:
        """Whether its next fire is past due by more than its grace."""
        return self.next_due_at is not None and self.next_due_at + self.grace < now


@dataclass(frozen=True)
class Line:
    """One schedule over the span."""

    row: ScheduleLine
    strip: str
    wrong: int
    is_quiet: bool

    @property
    def rank(self) -> tuple[int, int, str]:
        return (int(self.is_quiet), -self.wrong, self.row.schedule)


@dataclass(frozen=True)
class Slots:
    """The slots of one span, and how they ended."""

    title: str
    zone: ZoneInfo
    since: datetime
    until: datetime
    is_simulated: bool
    desk: str
    slots: Sequence[SlotEnd]
    schedules: Sequence[ScheduleLine]

    @cached_property
    def by_end(self) -> dict[str, int]:
        """How the slots of the span ended; the counts add up to all of them."""
        counts = {name: sum(slot.status == name for slot in self.slots) for name in MARKS if name not in NO_STATUS}
        return {name: count for name, count in counts.items() if count}

    @cached_property
    def of_schedule(self) -> Mapping[str, Sequence[SlotEnd]]:
        """The slots of each schedule, in the order of all."""
        found: dict[str, list[SlotEnd]] = {}
        for slot in self.slots:
            found.setdefault(slot.schedule, []).append(slot)
        return found

    @property
    def part(self) -> timedelta:
        """How long one mark of a strip lasts."""
        return (self.until - self.since) / PARTS

    @cached_property
    def unexplained(self) -> list[SlotEnd]:
        """Slots past their grace that neither ended nor run: nobody knows what happened."""
        grace = {row.schedule: row.grace for row in self.schedules}
        waiting = [slot for slot in self.slots if slot.status == "expected"]
        return [slot for slot in waiting if slot.due_at + grace[slot.schedule] < self.until]

    @cached_property
    def unexpected(self) -> list[SlotEnd]:
        """Fires that were not expected although their schedule was known; wakes and fires by hand do not count."""
        known_since = {row.schedule: row.first_seen_at for row in self.schedules}
        return [
            slot
            for slot in self.slots
            if not (slot.was_expected or slot.is_wake or slot.schedule.startswith(BY_HAND))
            and slot.started_at is not None
            and not _was_before(slot.due_at, known_since[slot.schedule])
        ]

    @cached_property
    def lines(self) -> list[Line]:
        """Every schedule, worst first."""
        return sorted((self._line(row) for row in self.schedules), key=lambda line: line.rank)

    def _line(self, row: ScheduleLine) -> Line:
        mine = self.of_schedule[row.schedule]
        wrong = sum(slot.end in WRONG for slot in mine)
        is_over = row.last_fired_at is not None and row.is_silent_too_long(self.until)
        return Line(row, strip(mine, self.since, self.until), wrong, not (wrong or row.findings or is_over))


def gather(
    brain: Brain,
    *,
    title: str,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    role: str | None = None,
    desk: str = "",
    with_evidence: bool = False,
) -> Slots:
    """What was due in a span, of all schedules or of one role's. with_evidence: each slot as a LedgerSlot."""
    facts = brain.row(OrgFacts, "org_facts")
    assert facts is not None, "org_facts is one row"
    slots = _slots(brain, since, until, role, with_evidence=with_evidence)
    named = {slot.schedule for slot in slots}
    lines = brain.rows(ScheduleLine, "slots_of_schedules", since=since, until=until)
    return Slots(
        title, zone, since, until, facts.is_simulated, desk, slots, [row for row in lines if row.schedule in named]
    )


def _slots(
    brain: Brain, since: datetime, until: datetime, role: str | None, *, with_evidence: bool
) -> Sequence[SlotEnd]:
    """What every slot of a day said of its work is most of what there is to read, and no page shows it."""
    if with_evidence:
        return brain.rows(LedgerSlot, "list_slots", since=since, until=until, schedule=None, role=role)
    return brain.rows(SlotEnd, "ends_of_slots", since=since, until=until, role=role)


def strip(slots: Sequence[SlotEnd], since: datetime, until: datetime) -> str:
    """One mark for each of 24 equal parts: the worst end of what was due in it."""
    worst, part = list(MARKS), (until - since) / PARTS
    ends: dict[int, str] = {}
    for slot in slots:
        # What is due at the very end belongs to the last part.
        place = min((slot.due_at - since) // part, PARTS - 1)
        ends[place] = min(ends.get(place, "expected"), slot.end, key=worst.index)
    return "".join(MARKS[ends[place]] if place in ends else "." for place in range(PARTS))


def _was_before(moment: datetime, first_seen_at: datetime | None) -> bool:
    """Before heartbeat saw a schedule, nothing could be expected of it."""
    return first_seen_at is not None and moment <= first_seen_at


def as_json(page: Slots) -> list[JsonObject]:
    """The rows for another tool, of a page that was gathered with_evidence."""
    return [{name: getattr(slot, name) for name in KEPT} for slot in page.slots]
