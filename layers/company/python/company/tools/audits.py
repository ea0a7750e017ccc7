"""The tool of auditors: record what was looked at, and what differed."""

import json
from collections.abc import Sequence

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.tools import tool


@tool
def record_audit(
    fire: Fire, what: str, subject: str, whose: str, looked_at: list[str], differences: Sequence[JsonObject]
) -> dict[str, int]:
    """Records what you looked at and what differed, for good. An audit that looked at nothing is refused.

    whose: the role whose work it was. differences: [{"item", "expected", "found"}], each an item of looked_at.
    Example: record_audit(what="derived again", subject="x", whose="promote", looked_at=["a"], differences=[]).
    """
    audit_id = fire.brain.value(
        "record_audit",
        session_id=fire.session_id,
        what=what,
        subject=subject,
        whose=whose,
        sample=json.dumps(looked_at),
        differences=json.dumps(differences),
    )
    return {"audit_id": int(audit_id)}
