"""Checks every staged batch: the company's own checks, then the product's. Wrong rows are quarantined or held."""

from dataclasses import dataclass
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.injection.scan import scan_batch
from company.outcomes import Done, Outcome, Skipped
from company.pipeline.rows.batches import Batch
from company.pipeline.rows.check_results import BatchCheck
from company.pipeline.rows.holding import report_held
from company.pipeline.rows.missing_rows import report_missing_rows
from company.pipeline.rows.new_words import report_new_words
from company.pipeline.rows.put_aside import report_rows_put_aside
from company.text.wording import counted
from company.vertical import Check

HELD_SHARE = 0.05
"""A check that fails for more than this share of a batch says something about the edition, not about its rows."""
FEW = 20


@dataclass(frozen=True)
class WrongRow:
    """A staged row that a check of the product refuses."""

    row_no: int
    reason: str


def nothing_to_check(fire: Fire) -> str | None:
    return None if fire.brain.rows(Batch, "batches_to_check") else "no batch is staged"


def check_batches(fire: Fire) -> Outcome:
    """Checks what is staged, oldest edition first. A held batch waits for the machine's auditor."""
    batches = fire.brain.rows(Batch, "batches_to_check")
    if not batches:
        return Skipped("no batch is staged")
    checked = each(fire, "batches", batches, partial(_check_in_time, fire), name=lambda batch: f"batch {batch.id}")
    sources = sorted({batch.source for batch in checked})
    each(fire, "rows put aside", sources, partial(report_rows_put_aside, fire))
    report_new_words(fire)
    held = [batch for batch in checked if batch.status == "held"]
    return Done(
        {
            "batches": len(checked),
            "held_batches": len(held),
            "rows": sum(batch.rows_read for batch in checked),
            "quarantined": sum(batch.quarantined for batch in checked),
        },
        note="; ".join(f"batch {batch.id} of {batch.source} is held: {batch.reason}" for batch in held),
    )


def _check_in_time(fire: Fire, batch: Batch) -> Batch:
    fire.budget.require_time()
    return check_batch(fire, batch)


def check_batch(fire: Fire, batch: Batch) -> Batch:
    """All checks of one batch in one transaction, so that nobody sees a half-checked batch."""
    scan_batch(fire, batch.id, batch.source)
    with fire.brain.transaction():
        fire.brain.run("check_frame", batch=batch.id)
        for check in fire.vertical.checks:
            if check.source == batch.source:
                _run_check(fire, batch, check)
        checked = fire.brain.row(Batch, "finish_checks", batch=batch.id)
    assert checked is not None, "finish_checks always answers"
    if checked.status == "held":
        report_held(fire, checked)
    _report_warnings(fire, batch)
    return checked


def _run_check(fire: Fire, batch: Batch, check: Check) -> None:
    wrong = fire.brain.rows(WrongRow, check.query, batch=batch.id)
    severity = check.severity
    if severity == "quarantine" and holds_the_batch(len(wrong), batch.rows_read):
        severity = "hold"
    if severity == "quarantine" and wrong:
        numbers, reasons = [row.row_no for row in wrong], [row.reason for row in wrong]
        fire.brain.run("quarantine_rows", batch=batch.id, name=check.name, numbers=numbers, reasons=reasons)
    fire.brain.run(
        "record_check",
        batch=batch.id,
        name=check.name,
        severity=severity,
        looked_at=batch.rows_read,
        failed=len(wrong),
        detail=f"{counted(len(wrong), 'row')}, the first: {wrong[0].reason}" if wrong else "",
    )


def holds_the_batch(wrong: int, rows_read: int) -> bool:
    """Whether so many wrong rows say something about the edition."""
    return wrong > max(FEW, HELD_SHARE * rows_read)


def _report_warnings(fire: Fire, batch: Batch) -> None:
    checks = fire.brain.rows(BatchCheck, "batch_checks", batch=batch.id)
    report_missing_rows(fire, batch, checks)
    wrong = [check for check in checks if check.severity == "warn" and not check.is_ok]
    each(fire, "warnings", wrong, partial(_log_warning, fire, batch), name=lambda check: check.check_name)


def _log_warning(fire: Fire, batch: Batch, check: BatchCheck) -> None:
    fire.learn("warning", f"{batch.source}: {check.check_name}: {check.detail}", batch=batch.id)
