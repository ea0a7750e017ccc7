"""Calls the watcher of a finding that cannot wait: a one-off schedule, once per finding, which is itself a slot."""

import json
from datetime import datetime, timedelta
from typing import Any

from company.ledger import next_minute
from company.session import Fire

COPIED = ("Arn", "RoleArn", "RetryPolicy", "DeadLetterConfig")


def wake_watchers(fire: Fire) -> int:
    """Wakes each watcher whose unanswered findings cannot wait and called nobody yet; how many were woken."""
    waiting: dict[str, list[int]] = {}
    for row in fire.brain.all("findings_that_call"):
        waiting.setdefault(row["watcher"], []).append(row["id"])
    return sum(_wake(fire, watcher, ids) for watcher, ids in waiting.items())


def _wake(fire: Fire, watcher: str, findings: list[int]) -> bool:
    """One call for all that a watcher has to hear now; False where it has no schedule to copy the target from."""
    scheduler, group = fire.cloud.client("scheduler"), fire.settings.schedule_group
    try:
        standing = scheduler.get_schedule(GroupName=group, Name=watcher)
    except scheduler.exceptions.ResourceNotFoundException:
        fire.learn("cannot_wake", f"{watcher} has no schedule of its own, so it cannot be called", watcher=watcher)
        return False
    due_at, name = next_minute(fire.now), f"wake-{watcher}-{findings[0]}"
    _create(scheduler, group, name, due_at, _target(standing["Target"], watcher, name, due_at))
    _expect(fire, name, watcher, due_at)
    for finding in findings:
        fire.brain.run("note_woken", finding_id=finding)
    fire.learn("woke", f"called {watcher} for {', '.join(f'F-{f}' for f in findings)}", watcher=watcher)
    return True


def _target(standing: dict[str, Any], watcher: str, name: str, due_at: datetime) -> dict[str, Any]:
    event = {"role": watcher, "schedule": name, "due_at": due_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "attempt": "1"}
    return {**{key: standing[key] for key in COPIED if key in standing}, "Input": json.dumps(event)}


def _create(scheduler: Any, group: str, name: str, due_at: datetime, target: dict[str, Any]) -> None:
    try:
        scheduler.create_schedule(
            GroupName=group,
            Name=name,
            ScheduleExpression=f"at({due_at:%Y-%m-%dT%H:%M:%S})",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=target,
        )
    except scheduler.exceptions.ConflictException:
        return  # an earlier beat died between creating it and noting so; the call stands


def _expect(fire: Fire, name: str, watcher: str, due_at: datetime) -> None:
    expression = f"at({due_at:%Y-%m-%dT%H:%M:%S})"
    fire.brain.run(
        "note_schedule",
        schedule=name,
        role=watcher,
        expression=expression,
        timezone="UTC",
        state="ENABLED",
        starts_at=None,
        modified_at=fire.now,
    )
    fire.brain.run("expect_slots", schedule=name, due=[due_at], until=due_at + timedelta(days=1), is_wake=True)
