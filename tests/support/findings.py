"""Findings as the brain would give them, for tests of code that reads one."""

from datetime import UTC, datetime
from typing import Any

from company.watch.finding_records import Finding

SEEN = datetime(2026, 3, 11, 7, tzinfo=UTC)
ORDINARY = {
    "id": 7,
    "fingerprint": "stale:a_feed",
    "kind": "stale",
    "subject": "a_feed",
    "level": "today",
    "title": "a_feed is old",
    "effect": "",
    "evidence": {},
    "accused": None,
    "watcher": "data_manager",
    "found_by": "flow_check",
    "found_at": SEEN,
    "last_seen_at": SEEN,
    "times_seen": 1,
    "woken_at": None,
    "answered_at": None,
    "answered_by": None,
    "answer": None,
    "muted_until": None,
    "closed_at": None,
    "closed_by": None,
    "resolution": None,
}


def a_finding(**other: Any) -> Finding:
    """An open finding that nobody answered, except for the fields that the test gives."""
    return Finding(**{**ORDINARY, **other})
