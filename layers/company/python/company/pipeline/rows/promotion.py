"""Moves checked batches into canonical, oldest edition first, and counts each row by its fate."""

from datetime import timedelta
from functools import partial
from operator import itemgetter

from company.fire.apart import each
from company.fire.fire import Fire
from company.outcomes import Done, Outcome, Skipped
from company.pipeline.rows.batches import Batch
from company.pipeline.rows.holding import report_held

STAGING_KEPT = timedelta(days=3)


def nothing_to_promote(fire: Fire) -> str | None:
    return None if fire.brain.rows(Batch, "batches_to_promote") else "no batch is checked and waiting"


def promote_batches(fire: Fire) -> Outcome:
    """Promotes each batch in a transaction of its own: a refused or held one does not hold up another source."""
    waiting = fire.brain.rows(Batch, "batches_to_promote")
    by_source = {one.source: [batch for batch in waiting if batch.source == one.source] for one in waiting}
    batches: list[Batch] = []
    each(fire, "sources", by_source.items(), partial(_promote_source, fire, batches), name=itemgetter(0))
    if not batches:
        return Skipped("no batch is checked and waiting")
    fire.brain.run("drop_old_staging", keep=STAGING_KEPT)
    return Done(_totals(batches))


def _promote_source(fire: Fire, done: list[Batch], source: tuple[str, list[Batch]]) -> None:
    """In order: where one cannot be promoted the later ones of its source wait, for they may hold only what changed."""
    for waiting in source[1]:
        fire.budget.require_time()
        batch = fire.brain.row(Batch, "promote_batch", batch=waiting.id)
        assert batch is not None, "promote always answers"
        done.append(batch)
        fire.learn("promoted", f"{batch.source}: batch {batch.id} {batch.status}", **_fates(batch))
        if batch.status == "held":
            report_held(fire, batch)


def _totals(batches: list[Batch]) -> dict[str, int]:
    promoted = sum(batch.status == "promoted" for batch in batches)
    return {
        "batches": promoted,
        "refused_batches": sum(batch.status == "refused" for batch in batches),
        "held_batches": sum(batch.status == "held" for batch in batches),
        "read": sum(batch.rows_read for batch in batches),
        "promoted": sum(batch.promoted for batch in batches),
        "unchanged": sum(batch.unchanged for batch in batches),
        "quarantined": sum(batch.quarantined for batch in batches),
        "removed": sum(batch.removed for batch in batches),
    }


def _fates(batch: Batch) -> dict[str, int]:
    return {
        "rows_read": batch.rows_read,
        "promoted": batch.promoted,
        "unchanged": batch.unchanged,
        "quarantined": batch.quarantined,
        "held": batch.held,
        "removed": batch.removed,
    }
