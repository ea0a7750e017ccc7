"""What only data_manager reads: the quarantine by its causes, and whether a blocked task can move again."""

from datetime import timedelta
from typing import Any

from company.fire.fire import Fire
from company.json_values import json_rows
from company.tools import reading_tool


@reading_tool
def quarantine_causes(fire: Fire) -> list[dict[str, Any]]:
    """Counts open quarantined rows per source and check.

    Example: quarantine_causes() gives [{"source": "x", "check_name": "no_row_twice", "rows": 3, "last_batch": 9}].
    """
    return json_rows(fire.brain.all("quarantine_by_check"))


@reading_tool
def closed_rows(fire: Fire, source: str, check: str, limit: int = 10) -> list[dict[str, Any]]:
    """Lists quarantined rows of one source and check that were closed last, each beside what is in force of it now.

    A row closed as resolved has its right row in force; one closed as discarded need not. in_force is null for none.
    Example: closed_rows(source="x", check="no_row_twice") gives [{"id": 5, "entity": "a", "status": "discarded",
    "resolution": "...", "raw": "...", "in_force": {...}}].
    """
    return json_rows(fire.brain.all("closed_rows", source=source, check=check, limit=min(limit, 50)))


@reading_tool
def quarantine_figures(fire: Fire, hours: int = 24) -> list[dict[str, Any]]:
    """Counts quarantined rows per source: open, closed, and added in the last hours.

    Example: quarantine_figures(hours=24) gives [{"source": "x", "open": 3, "closed": 9, "added": 5}].
    """
    since = fire.now - timedelta(hours=hours)
    return json_rows(fire.brain.all("quarantine_counts", since=since, until=fire.now))


@reading_tool
def asked_spellings(fire: Fire) -> list[dict[str, Any]]:
    """Lists spellings that no rule could settle and nobody has decided.

    Example: asked_spellings() gives [{"kind": "vendor", "spelling": "Acme Corp", "candidates": ["Acme"]}].
    """
    return json_rows(fire.brain.all("asked_spellings"))


@reading_tool
def newer_editions(fire: Fire, task_id: int, source: str) -> int:
    """Counts the editions of a source in force since a task was blocked: with one, it can be looked at again.

    Example: newer_editions(task_id=12, source="x") gives 1.
    """
    blocked = fire.brain.one("blocked_since", task_id=task_id)
    if blocked is None or blocked["at"] is None:
        return 0
    return int(fire.brain.value("editions_since", source=source, since=blocked["at"]))


@reading_tool
def audit_figures(fire: Fire, hours: int = 24) -> dict[str, int]:
    """Counts the audits of the last hours, the things they looked at and those that differed.

    Example: audit_figures(hours=24) gives {"audits": 6, "looked_at": 600, "differing": 0}.
    """
    return dict(fire.brain.one("audit_figures", since=fire.now - timedelta(hours=hours)) or {})
