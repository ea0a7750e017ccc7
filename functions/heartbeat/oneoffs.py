"""One-off schedules, copied from a regular one: same target, rights and queues; one moment, another event."""

import json
from contextlib import suppress
from datetime import datetime

from company.fire.fire import Fire

COPIED = ("Arn", "RoleArn", "RetryPolicy", "DeadLetterConfig")


def at(moment: datetime) -> str:
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


def fire_once(fire: Fire, *, like: str, name: str, at_moment: datetime, schedule: str, due_at: datetime) -> bool:
    """Fires the role of the schedule `like` once, for that slot; False where there is no such schedule to copy."""
    scheduler, group = fire.cloud.client("scheduler"), fire.settings.schedule_group
    try:
        target = scheduler.get_schedule(GroupName=group, Name=like)["Target"]
    except scheduler.exceptions.ResourceNotFoundException:
        return False
    event = {**json.loads(target["Input"]), "schedule": schedule, "due_at": due_at.isoformat(), "attempt": "1"}
    copied = {**{key: target[key] for key in COPIED if key in target}, "Input": json.dumps(event)}
    # A conflict: an earlier beat crashed between creating it and noting so; the schedule is there.
    with suppress(scheduler.exceptions.ConflictException):
        scheduler.create_schedule(
            GroupName=group,
            Name=name,
            ScheduleExpression=at(at_moment),
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=copied,
        )
    return True
