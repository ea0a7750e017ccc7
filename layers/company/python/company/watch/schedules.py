"""A schedule as watchers see it: as published, as deployed, with its last slots and sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from company.json_values import JsonObject


@dataclass(frozen=True)
class Slot:
    """One slot of a schedule that has begun or ended."""

    due_at: datetime
    status: str
    late: bool
    evidence: JsonObject | None
    reason: str | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Session:
    """One attempt at a slot. outcome is None while it works."""

    id: int
    due_at: datetime
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    reason: str | None


@dataclass(frozen=True)
class DeployedSchedule:
    """The schedule in EventBridge. seen: now, or when heartbeat saw it last, where it could not be asked."""

    state: str | None
    expression: str | None
    seen: Literal["now"] | datetime | None
    timezone: str | None = None
    why_not_asked: str | None = None


@dataclass(frozen=True)
class ScheduleFacts:
    """What the brain knows of a schedule; what is None was never published or never seen deployed."""

    schedule: str
    role: str | None
    description: str | None
    watcher: str | None
    manager: str | None
    published_expression: str | None
    published_timezone: str | None
    state_seen: str | None
    expression_seen: str | None
    modified_at: datetime | None
    seen_at: datetime | None
    last_deploy_at: datetime | None


@dataclass(frozen=True)
class ScheduleDescription(ScheduleFacts):
    """The same, with what EventBridge says and what ran last, newest first."""

    deployed: DeployedSchedule
    slots: Sequence[Slot]
    sessions: Sequence[Session]


@dataclass(frozen=True)
class MutedFinding:
    """An open finding about muted schedules: one, or many with one cause."""

    id: int
    subject: str
    watcher: str
    found_at: datetime
    answered_at: datetime | None
    answer: str | None
    description: str | None
    schedules: Sequence[str]
    asked: Mapping[str, int]
    """Of these, what a question of mine is about that waits, or was answered lately: schedule -> decision."""
