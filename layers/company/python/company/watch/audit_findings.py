"""What auditors share: report each problem once, and close its finding when a later check finds it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from company.fire.fire import Fire
from company.tools.findings import close_finding, list_findings, open_finding
from company.watch.findings import Level

MOST_FINDINGS = 200


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. accused: whose work it is about; watcher: None means the finder's manager."""

    fingerprint: str
    kind: str
    subject: str
    title: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    level: Level = "brief"
    effect: str = ""
    accused: str | None = None
    watcher: str | None = None


@dataclass(frozen=True)
class FindingChanges:
    """How many findings a check opened and closed."""

    opened: int
    closed: int


def sync_findings(fire: Fire, prefix: str, problems: Iterable[Problem]) -> FindingChanges:
    """Opens a finding for each new problem; closes my findings under the prefix whose problem is over."""
    current = {problem.fingerprint: problem for problem in problems}
    mine = [
        finding
        for finding in fire.use(list_findings, only_open=True, limit=MOST_FINDINGS)
        if finding.found_by == fire.role and finding.fingerprint.startswith(prefix)
    ]
    over = [finding for finding in mine if finding.fingerprint not in current]
    for finding in over:
        fire.use(close_finding, finding_id=finding.id, resolution="checked again: it is right now")
    known = {finding.fingerprint for finding in mine}
    new = [problem for fingerprint, problem in current.items() if fingerprint not in known]
    for problem in new:
        _open(fire, problem)
    return FindingChanges(len(new), len(over))


def _open(fire: Fire, problem: Problem) -> None:
    fire.use(
        open_finding,
        fingerprint=problem.fingerprint,
        kind=problem.kind,
        subject=problem.subject,
        title=problem.title,
        watcher=problem.watcher or fire.record.reports_to,
        level=problem.level,
        effect=problem.effect,
        evidence=dict(problem.evidence),
        accused=problem.accused,
    )
