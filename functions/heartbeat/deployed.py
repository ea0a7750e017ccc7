"""Reads what EventBridge Scheduler really has through its API, each schedule in full only when it was modified."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from operator import itemgetter
from typing import Any

from company.fire.apart import each, together
from company.fire.fire import Fire
from company.json_values import JsonObject
from heartbeat.retrying import PREFIX as A_RETRY

PAGE = 100
LISTING = "the listing of schedules"
CHANGED, GONE = "schedules to read", "schedules that are gone"
NOBODY = "nobody"
"""The role of a schedule that names none of ours; the org page reports it."""


def begin_listing(fire: Fire) -> None:
    """Asks EventBridge while the brain is asked. Not before the session has its role: until then another beat may be at
    work, and what it wakes after this listing would be taken for gone.
    """
    fire.beside.begin(LISTING, partial(fire.cloud.client, "scheduler"), partial(_listed, fire.settings.schedule_group))


def read(fire: Fire) -> int:
    """Notes in the brain what is deployed, what changed and what is gone; how many schedules there are."""
    known = _known(fire)
    listed = {item["Name"]: _stamp(item) for item in fire.beside.answer(LISTING)}
    changed = {name: stamp for name, stamp in listed.items() if known.get(name) != stamp.timestamp()}
    each(fire, CHANGED, changed.items(), partial(_note, fire), name=itemgetter(0))
    together(fire, GONE, sorted(known.keys() - listed.keys()), partial(_note_gone, fire))
    return len(listed)


def has_noted(fire: Fire) -> bool:
    """Whether the reading noted anything, or tried to: then there may be more to do."""
    tries = [fire.journal.tries[what] for what in (CHANGED, GONE) if what in fire.journal.tries]
    return len(tries) < 2 or any(one.worked or one.failed for one in tries)


def _known(fire: Fire) -> dict[str, float]:
    stamps: str = fire.brain.value("known_stamps") or ""
    return {name: float(stamp) for name, stamp in (line.split(" ") for line in stamps.splitlines())}


def _listed(group: str, scheduler: Any) -> list[JsonObject]:
    """All but the retries: a retry is a late fire of a slot that is in the ledger already, and owes no slot itself."""
    pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group, PaginationConfig={"PageSize": PAGE})
    return [item for page in pages for item in page["Schedules"] if not item["Name"].startswith(A_RETRY)]


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
