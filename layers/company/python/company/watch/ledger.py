"""The ledger written ahead: what each deployed schedule owes for the next day, as slots that expect a fire."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from company.brain import Brain
from company.money.budget import FireBudget
from company.watch.expressions import Expression, InvalidExpression

FILL_AHEAD = timedelta(hours=26)
REFILL_WHEN_BELOW = timedelta(hours=25)
AT_ONCE = 500
"""Schedules written in one statement."""
MOST_A_BEAT = 2000
"""A large company has its day written ahead in turns, the shortest ledger first, not all at one beat an hour."""
SECONDS_KEPT = 15
"""Of a beat, for all that is not writing ahead."""
MOST_ATTEMPTS = 3
"""Of Lambda for one event: the first and MaximumRetryAttempts more (template; a contract test ties them)."""
EVENT_AGE_SECONDS = 3600
"""After this no attempt can still come: MaximumEventAgeInSeconds (template; a contract test ties them)."""
A_MOMENT = timedelta(microseconds=1)
KEPT_DAYS = 90
RETIRED_AT_ONCE = 5000

Row = Mapping[str, Any]


def fill_ledger(brain: Brain, now: datetime, budget: FireBudget | None = None) -> int:
    """Writes what is due within FILL_AHEAD for schedules whose ledger runs short; how many slots were written.

    A muted schedule still owes its published fires; one whose role is paused, or left, owes nothing. Stops in time
    when the budget runs low: the next beat goes on with the shortest.
    """
    written = taken = 0
    while taken < MOST_A_BEAT and (budget is None or budget.seconds_left() > SECONDS_KEPT):
        rows = brain.all("short_schedules", below=now + REFILL_WHEN_BELOW, at_most=AT_ONCE)
        written += _write(brain, rows, now)
        taken += len(rows)
        if len(rows) < AT_ONCE:
            break
    return written


def retire_old_slots(brain: Brain) -> int:
    """Turns slots older than KEPT_DAYS into sums a day, some at a time; how many."""
    return int(brain.value("retire_old_slots", keep_days=KEPT_DAYS, at_most=RETIRED_AT_ONCE))


def next_minute(moment: datetime) -> datetime:
    """The next whole minute: the finest that a one-off schedule is sure to keep."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _write(brain: Brain, rows: Sequence[Row], now: datetime) -> int:
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


def _owed(brain: Brain, rows: Sequence[Row], now: datetime) -> Iterator[tuple[str, list[datetime]]]:
    """Each schedule with its moments. What fires alike is worked out once; what cannot be read is said and skipped."""
    worked_out: dict[tuple[Any, ...], list[datetime]] = {}
    for row in rows:
        start = row["filled_until"] or now - A_MOMENT
        alike = (row["expression"], row["timezone"], _anchor(row), row["ends_at"], start)
        try:
            if alike not in worked_out:
                worked_out[alike] = Expression.parse(*alike[:4]).between(start, now + FILL_AHEAD)
        except InvalidExpression as error:
            brain.run("note_unreadable", schedule=row["schedule"], reason=str(error))
            continue
        yield row["schedule"], worked_out[alike]


def _anchor(row: Row) -> datetime | None:
    """Its start date; of a rate without one, which counts from its making, when it was first seen: see slot_of_fire."""
    if row["starts_at"] is None and row["expression"].startswith("rate("):
        seen: datetime = row["first_seen_at"]
        return seen.replace(microsecond=0)
    starts_at: datetime | None = row["starts_at"]
    return starts_at
