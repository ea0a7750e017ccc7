"""What is wrong, reported once: opening, answering and closing findings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from company.brain import Brain
from company.json_values import JsonObject

Level = Literal["ring", "today", "brief", "log"]


@dataclass(frozen=True)
class OpenedFinding:
    """The finding's number, and whether it was not open before."""

    finding_id: int
    is_new: bool


@dataclass(frozen=True)
class OpenFinding:
    """What is known of an open finding of mine."""

    id: int
    times_seen: int
    found_at: datetime
    answered_at: datetime | None
    evidence: JsonObject


@dataclass(frozen=True)
class MyFinding:
    """An open finding of a role's own that it may close."""

    id: int
    fingerprint: str


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
    evidence: JsonObject | None = None,
    accused: str | None = None,
) -> OpenedFinding:
    """Opens a finding for its watcher; one that is open already is only counted once more."""
    opened = brain.row(
        OpenedFinding,
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
    assert opened is not None, "open_finding always answers"
    return opened


def my_open_finding(brain: Brain, fingerprint: str) -> OpenFinding | None:
    """The open finding that I have under a fingerprint, if there is one. Another's of the same name is not mine."""
    return brain.row(OpenFinding, "my_open_finding", fingerprint=fingerprint)


def is_reported(brain: Brain, kind: str, fingerprint: str) -> bool:
    """Whether a finding of this kind is open under a fingerprint, by one of those who open this kind."""
    return bool(brain.value("is_reported", kind=kind, fingerprint=fingerprint))


def answer_finding(brain: Brain, finding_id: int, answer: str) -> None:
    """The watcher's answer: what was checked, what it showed, what happens next."""
    brain.run("answer_finding", finding_id=finding_id, answer=answer)


def close_finding(brain: Brain, finding_id: int, resolution: str) -> bool:
    """Ends a finding; False when it was closed already."""
    return bool(brain.value("close_finding", finding_id=finding_id, resolution=resolution))


def my_open_findings(brain: Brain, prefix: str) -> list[MyFinding]:
    """The open findings that I have and may close, by the beginning of their fingerprint."""
    return brain.rows(MyFinding, "my_open_findings_like", prefix=prefix)


def close_by_fingerprint(brain: Brain, fingerprint: str, resolution: str) -> bool:
    """Ends the open finding that I have under a fingerprint, if there is one and I may close it."""
    finding = brain.one("closable_finding_of", fingerprint=fingerprint)
    return finding is not None and close_finding(brain, finding["id"], resolution)
