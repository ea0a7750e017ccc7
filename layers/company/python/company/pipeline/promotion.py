"""Moves checked batches into canonical, oldest edition first, and says what became of each row."""

from datetime import timedelta

from company.fire.fire import Fire
from company.outcomes import Done, Outcome, Skipped

STAGING_KEPT = timedelta(days=3)


def nothing_to_promote(fire: Fire) -> str | None:
    return None if fire.brain.all("batches_to_promote") else "no batch is checked and waiting"


def promote_batches(fire: Fire) -> Outcome:
    """Each batch in a transaction of its own: a refused one does not hold up another source."""
    totals = dict.fromkeys(("batches", "refused_batches", "read", "promoted", "unchanged", "quarantined", "removed"), 0)
    for waiting in fire.brain.all("batches_to_promote"):
        fire.budget.require_time()
        batch = fire.brain.one("promote_batch", batch=waiting["id"])
        assert batch is not None, "promote always answers"
        totals["batches" if batch["status"] == "promoted" else "refused_batches"] += 1
        totals["read"] += batch["rows_read"]
        for column in ("promoted", "unchanged", "quarantined", "removed"):
            totals[column] += batch[column]
        fire.learn("promoted", f"{batch['source']}: batch {batch['id']} {batch['status']}", **_counts(batch))
    if not totals["batches"] and not totals["refused_batches"]:
        return Skipped("no batch is checked and waiting")
    fire.brain.run("drop_old_staging", keep=STAGING_KEPT)
    return Done(totals)


def _counts(batch: dict[str, int]) -> dict[str, int]:
    return {name: batch[name] for name in ("rows_read", "promoted", "unchanged", "quarantined", "held", "removed")}
