"""What others wrote for a fire: mail from the inbox, and the notes of earlier sessions."""

from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject


@dataclass(frozen=True)
class Message:
    """One message of the inbox, as its receiver reads it. raised: how often an escalation was raised again."""

    id: int
    from_role: str
    kind: str
    level: str
    subject: str
    body: str
    evidence: JsonObject
    finding_id: int | None
    decision_id: int | None
    sent_at: datetime
    answered_at: datetime | None
    raised: int


@dataclass(frozen=True)
class EarlierNote:
    """One line that an earlier session logged, for the session that continues its work."""

    at: datetime
    kind: str
    body: str
    facts: JsonObject
    task_id: int | None
    session_id: int
