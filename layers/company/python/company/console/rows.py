"""What the console reads from the brain beside the pages' own rows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DecisionLink:
    """A mailed link: the question behind it, and whether it is open, used, answered or expired."""

    decision_id: int
    state: str


@dataclass(frozen=True)
class WaitingEntry:
    """An outbox entry that waits for the answer to a question, once it was asked: a yes sends it as it is."""

    id: int
    action: str
    status: str
    to_whom: str
    subject: str | None
    recorded_at: datetime
    decision_id: int | None
    by_role: str
    body: str | None
