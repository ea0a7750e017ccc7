"""Reports a batch that is held, so that its auditor judges it: by check, or by promote when too many rows would go."""

from company.fire.fire import Fire
from company.pipeline.delivering.effects import missed_of_source
from company.pipeline.rows.batches import Batch
from company.watch.findings import open_finding


def report_held(fire: Fire, batch: Batch) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"held:{batch.id}",
        kind="held_batch",
        subject=f"batch {batch.id}",
        level="today",
        title=f"batch {batch.id} of {batch.source} is held: {batch.reason}",
        effect=missed_of_source(fire.brain, batch.source, fire.settings.owner_timezone),
        evidence={"batch": batch.id, "source": batch.source, "rows": batch.rows_read, "reason": batch.reason},
        watcher=fire.record.watched_by or fire.record.reports_to,
    )
