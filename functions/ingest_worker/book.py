"""ingest_worker by the book: stage stored documents that have no batch, then compare a few batches with their bytes."""

from functools import partial

from company.errors import ToolError
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.text.wording import counted
from company.tools.inbox import escalate
from ingest_worker.tools import (
    Reconciliation,
    StagedDocument,
    UncomparedBatch,
    UnstagedDocument,
    batches_to_reconcile,
    documents_without_batch,
    reconcile_batch,
    stage_document,
)

RESERVE_SECONDS = 40.0
RECONCILED_AT_ONCE = 12


def preflight(fire: Fire) -> str | None:
    """A reason to skip: every document has its batch or was reported, and every batch was compared."""
    documents = fire.brain.rows(UnstagedDocument, "raw_documents_without_batch")
    if any(not document.is_reported for document in documents):
        return None
    if fire.brain.rows(UncomparedBatch, "batches_to_reconcile", role=fire.role, limit=1):
        return None
    return "no document waits to be staged and no batch to be compared"


def work(fire: Fire) -> Outcome:
    """Documents first: a row that is not staged reaches nobody."""
    documents = fire.use(documents_without_batch)
    tried = each(fire, "documents", documents, partial(stage_one, fire), name=lambda document: document.id)
    compared = reconcile(fire)
    staged = [document for document in tried if document is not None]
    evidence = {
        "documents": len(staged) + len(compared),
        "rows": sum(document.rows for document in staged) + sum(result.rows_in_raw for result in compared),
        "staged_documents": len(staged),
        "unreadable_documents": len(tried) - len(staged),
        "reconciled_batches": len(compared),
        "differing_batches": sum(not result.is_equal for result in compared),
    }
    return Done(evidence, note=write_note(evidence))


def stage_one(fire: Fire, document: UnstagedDocument) -> StagedDocument | None:
    """The rows of a document, from its bytes; None when it cannot be staged, which is reported once."""
    if fire.budget.seconds_left() < RESERVE_SECONDS:
        return None
    try:
        return fire.use(stage_document, raw_id=document.id)
    except ToolError as error:
        if not document.is_reported:
            subject = f"raw document {document.id} of {document.source} cannot be staged"
            report(fire, subject, "its stored bytes, read again", str(error), raw_id=document.id)
        return None


def reconcile(fire: Fire) -> list[Reconciliation]:
    """A few batches at a fire: large ones take a second each. A difference is reported to the manager, once."""
    batches = fire.use(batches_to_reconcile, limit=RECONCILED_AT_ONCE)
    compared = each(fire, "batches", batches, partial(compare_one, fire), name=lambda batch: batch.id)
    return [result for result in compared if result is not None]


def compare_one(fire: Fire, batch: UncomparedBatch) -> Reconciliation | None:
    """A batch beside its bytes; None when it waits for the next fire. A difference is reported."""
    if fire.budget.seconds_left() < RESERVE_SECONDS:
        return None
    result = fire.use(reconcile_batch, batch_id=batch.id)
    if not result.is_equal:
        showed = result.reason or f"its bytes give {result.rows_in_raw}, staging holds {result.rows_in_staging}"
        subject = f"batch {batch.id} of {batch.source} differs from its bytes"
        report(fire, subject, "the bytes, read again, beside staging", showed, batch_id=batch.id)
    return result


def report(fire: Fire, subject: str, checked: str, showed: str, **facts: int) -> None:
    """Escalates to the manager, who decides what it means: a worker opens no findings."""
    body = f"{subject}: {showed}. The rows concerned may be missing from what is in force; nothing was fixed."
    fire.use(escalate, subject=subject, body=body, checked=checked, showed=showed, facts=facts)


def write_note(evidence: dict[str, int]) -> str:
    parts = [f"{counted(evidence['staged_documents'], 'document')} staged from stored bytes"]
    if evidence["unreadable_documents"]:
        parts.append(f"{counted(evidence['unreadable_documents'], 'document')} not staged and reported")
    parts.append(f"{counted(evidence['reconciled_batches'], 'batch', 'batches')} compared with their bytes")
    parts.append(f"{evidence['differing_batches']} differ")
    return ", ".join(parts) + "."


ROLE = RoleCode(work=work, preflight=preflight)
