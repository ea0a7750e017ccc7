"""A change to the code, as builders propose it and auditors judge it."""

from collections.abc import Sequence
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
