"""Looks at every staged batch: the company's own checks, then the product's; what is wrong is put aside or held."""

from typing import Any

from company.fire.fire import Fire
from company.injection.scan import scan_batch
from company.outcomes import Done, Outcome, Skipped
from company.vertical import Check
from company.watch.findings import open_finding

HELD_SHARE = 0.05
"""A check that fails for more than this share of a batch says something about the edition, not about its rows."""
FEW = 20


def nothing_to_check(fire: Fire) -> str | None:
    return None if fire.brain.all("batches_to_check") else "no batch is staged"


def check_batches(fire: Fire) -> Outcome:
    """Checks what is staged, oldest edition first. A batch with a hold waits for the machine's auditor."""
    batches = fire.brain.all("batches_to_check")
    if not batches:
        return Skipped("no batch is staged")
    finished = []
    for batch in batches:
        fire.budget.require_time()
        finished.append(check_batch(fire, batch))
    held = [b for b in finished if b["status"] == "held"]
    rows, aside = (sum(b[column] for b in finished) for column in ("rows_read", "quarantined"))
    return Done(
        {"batches": len(finished), "held_batches": len(held), "rows": rows, "quarantined": aside},
        note="; ".join(f"batch {b['id']} of {b['source']} is held: {b['reason']}" for b in held),
    )


def check_batch(fire: Fire, batch: dict[str, Any]) -> dict[str, Any]:
    """All checks of one batch in one transaction, so that no half-checked batch is ever seen."""
    scan_batch(fire, batch["id"], batch["source"])
    with fire.brain.transaction():
        fire.brain.run("check_frame", batch=batch["id"])
        for check in fire.vertical.checks:
            if check.source == batch["source"]:
                _run(fire, batch, check)
        finished = fire.brain.one("finish_checks", batch=batch["id"])
    assert finished is not None, "finish_checks always answers"
    if finished["status"] == "held":
        _tell_held(fire, finished)
    _tell_warnings(fire, batch)
    return finished


def _run(fire: Fire, batch: dict[str, Any], check: Check) -> None:
    wrong = fire.brain.all(check.query, batch=batch["id"])
    severity = check.severity
    if severity == "quarantine" and len(wrong) > max(FEW, HELD_SHARE * batch["rows_read"]):
        severity = "hold"
    if severity == "quarantine" and wrong:
        numbers, reasons = [w["row_no"] for w in wrong], [w["reason"] for w in wrong]
        fire.brain.run("quarantine_rows", batch=batch["id"], name=check.name, numbers=numbers, reasons=reasons)
    fire.brain.run(
        "record_check",
        batch=batch["id"],
        name=check.name,
        severity=severity,
        looked_at=batch["rows_read"],
        failed=len(wrong),
        detail=f"{len(wrong)} rows, the first: {wrong[0]['reason']}" if wrong else "",
    )


def _tell_held(fire: Fire, batch: dict[str, Any]) -> None:
    watcher = fire.record.watched_by or fire.record.reports_to
    open_finding(
        fire.brain,
        fingerprint=f"held:{batch['id']}",
        kind="held_batch",
        subject=f"batch {batch['id']}",
        level="today",
        title=f"batch {batch['id']} of {batch['source']} is held: {batch['reason']}",
        effect=f"{batch['held']} rows wait; what was in force stays in force",
        evidence={
            "batch": batch["id"],
            "source": batch["source"],
            "rows": batch["rows_read"],
            "reason": batch["reason"],
        },
        watcher=watcher,
    )


def _tell_warnings(fire: Fire, batch: dict[str, Any]) -> None:
    for check in fire.brain.all("batch_checks", batch=batch["id"]):
        if check["severity"] == "warn" and not check["is_ok"]:
            fire.learn("warning", f"{batch['source']}: {check['check_name']}: {check['detail']}", batch=batch["id"])
