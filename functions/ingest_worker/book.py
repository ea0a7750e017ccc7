"""ingest_worker by the book: stage what was left lying, then compare a few batches with their bytes."""

from typing import Any

from company.errors import ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tools.inbox import escalate
from company.wording import counted
from ingest_worker.tools import batches_to_reconcile, documents_without_batch, reconcile_batch, stage_document

RESERVE_SECONDS = 40.0
RECONCILED_AT_ONCE = 12


def preflight(fire: Fire) -> str | None:
    """A reason to rest: every document has its batch, or its trouble was told; every batch was compared."""
    if any(not document["is_told"] for document in fire.brain.all("raw_documents_without_batch")):
        return None
    if fire.brain.all("batches_to_reconcile", role=fire.role, limit=1):
        return None
    return "no document waits to be staged and no batch to be compared"


def work(fire: Fire) -> Outcome:
    """Documents first: a row that is not staged reaches nobody."""
    staged = [stage_one(fire, document) for document in fire.use(documents_without_batch)]
    looked_at = reconcile(fire)
    documents = [s for s in staged if s is not None]
    differing = [look for look in looked_at if not look["is_equal"]]
    evidence = {
        "documents": len(documents) + len(looked_at),
        "rows": sum(s["rows"] for s in documents) + sum(look["rows_in_raw"] for look in looked_at),
        "staged_documents": len(documents),
        "unreadable_documents": len(staged) - len(documents),
        "reconciled_batches": len(looked_at),
        "differing_batches": len(differing),
    }
    return Done(evidence, note=write_note(evidence))


def stage_one(fire: Fire, document: dict[str, Any]) -> dict[str, Any] | None:
    """The rows of a document, from its bytes; None when they cannot be had, which the manager hears once."""
    if fire.budget.seconds_left() < RESERVE_SECONDS:
        return None
    try:
        staged: dict[str, Any] = fire.use(stage_document, raw_id=document["id"])
    except ToolError as error:
        if not document["is_told"]:
            what = f"raw document {document['id']} of {document['source']} cannot be staged"
            tell(fire, what, "its kept bytes, read once more", str(error), raw_id=document["id"])
        return None
    return staged


def reconcile(fire: Fire) -> list[dict[str, Any]]:
    """A few batches at a fire: large ones take a second each. What differs goes to the manager, once."""
    looked_at = []
    for batch in fire.use(batches_to_reconcile, limit=RECONCILED_AT_ONCE):
        if fire.budget.seconds_left() < RESERVE_SECONDS:
            break
        look = fire.use(reconcile_batch, batch_id=batch["id"])
        looked_at.append(look)
        if not look["is_equal"]:
            showed = f"its bytes give {look['rows_in_raw']}, staging holds {look['rows_in_staging']}"
            what = f"batch {batch['id']} of {batch['source']} is not its bytes"
            tell(
                fire, what, "the bytes, read once more, beside staging", look["reason"] or showed, batch_id=batch["id"]
            )
    return looked_at


def tell(fire: Fire, what: str, checked: str, showed: str, **facts: int) -> None:
    """A worker opens no findings: the manager judges what it means."""
    body = f"{what}: {showed}. The rows concerned may be missing from what is in force; nothing was mended."
    fire.use(escalate, subject=what, body=body, checked=checked, showed=showed, facts=facts)


def write_note(evidence: dict[str, int]) -> str:
    parts = [f"{counted(evidence['staged_documents'], 'document')} staged from kept bytes"]
    if evidence["unreadable_documents"]:
        parts.append(f"{counted(evidence['unreadable_documents'], 'document')} left and told")
    parts.append(f"{counted(evidence['reconciled_batches'], 'batch', 'batches')} compared with their bytes")
    parts.append(f"{evidence['differing_batches']} differ")
    return ", ".join(parts) + "."


ROLE = RoleCode(work=work, preflight=preflight)
