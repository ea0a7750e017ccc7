"""What EventBridge Scheduler really has: read through its API, each schedule in full only when it was modified."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from company.session import Fire

PAGE = 100


def read(fire: Fire) -> list[dict[str, Any]]:
    """Notes every schedule of the group in the brain; gives them as the brain knows them, `differs` where changed."""
    scheduler = fire.cloud.client("scheduler")
    known = {row["schedule"]: row["modified_at"] for row in fire.brain.all("known_schedules")}
    names, changed = [], set()
    for item in _listed(scheduler, fire.settings.schedule_group):
        names.append(item["Name"])
        modified_at = _stamp(item)
        if known.get(item["Name"]) != modified_at and _note(fire, scheduler, item["Name"], modified_at):
            changed.add(item["Name"])
    gone = {row["schedule"] for row in fire.brain.all("note_gone_schedules", still_there=names)}
    for name in sorted(gone):
        fire.brain.run("withdraw_slots", schedule=name, reason="the schedule is no longer in EventBridge")
    return [{**row, "differs": row["schedule"] in changed} for row in fire.brain.all("known_schedules")]


def _listed(scheduler: Any, group: str) -> Iterator[dict[str, Any]]:
    for page in scheduler.get_paginator("list_schedules").paginate(
        GroupName=group, PaginationConfig={"PageSize": PAGE}
    ):
        yield from page["Schedules"]


def _stamp(item: dict[str, Any]) -> datetime:
    modified: datetime = item.get("LastModificationDate") or item["CreationDate"]
    return modified.astimezone(UTC)


def _note(fire: Fire, scheduler: Any, name: str, modified_at: datetime) -> bool:
    found = scheduler.get_schedule(GroupName=fire.settings.schedule_group, Name=name)
    role = _role_of(found)
    if role is None:
        fire.learn(
            "unknown_schedule",
            f"the schedule {name} fires nobody of ours: its Input names no role",
            schedule=name,
        )
        return False
    starts_at = found.get("StartDate")
    return bool(
        fire.brain.value(
            "note_schedule",
            schedule=name,
            role=role,
            expression=found["ScheduleExpression"],
            timezone=found.get("ScheduleExpressionTimezone", "UTC"),
            state=found.get("State") or "ENABLED",  # what AWS takes when an update names none
            starts_at=starts_at.astimezone(UTC) if starts_at else None,
            modified_at=modified_at,
        )
    )


def _role_of(schedule: dict[str, Any]) -> str | None:
    try:
        role = json.loads(schedule["Target"].get("Input") or "{}").get("role")
    except (ValueError, AttributeError):
        return None
    return role if isinstance(role, str) else None
