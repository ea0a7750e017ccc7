"""The ledger written ahead: what each deployed schedule owes for the next day, as slots that expect a fire."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from company.brain import Brain
from company.money.budget import FireBudget
from company.watch.expressions import Expression, InvalidExpression

FILL_AHEAD = timedelta(hours=26)
REFILL_WHEN_BELOW = timedelta(hours=25)
AT_ONCE = 500
"""Schedules written in one statement."""
MOST_A_BEAT = 2000
"""Schedules a beat. A large company is written ahead in turns, the shortest ledger first, not all in one beat."""
SECONDS_KEPT = 15
"""Seconds of a beat that are kept for all else than writing ahead."""
MOST_ATTEMPTS = 3
"""Of Lambda for one event: the first and MaximumRetryAttempts more (template; a contract test ties them)."""
EVENT_AGE_SECONDS = 3600
"""After this no attempt can still come: MaximumEventAgeInSeconds (template; a contract test ties them)."""
A_MOMENT = timedelta(microseconds=1)
KEPT_DAYS = 90
RETIRED_AT_ONCE = 5000


@dataclass(frozen=True)
class ShortSchedule:
    """A schedule whose slots are not written far enough ahead."""

    schedule: str
    expression: str
    timezone: str
    starts_at: datetime | None
    ends_at: datetime | None
    first_seen_at: datetime
    filled_until: datetime | None

    @property
    def anchor(self) -> datetime | None:
        """Its start date; a rate without one counts from its creation, when it was first seen: see slot_of_fire."""
        if self.starts_at is None and self.expression.startswith("rate("):
            return self.first_seen_at.replace(microsecond=0)
        return self.starts_at


Short = Sequence[ShortSchedule]


def fill_ledger(
    brain: Brain, now: datetime, budget: FireBudget | None = None, *, write: Callable[[Short], int] | None = None
) -> int:
    """Writes what is due within FILL_AHEAD for schedules whose ledger runs short; how many slots were written.

    A muted schedule still owes its published fires; one whose role is paused, or has left, owes none. Stops in time
    when the budget runs low: the next beat continues with the shortest. write: does it for some schedules, in place of
    write_ahead.
    """
    write = write or partial(write_ahead, brain, now)
    written = taken = 0
    while taken < MOST_A_BEAT and (budget is None or budget.seconds_left() > SECONDS_KEPT):
        rows = brain.rows(ShortSchedule, "short_schedules", below=now + REFILL_WHEN_BELOW, at_most=AT_ONCE)
        written += write(rows)
        taken += len(rows)
        if len(rows) < AT_ONCE:
            break
    return written


def retire_old_slots(brain: Brain) -> int:
    """Replaces slots older than KEPT_DAYS by sums a day, a limited number at a time; how many."""
    return int(brain.value("retire_old_slots", keep_days=KEPT_DAYS, at_most=RETIRED_AT_ONCE))


def retire_old_sessions(brain: Brain) -> int:
    """Removes sessions older than KEPT_DAYS, with what only they have; how many. After the slots of the same days."""
    return int(brain.value("retire_old_sessions", keep_days=KEPT_DAYS, at_most=RETIRED_AT_ONCE))


def write_ahead(brain: Brain, now: datetime, rows: Short) -> int:
    """Writes what these schedules owe within FILL_AHEAD, in one statement; how many slots."""
    names: list[str] = []
    moments: list[datetime] = []
    filled: list[str] = []
    for schedule, due in _owed(brain, rows, now):
        filled.append(schedule)
        names += [schedule] * len(due)
        moments += due
    if not filled:
        return 0
    return int(brain.value("expect_many", names=names, moments=moments, filled=filled, until=now + FILL_AHEAD))


def _owed(brain: Brain, rows: Short, now: datetime) -> Iterator[tuple[str, list[datetime]]]:
    """Each schedule with its moments. Equal rhythms are computed once; an unreadable expression is noted, skipped."""
    computed: dict[tuple[object, ...], list[datetime]] = {}
    for row in rows:
        start = row.filled_until or now - A_MOMENT
        rhythm = (row.expression, row.timezone, row.anchor, row.ends_at)
        try:
            if (rhythm, start) not in computed:
                computed[rhythm, start] = Expression.parse(*rhythm).between(start, now + FILL_AHEAD)
        except InvalidExpression as error:
            brain.run("note_unreadable", schedule=row.schedule, reason=str(error))
            continue
        yield row.schedule, computed[rhythm, start]
