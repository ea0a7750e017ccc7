"""What only data_manager reads: the quarantine by its causes, and whether a blocked task can be worked again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.tools import by_need, reading_tool


@dataclass(frozen=True)
class QuarantineCause:
    """The open quarantined rows of one source and check."""

    source: str
    check_name: str
    rows: int
    entities: int
    first_at: datetime
    last_at: datetime
    last_batch: int


@dataclass(frozen=True)
class ClosedRow:
    """A quarantined row that was closed, and its row in force."""

    id: int
    entity: str | None
    status: str
    resolution: str
    resolved_by: str
    resolved_at: datetime
    raw: str
    in_force: JsonObject | None


@dataclass(frozen=True)
class QuarantineCount:
    """The quarantined rows of one source: open, closed, and added in the span."""

    source: str
    open: int
    closed: int
    added: int


@dataclass(frozen=True)
class AskedSpelling:
    """A spelling that no rule could settle and nobody has decided."""

    kind: str
    spelling: str
    candidates: Sequence[str]
    noted_at: datetime


@dataclass(frozen=True)
class BlockedSince:
    """When a task was blocked."""

    at: datetime | None


@dataclass(frozen=True)
class AuditFigures:
    """The audits of a span: how many, how much they looked at, how much differed."""

    audits: int
    looked_at: int
    differing: int


@reading_tool
def quarantine_causes(fire: Fire) -> list[QuarantineCause]:
    """Counts open quarantined rows per source and check.

    Example: quarantine_causes() gives [{"source": "x", "check_name": "no_row_twice", "rows": 3, "last_batch": 9}].
    """
    return fire.brain.rows(QuarantineCause, "quarantine_by_check")


@reading_tool
def closed_rows(fire: Fire, source: str, check: str, limit: int = 10) -> list[ClosedRow]:
    """Lists the last closed quarantined rows of one source and check, each beside its row in force now.

    A row closed as resolved has its right row in force; one closed as discarded need not. in_force is null for none.
    Example: closed_rows(source="x", check="no_row_twice") gives [{"id": 5, "entity": "a", "status": "discarded",
    "resolution": "...", "raw": "...", "in_force": {...}}].
    """
    return fire.brain.rows(ClosedRow, "closed_rows", source=source, check=check, limit=min(limit, 50))


@reading_tool
def quarantine_figures(fire: Fire, hours: int = 24) -> list[QuarantineCount]:
    """Counts quarantined rows per source: open, closed, and added in the last hours.

    Example: quarantine_figures(hours=24) gives [{"source": "x", "open": 3, "closed": 9, "added": 5}].
    """
    since = fire.now - timedelta(hours=hours)
    return fire.brain.rows(QuarantineCount, "quarantine_counts", since=since, until=fire.now)


@by_need
@reading_tool
def asked_spellings(fire: Fire) -> list[AskedSpelling]:
    """Lists spellings that no rule could settle and nobody has decided.

    Example: asked_spellings() gives [{"kind": "vendor", "spelling": "Acme Corp", "candidates": ["Acme"]}].
    """
    return fire.brain.rows(AskedSpelling, "asked_spellings")


@reading_tool
def newer_editions(fire: Fire, task_id: int, source: str) -> int:
    """Counts the editions of a source that came into force since a task was blocked: with one, look at the task again.

    Example: newer_editions(task_id=12, source="x") gives 1.
    """
    blocked = fire.brain.row(BlockedSince, "blocked_since", task_id=task_id)
    if blocked is None or blocked.at is None:
        return 0
    return int(fire.brain.value("editions_since", source=source, since=blocked.at))


@by_need
@reading_tool
def audit_figures(fire: Fire, hours: int = 24) -> AuditFigures:
    """Counts the audits of the last hours, the things they looked at and those that differed.

    Example: audit_figures(hours=24) gives {"audits": 6, "looked_at": 600, "differing": 0}.
    """
    figures = fire.brain.row(AuditFigures, "audit_figures", since=fire.now - timedelta(hours=hours))
    assert figures is not None, "a sum is always one row"
    return figures
