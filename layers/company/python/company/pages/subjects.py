"""What a story of `why` or a page of the console is about: one record for each kind of thing. Times are UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class FindingSubject:
    """A finding, with the question about it that waits for the owner."""

    id: int
    title: str
    watcher: str
    closed_at: datetime | None
    muted_until: datetime | None
    answered_by: str | None
    answer: str | None
    effect: str
    decision_id: int | None


@dataclass(frozen=True)
class TaskSubject:
    """A task and what it waits for."""

    id: int
    mode: str
    title: str
    status: str
    claimed_by: str | None
    lease_until: datetime | None
    blocked_on: str | None
    blocked_action: str | None
    superseded_by: int | None
    closed_at: datetime | None


@dataclass(frozen=True)
class ChangeSubject:
    """A change of code."""

    id: int
    title: str
    status: str


@dataclass(frozen=True)
class ProposalSubject:
    """A proposal of research, with its task or its question."""

    id: int
    title: str
    status: str
    task_id: int | None
    not_before: datetime | None
    decision_id: int | None


@dataclass(frozen=True)
class SessionSubject:
    """A session of a role."""

    id: int
    role: str
    schedule: str
    due_at: datetime
    outcome: str | None
    finished_at: datetime | None
    deadline_at: datetime


@dataclass(frozen=True)
class SourceSubject:
    """A source with its age and its limit, or why it is off, and the open findings about it."""

    source: str
    edition_at: datetime | None
    age: timedelta | None
    fresh_within: timedelta
    is_stale: bool
    off_because: str | None
    findings: Sequence[int]


@dataclass(frozen=True)
class RoleSubject:
    """A role as the brain holds it, with the open findings about it or for it, and its open questions."""

    role: str
    kind: str
    reports_to: str
    watched_by: str | None
    schedule_expression: str | None
    is_paused: bool
    left_at: datetime | None
    findings: Sequence[int]
    decisions: Sequence[int]


@dataclass(frozen=True)
class BatchSubject:
    """A staged edition of a source."""

    id: int
    source: str
    edition_at: datetime
    status: str
    reason: str | None


@dataclass(frozen=True)
class DeliverySubject:
    """A delivery to a customer."""

    id: int
    subject: str
    status: str
    customer: str
