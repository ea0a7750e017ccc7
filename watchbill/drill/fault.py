"""What a fault of the drill is: how it is planted and healed, who must notice it, and within what time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchbill.drill.room import Room

EVENING = timedelta(hours=14, minutes=2)
"""21:02 of a day that begins at 07:00: late enough that a drill of one fault ends with the next brief."""
HOUR = timedelta(hours=1)
NO_PART = frozenset[str]()
WATCH = "heartbeat"


def at_hour(hour: int, minute: int = 2) -> timedelta:
    """A time of day, counted from the 07:00 at which a day of the desk begins."""
    return timedelta(hours=(hour - 7) % 24, minutes=minute)


@dataclass(frozen=True)
class Planted:
    """A fault that stands. says: what was done; parts: the roles, schedules, sources and pages that it touches."""

    says: str
    parts: frozenset[str]
    heal: Callable[[], object]
    cause: str | None = None
    """The role that causes it; None where a person, or something outside the company, does."""
    cause_at: datetime | None = None
    """The slot at which it does; None for the next one of its schedule."""
    shows_in: timedelta = timedelta(0)
    """How long nothing can be wrong yet: a source is not stale before its limit. Past the fault's limit nobody could
    notice it in time, so that a drill of this product leaves it out."""
    is_at_first_fire: bool = False
    """Whether any fire of the role causes it, also one for which it is woken before its schedule is due."""


Plant = Callable[[Room], Planted]


@dataclass(frozen=True)
class Fault:
    """One outage. signs: the kinds of rows that notice it; by: one of whom must write one.

    day, after: when it is planted in the drill's week, counted from the first day's 07:00. lasts: until it is healed.
    limit: within which somebody named must have noticed it. alone_at: when it is planted in a drill of this one fault,
    counted from 07:00 of its day; starts: how long before that such a drill begins.
    """

    name: str
    outage: str
    plant: Plant
    signs: tuple[str, ...]
    day: int
    after: timedelta
    lasts: timedelta
    limit: timedelta
    by: tuple[str, ...] = ()
    touches_all: bool = False
    """Every part of the company: nothing that is found meanwhile accuses a healthy one."""
    aftermath: timedelta = 2 * HOUR
    """How long after its end it still explains what is found about its parts."""
    alone_at: timedelta = EVENING
    starts: timedelta = HOUR
    shows_at_its_hour: bool = False
    """Whether it must stand at the hour of alone_at to show at all, also in a drill of several in turn."""
    on_a_day_at: timedelta = timedelta(hours=9)
    """When `day --plant` plants it."""
    extra_time: timedelta = timedelta(0)
    """How much longer than 24 hours a day with it must be until the owner is notified."""
    closes_within: timedelta = 4 * HOUR
    """How long after its end its findings may stay open."""
    may_move: bool = True
    """Whether a seed may plant it some minutes later."""
    prepare: Callable[[Room], object] | None = None
    """What is done an hour and a half before it, while everything is well."""
    is_of_a_feed: bool = False
    rings: bool = False
    """The owner hears of it at once, so that a drill of it alone needs no brief."""
    is_quiet: bool = False
    """The owner hears nothing of it: it is over before it costs anything."""
    takes: frozenset[str] = NO_PART
    """The roles that it always takes, whatever the seed: no fault that takes one of them too stands beside it."""

    stops_watch: bool = False
    """The watch itself does not work while it stands."""
    holds_connection: bool = False
    """It is an open connection to the brain, which a fault of the brain would end."""

    @property
    def hides_others(self) -> bool:
        """Whether nobody may notice anything else while it stands."""
        return self.touches_all or self.stops_watch


@dataclass
class Outage:
    """A fault in one run: when it was planted and healed, and what went wrong with that."""

    fault: Fault
    beside: str | None = None
    """The fault that is planted beside it, in a drill of pairs."""
    planted_at: datetime | None = None
    planted: Planted | None = None
    healed_at: datetime | None = None
    problems: list[str] = field(default_factory=list)
    left_out: str | None = None
    """Why this product cannot have it; it is no fault of anybody's."""

    @property
    def parts(self) -> frozenset[str]:
        return self.planted.parts if self.planted else NO_PART

    def explains(self, subject: str, accused: str | None, found_at: datetime) -> bool:
        """Whether something found then about this part may come from this fault."""
        if self.planted_at is None or found_at < self.planted_at:
            return False
        if self.healed_at is not None and found_at > self.healed_at + self.fault.aftermath:
            return False
        return self.fault.touches_all or self.concerns(subject, accused)

    def concerns(self, subject: str, accused: str | None) -> bool:
        """Whether something is about a part of this fault: a subject may name it among other words."""
        return accused in self.parts or subject in self.parts or not self.parts.isdisjoint(subject.split())
