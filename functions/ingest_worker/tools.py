"""What only ingest_worker does: find kept bytes without rows, stage them, and compare rows with bytes."""

from typing import Any

from company.errors import Refused, ToolError
from company.fire.fire import Fire
from company.json_values import json_rows
from company.pipeline.raw import classify_body, load_raw
from company.pipeline.staging import stage
from company.tools import reading_tool, tool


@reading_tool
def documents_without_batch(fire: Fire) -> list[dict[str, Any]]:
    """Lists new editions whose bytes are kept and whose rows are in no batch, the oldest edition first.

    Example: documents_without_batch() gives [{"id": 40, "source": "x", "edition_at": "..."}].
    """
    return json_rows(fire.brain.all("raw_documents_without_batch"))


@tool
def stage_document(fire: Fire, raw_id: int) -> dict[str, Any]:
    """Stages the rows of a kept document that never got so far. From there check and promote take it.

    Example: stage_document(raw_id=40) gives {"batch_id": 10, "rows": 120, "rejected": 0}.
    """
    document = fire.brain.one("raw_document", raw_id=raw_id)
    if document is None:
        raise ToolError(f"there is no raw document {raw_id}")
    feed = fire.vertical.source(document["source"])
    newest = fire.brain.value("newest_edition", source=feed.name)
    body = load_raw(fire, feed.name, document["sha256"])
    parsed, verdict, reason = classify_body(feed, body, document["edition_at"], newest)
    if parsed is None or verdict != "new":
        raise ToolError(f"raw document {raw_id} is not to be staged: {verdict}: {reason}")
    try:
        staged = stage(fire, feed, raw_id, parsed)
    except Refused as refusal:
        raise ToolError(f"raw document {raw_id} is not to be staged: {refusal}") from refusal
    fire.learn("staged", f"{feed.name}: batch {staged.batch_id} from raw document {raw_id}", batch=staged.batch_id)
    return {"batch_id": staged.batch_id, "rows": staged.read, "rejected": staged.rejected}


@reading_tool
def batches_to_reconcile(fire: Fire, limit: int = 4) -> list[dict[str, Any]]:
    """Lists batches whose rows nobody has compared with their bytes yet, the oldest first; none that you staged.

    Example: batches_to_reconcile(limit=4) gives [{"id": 9, "source": "x", "rows_read": 120}].
    """
    return json_rows(fire.brain.all("batches_to_reconcile", role=fire.role, limit=limit))


@tool
def reconcile_batch(fire: Fire, batch_id: int) -> dict[str, Any]:
    """Reads a batch's bytes once more and compares how many rows they give with how many are in staging; kept for ever.

    Example: reconcile_batch(batch_id=9) gives {"rows_in_raw": 120, "rows_in_staging": 120, "is_equal": true, ...}.
    """
    batch = fire.brain.one("batch_story", batch=batch_id)
    if batch is None:
        raise ToolError(f"there is no batch {batch_id}")
    feed = fire.vertical.source(batch["source"])
    parsed, _, reason = classify_body(feed, load_raw(fire, feed.name, batch["sha256"]), batch["edition_at"], None)
    rows = 0 if parsed is None else parsed.staged + len(parsed.rejects)
    try:
        fire.brain.value("record_reconciliation", batch=batch_id, rows_in_raw=rows, session_id=fire.session_id)
    except Refused as refusal:
        raise ToolError(str(refusal)) from refusal
    found = fire.brain.one("reconciliation_of", batch=batch_id)
    assert found is not None, "it was recorded just now"
    fire.learn("reconciled", f"{feed.name}: batch {batch_id} beside its bytes", **found)
    return {**found, "reason": f"its bytes cannot be read any more: {reason}" if parsed is None else None}
