"""What the ledger shows to be wrong, said to the named watcher, and what has healed. One open finding a fingerprint."""

from collections.abc import Iterable, Mapping
from typing import Any

from company.findings import Level, close_by_fingerprint, close_finding, open_finding
from company.session import Fire

NOBODY_ELSE = "ceo"
"""Hears of a schedule that has no watcher."""


def tell(fire: Fire, schedules: Iterable[Mapping[str, Any]], ended: Iterable[Mapping[str, Any]]) -> int:
    """Opens what is new; how many findings that were."""
    standing = {
        row["schedule"]: row for row in schedules if row["published_expression"] and row["schedule"] == row["role"]
    }
    opened = sum(_compare(fire, row) for row in standing.values())
    return opened + sum(_tell_of_slot(fire, slot, standing) for slot in ended)


def close_recovered(fire: Fire) -> int:
    """Closes findings of silence whose schedule has worked again, with the time that it was silent."""
    healed = fire.brain.all("recovered_schedules")
    for row in healed:
        close_finding(
            fire.brain, row["id"], f"{row['subject']} worked again after {row['worked_at'] - row['found_at']}"
        )
    return len(healed)


def _compare(fire: Fire, row: Mapping[str, Any]) -> bool:
    """Deployed against published: two facts whose difference is a finding."""
    muted = row["state"] == "DISABLED" and not row["is_paused"]
    _settle(fire, row, "muted", muted, f"{row['schedule']}'s schedule is DISABLED in EventBridge, not by its record")
    differs = (row["expression"], row["timezone"]) != (row["published_expression"], row["published_timezone"])
    title = f"{row['schedule']} fires by {row['expression']}, its record says {row['published_expression']}"
    _settle(fire, row, "differs", differs, title)
    return bool(row["differs"]) and (muted or differs)


def _settle(fire: Fire, row: Mapping[str, Any], kind: str, is_wrong: bool, title: str) -> None:
    fingerprint = f"{kind}:{row['schedule']}"
    if not is_wrong:
        if row["differs"]:
            close_by_fingerprint(fire.brain, fingerprint, f"deployed as published again at {fire.now:%a %H:%M}")
    elif fire.brain.one("open_finding_of", fingerprint=fingerprint) is None:
        evidence = {
            "deployed": row["expression"],
            "state": row["state"],
            "published": row["published_expression"],
        }
        _open(fire, row, fingerprint, kind, "today", title, {**evidence, "seen_at": fire.now.isoformat()})


def _tell_of_slot(fire: Fire, slot: Mapping[str, Any], standing: Mapping[str, Mapping[str, Any]]) -> bool:
    """A missed slot of a muted schedule is the same finding seen again; any other silence is one of its own."""
    schedule, status = slot["schedule"], slot["status"]
    row = standing.get(schedule)
    kind = "failed" if status in ("failed", "timed_out") else "missed"
    if row is not None and row["state"] == "DISABLED":
        kind = "muted"
    title = f"{schedule} {status.replace('_', ' ')} {slot['due_at']:%a %H:%M}: {slot['reason']}"
    who = {**slot, "watched_by": slot["watcher"]}
    evidence = {f"slot {slot['due_at']:%Y-%m-%dT%H:%MZ}": f"{status}: {slot['reason']}"}
    return _open(fire, who, f"{kind}:{schedule}", kind, "today", title, evidence)


def _open(
    fire: Fire,
    row: Mapping[str, Any],
    fingerprint: str,
    kind: str,
    level: Level,
    title: str,
    evidence: Mapping[str, Any],
) -> bool:
    opened = open_finding(
        fire.brain,
        fingerprint=fingerprint,
        kind=kind,
        subject=row["schedule"],
        level=level,
        title=title,
        effect=f"nothing of {row['role']} happens while this lasts",
        evidence=evidence,
        accused=row["role"] if kind == "failed" else None,
        watcher=row["watched_by"] or NOBODY_ELSE,
    )
    if opened.is_new:
        fire.learn("found", title, finding_id=opened.id, schedule=row["schedule"])
    return opened.is_new
