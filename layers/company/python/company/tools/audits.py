"""The tool of everybody whose work is suspicion: what was looked at, and what of it was not as it should be."""

import json
from typing import Any

from company.fire.fire import Fire
from company.tools import tool


@tool
def record_audit(
    fire: Fire, what: str, subject: str, whose: str, looked_at: list[str], differences: list[dict[str, Any]]
) -> dict[str, int]:
    """Records what you looked at and what differed, for ever. An audit that looked at nothing is refused.

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
