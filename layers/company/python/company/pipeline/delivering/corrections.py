"""After an undoing: withdraws pages that wait and carry what was taken back, and drafts corrections of the others.

A correction waits for the owner's yes, and goes only to whom a page reached. What was read again needs none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.owner.approvals import CORRECT
from company.owner.outbox import record_entry
from company.pipeline.delivering import customer_files
from company.pipeline.delivering.sending import clean_page, delivery_digest, write_unless_paused
from company.vertical import Deliveries, Row, TakenBack

NOT_SENT = ("waiting", "recorded")


@dataclass(frozen=True)
class UndoneBatch:
    """A batch that was undone after a page was written with it in force."""

    id: int
    source: str
    edition_at: datetime
    promoted_at: datetime
    undone_at: datetime
    reason: str | None


@dataclass(frozen=True)
class WrittenCorrection:
    """A correction as its outbox entry stands."""

    id: int
    customer_id: int
    status: str
    is_withdrawn: bool


def correct_what_was_undone(fire: Fire, deliveries: Deliveries) -> dict[str, int]:
    """withdrawn: pages and corrections that are not sent any more. corrections: those that were written now."""
    batches = fire.brain.rows(UndoneBatch, "batches_to_correct") if deliveries.taken_back else []
    ends = each(fire, "undone batches", batches, partial(_correct, fire, deliveries), name=lambda b: f"B-{b.id}")
    found = {"withdrawn": sum(end[0] for end in ends), "corrections": sum(end[1] for end in ends)}
    return {name: count for name, count in found.items() if count}


def has_corrections_to_write(fire: Fire, deliveries: Deliveries) -> bool:
    """Whether a batch was undone of which a page may have spoken; what it carried is looked at in the fire."""
    if not deliveries.taken_back:
        return False
    return any(_is_open(fire, deliveries, batch) for batch in fire.brain.rows(UndoneBatch, "batches_to_correct"))


def _is_open(fire: Fire, deliveries: Deliveries, batch: UndoneBatch) -> bool:
    pages = _pages(fire, deliveries, batch)
    written = fire.brain.rows(WrittenCorrection, "corrections_of", batch=batch.id)
    return bool(_waiting_pages(pages) or _to_write(fire, pages, written) or _pointless(pages, written))


def _correct(fire: Fire, deliveries: Deliveries, batch: UndoneBatch) -> tuple[int, int]:
    pages = _pages(fire, deliveries, batch)
    written = fire.brain.rows(WrittenCorrection, "corrections_of", batch=batch.id)
    withdrawn = _withdraw(fire, _waiting_pages(pages), f"it says what was taken back with B-{batch.id}")
    withdrawn += _withdraw(fire, _pointless(pages, written), f"what B-{batch.id} said was read again")
    customers = _to_write(fire, pages, written)
    write = partial(_write_one, fire, deliveries, batch, pages, written)
    return withdrawn, sum(each(fire, "corrections", customers, write, name=str))


def _write_one(
    fire: Fire,
    deliveries: Deliveries,
    batch: UndoneBatch,
    pages: Sequence[Row],
    written: Sequence[WrittenCorrection],
    customer_id: int,
) -> bool:
    own = [page for page in pages if page["customer_id"] == customer_id and page["status"] not in NOT_SENT]
    before = sum(one.customer_id == customer_id for one in written)
    return write_unless_paused(fire, customer_id, lambda: _write(fire, deliveries, batch, own, before=before))


def _pages(fire: Fire, deliveries: Deliveries, batch: UndoneBatch) -> list[Row]:
    assert deliveries.taken_back, "only a product that says which pages carried a batch is asked"
    return list(fire.brain.all(deliveries.taken_back, batch=batch.id))


def _waiting_pages(pages: Sequence[Row]) -> list[int]:
    return [page["delivery_id"] for page in pages if page["status"] == "waiting"]


def _pointless(pages: Sequence[Row], written: Sequence[WrittenCorrection]) -> list[int]:
    """Corrections that wait although what they correct is so again."""
    wrong = {page["customer_id"] for page in pages}
    return [one.id for one in written if one.status in ("waiting", "allowed") and one.customer_id not in wrong]


def _to_write(fire: Fire, pages: Sequence[Row], written: Sequence[WrittenCorrection]) -> list[int]:
    """Whom a page reached, or may have reached; a paused customer is corrected after it is resumed."""
    if fire.brain.value("approval_level", action=CORRECT) == "closed":
        return []
    done = {one.customer_id for one in written if not one.is_withdrawn}
    reached = [page for page in pages if page["status"] not in NOT_SENT and not page["is_paused"]]
    return sorted({page["customer_id"] for page in reached} - done)


def _withdraw(fire: Fire, deliveries: Sequence[int], because: str) -> int:
    if not deliveries:
        return 0
    withdrawn: int = fire.brain.value("withdraw_deliveries", deliveries=list(deliveries), because=because)
    return withdrawn


def _write(fire: Fire, deliveries: Deliveries, batch: UndoneBatch, pages: Sequence[Row], *, before: int) -> None:
    """Outbox entry and correction in one transaction. before: how many were withdrawn; each has a key of its own."""
    assert deliveries.write_correction, "a product that names such pages writes their corrections"
    customer_id, name = pages[0]["customer_id"], f"correction-{batch.id}"
    page = clean_page(deliveries.write_correction(_taken_back(batch, pages)))
    items = json.dumps(list(page.items), default=str)
    s3_key = customer_files.key_of(customer_id, name, fire.now) if pages[0]["kind"] == "feed" else None
    to = s3_key or pages[0]["email"]
    with fire.brain.transaction():
        entry = record_entry(
            fire,
            CORRECT,
            dedupe_key=f"{CORRECT}:{batch.id}:{customer_id}:{before}",
            to_whom=customer_files.folder_of(customer_id) if s3_key else to,
            subject=page.subject,
            payload={"customer": pages[0]["name"], "batch": batch.id, "items": len(page.items)},
            digest=delivery_digest(to, replace(page, items=json.loads(items)), None),
        )
        values = {"customer_id": customer_id, "batch": batch.id, "kind": pages[0]["kind"], "s3_key": s3_key}
        status = "waiting" if entry.status == "waiting" else "recorded"
        said = {"subject": page.subject, "body": page.body, "items": items, "status": status}
        fire.brain.run("write_correction", **values, **said, outbox_id=entry.outbox_id)


def _taken_back(batch: UndoneBatch, pages: Sequence[Row]) -> TakenBack:
    items = {json.dumps(item, sort_keys=True): item for page in pages for item in page["items"]}
    return TakenBack(
        customer=pages[0]["name"],
        batch=batch.id,
        source=batch.source,
        edition_at=batch.edition_at,
        undone_at=batch.undone_at,
        reason=batch.reason or "",
        items=list(items.values()),
        pages=[(page["subject"], page["written_at"]) for page in pages],
    )
