"""Reports rows that are in force and not in their publisher's whole list, until a whole list has them all."""

from collections.abc import Sequence

from company.fire.fire import Fire
from company.pipeline.rows.batches import Batch
from company.pipeline.rows.check_results import BatchCheck
from company.watch.findings import close_by_fingerprint, open_finding

CHECK = "the_whole_list_has_all"


def report_missing_rows(fire: Fire, batch: Batch, checks: Sequence[BatchCheck]) -> None:
    """A stream of changes removes nothing: whether such a row is wrong or its publisher lost it, somebody looks."""
    check = next((check for check in checks if check.check_name == CHECK), None)
    if check is None:
        return
    fingerprint = f"missing:{batch.source}"
    if check.is_ok:
        close_by_fingerprint(fire.brain, fingerprint, f"the whole list of batch {batch.id} has them all")
        return
    open_finding(
        fire.brain,
        fingerprint=fingerprint,
        kind="missing_rows",
        subject=batch.source,
        level="brief",
        title=f"{batch.source}: {check.detail}",
        effect="they stay in force as they were read last",
        evidence={"batch": batch.id, "rows": check.failed},
        watcher=fire.record.reports_to,
    )
