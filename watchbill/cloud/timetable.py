"""The schedules that the cloud has now, and when each is due next.

Reading is cheap: one listing, and a whole schedule only when its modification time or state has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.json_values import JsonObject
from company.watch.expressions import Expression, InvalidExpression
from watchbill.cloud.aws import LocalAws

PRECISION = timedelta(seconds=60)  # Scheduler's own: a one-off for a time that has just passed still fires
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ScheduleEntry:
    """One schedule as it is in the cloud now."""

    name: str
    arn: str
    is_enabled: bool
    expression: Expression
    function_arn: str
    input: str
    dead_letter_arn: str | None
    is_deleted_after_completion: bool
    stamp: object

    @property
    def function(self) -> str:
        """Its name; an alias that stands after it is left out."""
        return self.function_arn.partition(":function:")[2].partition(":")[0]

    @property
    def is_one_off(self) -> bool:
        return self.expression.text.startswith("at(")

    def event(self, due_at: datetime, execution_id: str) -> JsonObject:
        """The Input with Scheduler's placeholders filled in; ValueError when it is not JSON."""
        text = self.input
        for placeholder, value in _placeholders(self, due_at, execution_id).items():
            text = text.replace(f"<aws.scheduler.{placeholder}>", value)
        event: JsonObject = json.loads(text)
        return event


class Timetable:
    """All schedules of one group. `refused` names those whose expression AWS would refuse, and why."""

    def __init__(self, cloud: LocalAws, group: str) -> None:
        self._scheduler = cloud.client("scheduler")
        self._group = group
        self._entries: dict[str, ScheduleEntry] = {}
        self.refused: dict[str, str] = {}

    def refresh(self, now: datetime) -> list[ScheduleEntry]:
        """Reads the cloud again; returns the entries that are new or have changed since the last call."""
        listed = {item["Name"]: item for item in self._listed()}
        for removed in set(self._entries) - set(listed):
            del self._entries[removed]
        changed = [name for name, item in listed.items() if self._has_changed(name, item)]
        return [entry for name in sorted(changed) if (entry := self._read(name, listed[name], now)) is not None]

    def current(self, entry: ScheduleEntry) -> bool:
        """Whether this is still the schedule of that name."""
        return self._entries.get(entry.name) is entry

    def delete(self, entry: ScheduleEntry) -> None:
        """Deletes a one-off after it fired, as Scheduler does with ActionAfterCompletion DELETE."""
        self._scheduler.delete_schedule(Name=entry.name, GroupName=self._group)
        self._entries.pop(entry.name, None)

    def __iter__(self) -> Iterator[ScheduleEntry]:
        return iter(self._entries.values())

    def _listed(self) -> Iterator[JsonObject]:
        pages = self._scheduler.get_paginator("list_schedules").paginate(
            GroupName=self._group, PaginationConfig={"PageSize": 100}
        )
        for page in pages:
            yield from page["Schedules"]

    def _has_changed(self, name: str, item: JsonObject) -> bool:
        return name not in self._entries or self._entries[name].stamp != _stamp(item)

    def _read(self, name: str, item: JsonObject, now: datetime) -> ScheduleEntry | None:
        found = self._scheduler.get_schedule(Name=name, GroupName=self._group)
        try:
            entry = _entry(found, _stamp(item), now)
        except InvalidExpression as error:
            self._entries.pop(name, None)
            self.refused[name] = str(error)
            return None
        self._entries[name] = entry
        self.refused.pop(name, None)
        return entry


def first_due(entry: ScheduleEntry, now: datetime) -> datetime | None:
    """When a schedule that was just read is due: from now on, or for a one-off up to a minute ago."""
    if not entry.is_enabled:
        return None
    return entry.expression.next_after(now - (PRECISION if entry.is_one_off else _INSTANT))


def _stamp(item: JsonObject) -> object:
    return (item.get("LastModificationDate"), item.get("State"))


def _entry(found: JsonObject, stamp: object, now: datetime) -> ScheduleEntry:
    """A rate without a start date counts from its creation, which in simulated time is when it is first read."""
    target = found["Target"]
    expression = Expression.parse(
        found["ScheduleExpression"],
        found.get("ScheduleExpressionTimezone") or "UTC",
        found.get("StartDate") or (now if found["ScheduleExpression"].startswith("rate(") else None),
        found.get("EndDate"),
    )
    return ScheduleEntry(
        name=found["Name"],
        arn=found["Arn"],
        is_enabled=found.get("State", "ENABLED") == "ENABLED",
        expression=expression,
        function_arn=target["Arn"],
        input=target.get("Input") or "{}",
        dead_letter_arn=(target.get("DeadLetterConfig") or {}).get("Arn"),
        is_deleted_after_completion=found.get("ActionAfterCompletion") == "DELETE",
        stamp=stamp,
    )


def _placeholders(entry: ScheduleEntry, due_at: datetime, execution_id: str) -> dict[str, str]:
    return {
        "schedule-arn": entry.arn,
        "scheduled-time": f"{due_at:%Y-%m-%dT%H:%M:%SZ}",
        "execution-id": execution_id,
        "attempt-number": "1",  # Scheduler's own delivery attempt, which never fails here
    }
