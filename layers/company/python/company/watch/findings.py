"""What is wrong, said once: opening, answering and closing findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from company.brain import Brain

Level = Literal["ring", "today", "brief", "log"]


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
