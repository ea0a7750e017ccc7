"""What auditors share: report each problem once, and close its finding when a later check finds it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.tools.findings import close_finding, open_finding
from company.watch.findings import Level, MyFinding, my_open_findings


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
    mine = my_open_findings(fire.brain, prefix)
    over = [finding for finding in mine if finding.fingerprint not in current]
    known = {finding.fingerprint for finding in mine}
    new = [problem for fingerprint, problem in current.items() if fingerprint not in known]
    closed = close_mine(fire, over, "checked again: it is right now")
    opened = each(
        fire, f"problems {prefix}", new, partial(open_problem, fire), name=lambda problem: problem.fingerprint
    )
    return FindingChanges(len(opened), closed)


def close_mine(fire: Fire, over: Iterable[MyFinding], resolution: str) -> int:
    """Closes some findings of this role's own, each apart; how many."""
    close = partial(_close, fire, resolution)
    return len(each(fire, "findings that are over", over, close, name=lambda finding: f"F-{finding.id}"))


def _close(fire: Fire, resolution: str, finding: MyFinding) -> None:
    fire.use(close_finding, finding_id=finding.id, resolution=resolution)


def open_problem(fire: Fire, problem: Problem) -> None:
    """A finding for its watcher, or for the finder's manager."""
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
