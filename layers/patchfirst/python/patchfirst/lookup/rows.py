"""What the queries of the lookup give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from company.json_values import JsonObject


@dataclass(frozen=True)
class RowAt:
    """One source's row of a CVE. was: its columns as JSON has them."""

    source: str
    since: datetime
    batch_id: int
    edition_at: datetime
    was: JsonObject


@dataclass(frozen=True)
class PartAt:
    """One part of the score that stood at a moment, with the score itself."""

    score: Decimal
    model_version: str
    since: datetime
    part: str
    question: str
    value: float | None
    points: Decimal
    number_of_question: Decimal


@dataclass(frozen=True)
class SourceAt:
    """One source at a moment: the edition in force then, and since when we read the source at all."""

    source: str
    newer_by: str | None
    fresh_within: timedelta
    first_read_at: datetime | None
    edition_at: datetime | None
    read_at: datetime | None
    is_stale: bool
    asked_at: datetime | None


@dataclass(frozen=True)
class PutAsideAt:
    """A row that could not be read, and stood open at the moment."""

    source: str
    reason: str
    since: datetime


@dataclass(frozen=True)
class EverKnown:
    """A source that once had the CVE."""

    source: str
    until: datetime


@dataclass(frozen=True)
class SaidRow:
    """A delivery or post that names the CVE."""

    name: str
    to_whom: str
    kind: str
    written_at: datetime
    subject: str
    body: str
    items: Sequence[JsonObject]
    status: str
    ended_at: datetime | None
    mail_status: str | None
