"""The ledger written ahead: what each deployed schedule owes for the next day, as slots that expect a fire."""

from datetime import datetime, timedelta

from company.brain import Brain
from company.expressions import Expression

FILL_AHEAD = timedelta(hours=26)
REFILL_WHEN_BELOW = timedelta(hours=25)
MOST_ATTEMPTS = 3
"""Of Lambda for one event: the first and MaximumRetryAttempts more (template; a contract test ties them)."""
EVENT_AGE_SECONDS = 3600
"""After this no attempt can still come: MaximumEventAgeInSeconds (template; a contract test ties them)."""
A_MOMENT = timedelta(microseconds=1)


def fill(brain: Brain, now: datetime, ahead: timedelta) -> int:
    """Writes the slots due until now + ahead for every schedule whose ledger runs short; how many were written.

    A muted schedule still owes its published fires; one whose role is paused, or left, owes nothing.
    """
    written = 0
    for row in brain.all("known_schedules"):
        short = row["filled_until"] is None or row["filled_until"] < now + REFILL_WHEN_BELOW
        if short and row["published_expression"] and not row["is_paused"]:
            written += _fill_one(brain, row, now, now + ahead)
    return written


def _fill_one(brain: Brain, row: dict[str, object], now: datetime, until: datetime) -> int:
    start = row["filled_until"] or now - A_MOMENT
    starts_at = row["starts_at"]
    assert isinstance(start, datetime)
    assert starts_at is None or isinstance(starts_at, datetime)
    expression = Expression.parse(str(row["expression"]), str(row["timezone"]), start=starts_at or now)
    due = expression.between(start, until)
    return int(brain.value("expect_slots", schedule=row["schedule"], due=due, until=until, is_wake=False))


def next_minute(moment: datetime) -> datetime:
    """The next whole minute: the finest that a one-off schedule is sure to keep."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
