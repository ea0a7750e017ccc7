"""The preparation of `day --think`: the estimate before the first fire, and the cap on what the run spends."""

from datetime import datetime, time, timedelta
from functools import partial

from watchbill.cloud.scheduler import Scheduler
from watchbill.days.estimates import estimate
from watchbill.desk.desk import Desk
from watchbill.desk.model_access import ModelAccess


def prepare(desk: Desk, model: ModelAccess, *, starts_at: datetime, ends_at: datetime) -> None:
    """Before the first fire: shows the estimate, waits for confirmation, and sets the cap in the brain."""
    with desk.brain() as brain:
        expected = estimate(brain, desk.plan.vertical, starts_at=starts_at, ends_at=ends_at)
    model.confirm(expected)
    _set_limit(desk, model.cap_usd)


def hold_to_cap(
    desk: Desk, scheduler: Scheduler, model: ModelAccess, *, starts_at: datetime, ends_at: datetime
) -> None:
    """The brain's limit holds for a UTC day and a run covers two: at midnight it becomes the rest of the cap."""
    midnight = datetime.combine(starts_at.date(), time.min, starts_at.tzinfo) + timedelta(days=1)
    while midnight < ends_at:
        scheduler.call_later(midnight, partial(_renew, desk, model, starts_at), "the cap")
        midnight += timedelta(days=1)


def _renew(desk: Desk, model: ModelAccess, since: datetime) -> None:
    with desk.brain() as brain:
        left = max(0.0, model.cap_usd - float(brain.value("spent_since", since=since)))
    _set_limit(desk, left)


def _set_limit(desk: Desk, usd: float) -> None:
    with desk.brain() as brain:
        brain.run("set_spending_limit", whose="company", unit="usd", most=f"{usd:.6f}")
