"""A change to the code, as builders propose it and auditors judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject


@dataclass(frozen=True)
class Change:
    """One change without its diff. task: the payload of the task that it is for."""

    id: int
    task_id: int
    subject: str
    title: str
    reason: str
    files: Sequence[str]
    status: str
    author: str
    proposed_at: datetime
    judged_by: str | None
    judged_at: datetime | None
    verdict: str | None
    evidence: JsonObject | None
    task: JsonObject


@dataclass(frozen=True)
class ChangeInFull:
    """A change whole. deployment: the status of its last deployment, functions: its versions before and after.

    documents: numbers of the raw documents that its test reads. last_order: the owner's last one carried out.
    """

    id: int
    task_id: int
    subject: str
    title: str
    reason: str
    diff: str
    files: Sequence[str]
    test: str
    documents: Sequence[int]
    status: str
    author: str
    proposed_at: datetime
    judged_by: str | None
    judged_at: datetime | None
    verdict: str | None
    evidence: JsonObject | None
    deployment: str | None
    live_at: datetime | None
    outcome: str | None
    functions: Mapping[str, Mapping[str, str]] | None
    last_order: str | None
    order_outcome: str | None


@dataclass(frozen=True)
class NotPulled:
    """A change in force that the owner's checkout does not have, as far as she has said."""

    change_id: int
    title: str
    live_at: datetime
    deployment_id: int
