"""One-off schedules, copied from a regular one: same target, rights and queues; one moment, another event."""

import json
from datetime import datetime, timedelta
from typing import Any

from company.fire.fire import Fire
from company.json_values import JsonObject

COPIED = ("Arn", "RoleArn", "RetryPolicy", "DeadLetterConfig")
AHEAD = timedelta(seconds=60)
A_MINUTE = timedelta(minutes=1)
AT = "at(%Y-%m-%dT%H:%M:%S)"


def at(moment: datetime) -> str:
    return f"{moment:{AT}}"


def fire_once(fire: Fire, *, like: str, name: str, schedule: str, due_at: datetime | None = None) -> datetime | None:
    """Fires the role of the schedule `like` once, in one or two minutes, for that slot; when, or None without `like`.

    Without due_at the moment is a slot of its own. Raises what EventBridge refuses.
    """
    scheduler, group = fire.cloud.client("scheduler"), fire.settings.schedule_group
    try:
        target = scheduler.get_schedule(GroupName=group, Name=like)["Target"]
    except scheduler.exceptions.ResourceNotFoundException:
        return None
    moment = soon(fire.brain.now())
    event = {**json.loads(target["Input"]), "schedule": schedule, "attempt": "1"}
    try:
        return _create(fire, name, target, {**event, "due_at": (due_at or moment).isoformat()}, moment)
    except scheduler.exceptions.ConflictException:
        # An earlier beat crashed between creating it and noting so: it is there, and its moment is the one that counts.
        return _moment_of(scheduler.get_schedule(GroupName=group, Name=name))
    except scheduler.exceptions.ValidationException:
        # EventBridge's clock may be ahead of ours, so that the moment is past: once more, a minute later.
        moment += A_MINUTE
        return _create(fire, name, target, {**event, "due_at": (due_at or moment).isoformat()}, moment)


def soon(now: datetime) -> datetime:
    """The first whole minute that is surely ahead: EventBridge refuses a moment that is past, and a beat takes time.

    now: the company's time at this moment, not at the start of the fire.
    """
    whole = (now + AHEAD).replace(second=0, microsecond=0)
    return whole if whole == now + AHEAD else whole + A_MINUTE


def _create(fire: Fire, name: str, target: JsonObject, event: JsonObject, moment: datetime) -> datetime:
    copied = {**{key: target[key] for key in COPIED if key in target}, "Input": json.dumps(event)}
    fire.cloud.client("scheduler").create_schedule(
        GroupName=fire.settings.schedule_group,
        Name=name,
        ScheduleExpression=at(moment),
        ScheduleExpressionTimezone="UTC",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target=copied,
    )
    return moment


def _moment_of(one_off: Any) -> datetime:
    return datetime.strptime(one_off["ScheduleExpression"] + "+0000", AT + "%z")
