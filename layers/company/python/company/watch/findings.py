"""What is wrong, said once: opening, answering and closing findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from company.brain import Brain

Level = Literal["ring", "today", "brief", "log"]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, as the brain has it: one open row per fingerprint. Times are UTC."""

    id: int
    fingerprint: str
    kind: str
    subject: str
    level: Level
    title: str
    effect: str
    evidence: Mapping[str, Any]
    accused: str | None
    watcher: str
    found_by: str
    found_at: datetime
    last_seen_at: datetime
    times_seen: int
    planted: bool
    woken_at: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None
    muted_until: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    resolution: str | None


@dataclass(frozen=True)
class Opened:
    """The finding's number, and whether it was not open before."""

    id: int
    is_new: bool


def open_finding(
    brain: Brain,
    *,
    fingerprint: str,
    kind: str,
    subject: str,
    level: Level,
    title: str,
    watcher: str,
    effect: str = "",
    evidence: Mapping[str, Any] | None = None,
    accused: str | None = None,
) -> Opened:
    """Opens a finding for its watcher; one that is open already is only seen once more."""
    row = brain.one(
        "open_finding",
        fingerprint=fingerprint,
        kind=kind,
        subject=subject,
        level=level,
        title=title,
        effect=effect,
        evidence=dict(evidence or {}),
        accused=accused,
        watcher=watcher,
    )
    assert row is not None, "open_finding always answers"
    return Opened(int(row["finding_id"]), bool(row["is_new"]))


def answer_finding(brain: Brain, finding_id: int, answer: str) -> None:
    """The watcher's word: what was checked, what it showed, what happens next."""
    brain.run("answer_finding", finding_id=finding_id, answer=answer)


def close_finding(brain: Brain, finding_id: int, resolution: str) -> bool:
    """Ends a finding; False when it was closed already."""
    return bool(brain.value("close_finding", finding_id=finding_id, resolution=resolution))


def close_by_fingerprint(brain: Brain, fingerprint: str, resolution: str) -> bool:
    """Ends the open finding of a fingerprint, if there is one."""
    row = brain.one("open_finding_of", fingerprint=fingerprint)
    return close_finding(brain, int(row["id"]), resolution) if row else False
