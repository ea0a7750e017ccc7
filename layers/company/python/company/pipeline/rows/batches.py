"""A batch: the rows of one stored document on their way from staging to canonical, and how many had which fate."""

from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject


@dataclass(frozen=True)
class Batch:
    """One batch. Once its rows are staged: rows_read = promoted + unchanged + quarantined + held.

    status: staging, staged, checked, held, promoted, refused or undone. reason: why it is held or refused.
    """

    id: int
    source: str
    edition_at: datetime
    version: str | None
    status: str
    rows_read: int
    promoted: int
    unchanged: int
    quarantined: int
    held: int
    removed: int
    staged_at: datetime
    checked_at: datetime | None
    promoted_at: datetime | None
    decided_by: str | None
    reason: str | None
    raw_id: int


@dataclass(frozen=True)
class HeldBatch:
    """A batch that waits for a judgement. held: its rows that wait; reason: why it is held."""

    id: int
    source: str
    edition_at: datetime
    rows_read: int
    held: int
    reason: str | None
    staged_by: str
    checked_by: str | None
    staged_at: datetime
    sha256: str
    url: str


@dataclass(frozen=True)
class BatchOfDocument(Batch):
    """The same with everybody who had a part in it, and with the document that it came from."""

    rows_staged: int
    staged_by: str
    session_id: int | None
    checked_by: str | None
    decided_at: datetime | None
    undone_by: str | None
    undone_at: datetime | None
    staging_dropped_at: datetime | None
    unread: JsonObject
    rows_stated: int | None
    is_whole: bool
    url: str
    route: str
    sha256: str
    size: int
    fetched_at: datetime
