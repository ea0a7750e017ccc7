"""What only audit_auditor reads: what auditors did, some of what they say they saw, and what was planted for them."""

from datetime import timedelta
from typing import Any

from company.fire.fire import Fire
from company.json_values import json_rows
from company.tools import reading_tool


@reading_tool
def auditors_at_work(fire: Fire, hours: int = 168) -> list[dict[str, Any]]:
    """Lists the auditors: their fires of the last hours, what they said they sampled, and what they recorded.

    Example: auditors_at_work(hours=168) gives [{"role": "x", "fires": 42, "said_sampled": 4200, "audits": 84, ...}].
    """
    span = {"since": fire.now - timedelta(hours=hours), "until": fire.now}
    return json_rows(fire.brain.all("auditors_at_work", **span))


@reading_tool
def items_again(fire: Fire, auditor: str, hours: int = 168, sample: int = 10) -> dict[str, Any]:
    """Draws things that an auditor named and looks up whether the source ever had them.

    Example: items_again(auditor="x") gives {"items": ["y a", "y b"], "unknown": []}.
    """
    since, salt = fire.now - timedelta(hours=hours), fire.event.due_at.isoformat()
    rows = fire.brain.all("items_audited", auditor=auditor, since=since, salt=salt, limit=sample)
    known = {
        (row["subject"], row["item"]): bool(fire.brain.value("key_is_known", source=row["subject"], key=row["item"]))
        for row in rows
    }
    named = {f"{source} {item}": is_known for (source, item), is_known in known.items()}
    return {"items": list(named), "unknown": [item for item, is_known in named.items() if not is_known]}


@reading_tool
def planted_tests(fire: Fire, hours: int = 336) -> list[dict[str, Any]]:
    """Lists defects planted for auditors in the last hours: whose test each was, and who found it when.

    Example: planted_tests(hours=336) gives [{"id": 2, "whose_test": "x", "found_by": "x", "planted_at": "..."}].
    """
    return json_rows(fire.brain.all("plants_for_audit", since=fire.now - timedelta(hours=hours)))
