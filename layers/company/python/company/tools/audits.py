"""The tool of auditors: record what was looked at, and what differed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.tools import tool


@dataclass(frozen=True)
class RecordedAudit:
    """An audit's number, and the items of its differences that its auditor reports as findings."""

    audit_id: int
    report: Sequence[str]


@dataclass(frozen=True)
class _ItemToReport:
    item: str


@tool
def record_audit(
    fire: Fire,
    what: str,
    subject: str,
    whose: str,
    looked_at: list[str],
    differences: Sequence[JsonObject],
    is_all: bool = False,
) -> RecordedAudit:
    """Records what you looked at and what differed, for good. An audit that looked at nothing is refused.

    whose: the role whose work it was. differences: [{"item", "expected", "found"}], each an item of looked_at. is_all:
    whether that is all there is; what was drawn for you is known. Record first, then open findings: about the items of
    report and no others.
    Example: record_audit(what="derived again", subject="x", whose="promote", looked_at=["a"], differences=[]) gives
    {"audit_id": 7, "report": []}.
    """
    audit_id = fire.brain.value(
        "record_audit",
        session_id=fire.session_id,
        what=what,
        subject=subject,
        whose=whose,
        sample=json.dumps(looked_at),
        differences=json.dumps(differences),
        is_all=is_all,
    )
    # Asked when the audit is committed: the brain tells nobody of a test who may still take back what it found.
    report = fire.brain.rows(_ItemToReport, "differences_to_report", audit_id=audit_id)
    return RecordedAudit(int(audit_id), [row.item for row in report])
