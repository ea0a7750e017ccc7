"""Reads what EventBridge Scheduler really has through its API, each schedule in full only when it was modified."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from operator import itemgetter

from company.fire.apart import each, together
from company.fire.fire import Fire
from company.json_values import JsonObject
from heartbeat.retrying import PREFIX as A_RETRY

PAGE = 100
NOBODY = "nobody"
"""The role of a schedule that names none of ours; the org page reports it."""


def read(fire: Fire) -> int:
    """Notes in the brain what is deployed, what changed and what is gone; how many schedules there are."""
    known = _known(fire)
    listed = {item["Name"]: _stamp(item) for item in _listed(fire)}
    changed = {name: stamp for name, stamp in listed.items() if known.get(name) != stamp.timestamp()}
    each(fire, "schedules to read", changed.items(), partial(_note, fire), name=itemgetter(0))
    together(fire, "schedules that are gone", sorted(known.keys() - listed.keys()), partial(_note_gone, fire))
    return len(listed)


def _known(fire: Fire) -> dict[str, float]:
    stamps: str = fire.brain.value("known_stamps") or ""
    return {name: float(stamp) for name, stamp in (line.split(" ") for line in stamps.splitlines())}


def _listed(fire: Fire) -> Iterator[JsonObject]:
    """All but the retries: a retry is a late fire of a slot that is in the ledger already, and owes no slot itself."""
    pages = fire.cloud.client("scheduler").get_paginator("list_schedules")
    for page in pages.paginate(GroupName=fire.settings.schedule_group, PaginationConfig={"PageSize": PAGE}):
        yield from (item for item in page["Schedules"] if not item["Name"].startswith(A_RETRY))


def _stamp(item: JsonObject) -> datetime:
    modified: datetime = item.get("LastModificationDate") or item["CreationDate"]
    return modified.astimezone(UTC)


def _note_gone(fire: Fire, names: Sequence[str]) -> None:
    fire.brain.run("note_gone", gone=list(names))
    fire.log.info("no longer in EventBridge", gone=names)


def _note(fire: Fire, changed: tuple[str, datetime]) -> None:
    name, modified_at = changed
    scheduler = fire.cloud.client("scheduler")
    try:
        found = scheduler.get_schedule(GroupName=fire.settings.schedule_group, Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        return  # deleted between the listing and now: the next beat finds it gone
    with fire.brain.transaction():  # both or none: what is noted with its stamp is not read again
        _keep(fire, name, modified_at, found)


def _keep(fire: Fire, name: str, modified_at: datetime, found: JsonObject) -> None:
    fire.brain.run(
        "note_schedule",
        schedule=name,
        role=_role_of(found),
        expression=found["ScheduleExpression"],
        timezone=found.get("ScheduleExpressionTimezone", "UTC"),
        state=found.get("State") or "ENABLED",  # what AWS takes when an update names none
        starts_at=_utc(found.get("StartDate")),
        modified_at=modified_at,
        ends_at=_utc(found.get("EndDate")),
        failure_queue=(found["Target"].get("DeadLetterConfig") or {}).get("Arn"),
    )
    window = found.get("FlexibleTimeWindow") or {}
    fire.brain.run("note_window", schedule=name, minutes=window.get("MaximumWindowInMinutes") or 0)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _role_of(schedule: JsonObject) -> str:
    try:
        role = json.loads(schedule["Target"].get("Input") or "{}").get("role")
    except (ValueError, AttributeError):
        return NOBODY
    return role if isinstance(role, str) else NOBODY
