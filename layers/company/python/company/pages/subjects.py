"""What a story of `why` or a page of the console is about: one record for each kind of thing. Times are UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject


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
class DecisionSubject:
    """A question to the owner, with its answer and the outcome."""

    id: int
    question: str
    background: str
    unknown: str
    options: Mapping[str, str]
    recommendation: str
    default_option: str
    asked_by: str
    asked_at: datetime
    answer_by: datetime
    minutes: int
    finding_id: int | None
    subject: JsonObject
    answer: str | None
    answer_text: str | None
    answered_by: str | None
    answered_at: datetime | None
    acted_at: datetime | None
    outcome: str | None

    def options_recommended_first(self) -> list[str]:
        return sorted(self.options, key=lambda name: name != self.recommendation)


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
