"""The tools of ingest_worker alone: find stored bytes without rows, stage them, and compare rows with bytes."""

from dataclasses import dataclass, replace
from datetime import datetime

from company.errors import Refused, ToolError
from company.fire.fire import Fire
from company.pipeline.asking.raw import RawDocument, classify_body, load_raw
from company.pipeline.rows.batches import BatchOfDocument
from company.pipeline.rows.staging import stage
from company.tools import reading_tool, tool


@dataclass(frozen=True)
class UnstagedDocument:
    """A new edition whose rows are in no batch. is_reported: the manager has read that it cannot be staged."""

    id: int
    source: str
    sha256: str
    edition_at: datetime | None
    url: str
    fetched_at: datetime
    is_reported: bool


@dataclass(frozen=True)
class StagedDocument:
    """The batch of a document, how many rows it has, and how many of them could not be read."""

    batch_id: int
    rows: int
    rejected: int


@dataclass(frozen=True)
class UncomparedBatch:
    """A batch whose rows nobody has compared with its bytes."""

    id: int
    source: str
    rows_read: int
    raw_id: int
    edition_at: datetime
    sha256: str


@dataclass(frozen=True)
class Reconciliation:
    """A batch's rows beside its bytes. reason: why its bytes cannot be read any more."""

    batch_id: int
    rows_in_raw: int
    rows_in_staging: int
    rows_read: int
    is_equal: bool
    reason: str | None = None


@reading_tool
def documents_without_batch(fire: Fire) -> list[UnstagedDocument]:
    """Lists new editions whose bytes are stored and whose rows are in no batch, the oldest edition first.

    Example: documents_without_batch() gives [{"id": 40, "source": "x", "edition_at": "..."}].
    """
    return fire.brain.rows(UnstagedDocument, "raw_documents_without_batch")


@tool
def stage_document(fire: Fire, raw_id: int) -> StagedDocument:
    """Stages the rows of a stored document that were never staged. check and promote process the batch from there.

    Example: stage_document(raw_id=40) gives {"batch_id": 10, "rows": 120, "rejected": 0}.
    """
    document = fire.brain.row(RawDocument, "raw_document", raw_id=raw_id)
    if document is None:
        raise ToolError(f"there is no raw document {raw_id}")
    source = fire.vertical.source(document.source)
    newest = fire.brain.value("newest_edition", source=source.name)
    mark = document.edition_at
    if mark is None or (newest is not None and mark < newest and not source.is_delta):
        raise ToolError(f"raw document {raw_id} is not to be staged: older than the newest edition, or none")
    found = classify_body(source, load_raw(fire, source.name, document.sha256), mark)
    if found.parsed is None:
        raise ToolError(f"raw document {raw_id} is not to be staged: {found.verdict}: {found.reason}")
    try:
        staged = stage(
            fire, source, raw_id, replace(found.parsed, edition_at=mark), is_whole=source.is_whole(document.url)
        )
    except Refused as refusal:
        raise ToolError(f"raw document {raw_id} is not to be staged: {refusal}") from refusal
    fire.learn("staged", f"{source.name}: batch {staged.batch_id} from raw document {raw_id}", batch=staged.batch_id)
    return StagedDocument(staged.batch_id, staged.read, staged.rejected)


@reading_tool
def batches_to_reconcile(fire: Fire, limit: int = 4) -> list[UncomparedBatch]:
    """Lists batches whose rows nobody has compared with their bytes yet, the oldest first; none that you staged.

    Example: batches_to_reconcile(limit=4) gives [{"id": 9, "source": "x", "rows_read": 120}].
    """
    return fire.brain.rows(UncomparedBatch, "batches_to_reconcile", role=fire.role, limit=limit)


@tool
def reconcile_batch(fire: Fire, batch_id: int) -> Reconciliation:
    """Reads a batch's bytes again and compares how many rows they give with how many are in staging. It is recorded.

    Example: reconcile_batch(batch_id=9) gives {"rows_in_raw": 120, "rows_in_staging": 120, "is_equal": true, ...}.
    """
    batch = fire.brain.row(BatchOfDocument, "batch_story", batch=batch_id)
    if batch is None:
        raise ToolError(f"there is no batch {batch_id}")
    source = fire.vertical.source(batch.source)
    found = classify_body(source, load_raw(fire, source.name, batch.sha256), batch.edition_at)
    rows = 0 if found.parsed is None else found.parsed.staged + len(found.parsed.rejects)
    try:
        fire.brain.value("record_reconciliation", batch=batch_id, rows_in_raw=rows, session_id=fire.session_id)
    except Refused as refusal:
        raise ToolError(str(refusal)) from refusal
    result = fire.brain.row(Reconciliation, "reconciliation_of", batch=batch_id)
    assert result is not None, "it was recorded just now"
    _learn(fire, source.name, result)
    reason = f"its bytes cannot be read any more: {found.reason}" if found.parsed is None else None
    return replace(result, reason=reason)


def _learn(fire: Fire, source: str, result: Reconciliation) -> None:
    fire.learn(
        "reconciled",
        f"{source}: batch {result.batch_id} beside its bytes",
        batch_id=result.batch_id,
        rows_in_raw=result.rows_in_raw,
        rows_in_staging=result.rows_in_staging,
        rows_read=result.rows_read,
        is_equal=result.is_equal,
    )
