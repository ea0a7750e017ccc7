"""What auditors share: say each thing that is wrong once, and take it back when a later look finds it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from company.fire.fire import Fire
from company.tools.findings import close_finding, list_findings, open_finding
from company.watch.findings import Level

MOST_FINDINGS = 200


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be. accused is whose doing it is; watcher None means the finder's manager."""

    fingerprint: str
    kind: str
    subject: str
    title: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    level: Level = "brief"
    effect: str = ""
    accused: str | None = None
    watcher: str | None = None


@dataclass(frozen=True)
class FindingChanges:
    """How many findings a look opened and closed."""

    opened: int
    closed: int


def sync_findings(fire: Fire, prefix: str, wrong: Iterable[Problem]) -> FindingChanges:
    """Opens a finding for each wrong thing; ends those of mine under the prefix that a look no longer shows."""
    standing = {thing.fingerprint: thing for thing in wrong}
    mine = [
        row
        for row in fire.use(list_findings, only_open=True, limit=MOST_FINDINGS)
        if row.found_by == fire.role and row.fingerprint.startswith(prefix)
    ]
    over = [row for row in mine if row.fingerprint not in standing]
    for row in over:
        fire.use(close_finding, finding_id=row.id, resolution=f"looked again {fire.now:%a %H:%M}: it is right now")
    known = {row.fingerprint for row in mine}
    fresh = [thing for name, thing in standing.items() if name not in known]
    for thing in fresh:
        _open(fire, thing)
    return FindingChanges(len(fresh), len(over))


def _open(fire: Fire, thing: Problem) -> None:
    fire.use(
        open_finding,
        fingerprint=thing.fingerprint,
        kind=thing.kind,
        subject=thing.subject,
        title=thing.title,
        watcher=thing.watcher or fire.record.reports_to,
        level=thing.level,
        effect=thing.effect,
        evidence=dict(thing.evidence),
        accused=thing.accused,
    )
