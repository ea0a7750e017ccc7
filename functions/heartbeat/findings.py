"""Reports to the named watcher what the ledger shows to be wrong.

One open finding a fingerprint. Many schedules silent in the same way are one finding with a line for each: thirty
alarms for one cause hide the cause.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from company.fire.apart import each
from company.fire.fire import Fire
from company.text.wording import join_with_and
from company.watch.findings import OpenedFinding, close_finding, my_open_finding, open_finding
from company.watch.many import title_of_many
from heartbeat.ending import BAD_ENDS
from heartbeat.problems import ScheduleProblem, end_open_transactions, find_problems

DEFAULT_WATCHER = "ceo"
"""Watches a schedule that names no watcher."""
WATCHER_OF_MANY = "schedule_auditor"
"""Answers for the watch as a whole."""
MANY = 4
ALONE: tuple[str, ...] = ("deaf", "lost_retry", "unexpected", "held_up")
"""Reported one by one, however many: each has a cause of its own."""


@dataclass(frozen=True)
class AloneFinding:
    """An open finding about one schedule that nobody has answered."""

    id: int
    schedule: str
    title: str


def report_troubles(fire: Fire) -> dict[str, int]:
    """Opens a finding for what is new; gives how many, and how the slots ended that are reported."""
    problems = find_problems(fire)
    together = sorted((p for p in problems if p.kind not in ALONE), key=lambda p: p.group)
    opened = _report_each(fire, [p for p in problems if p.kind in ALONE])
    groups = [(name, list(some)) for name, some in groupby(together, lambda p: p.group)]
    opened += sum(each(fire, "groups of findings", groups, partial(_report_group, fire), name=lambda group: group[0]))
    ends = Counter(problem.slot.status for problem in problems if problem.slot)
    return {**{status: ends[status] for status in BAD_ENDS}, "findings_opened": opened}


def report_open_transactions(fire: Fire) -> int:
    """Ends the transactions of staff that stand open, and names who kept them; how many findings are new."""
    return _report_each(fire, list(end_open_transactions(fire)))


def _report_each(fire: Fire, problems: Iterable[ScheduleProblem]) -> int:
    return sum(each(fire, "findings", problems, partial(_report_alone, fire), name=lambda p: p.fingerprint))


def _report_group(fire: Fire, group: tuple[str, list[ScheduleProblem]]) -> int:
    """As one finding where there are many of them, or where such a finding is open; else each by itself."""
    name, problems = group
    open_already = my_open_finding(fire.brain, name)
    first = problems[0]
    before = [] if first.cause else fire.brain.rows(AloneFinding, "unanswered_single_findings", kind=first.kind)
    lines = {finding.schedule: finding.title for finding in before} | {p.schedule: p.title for p in problems}
    if open_already is None and len(lines) < MANY:
        return _report_each(fire, problems)
    known = dict(open_already.evidence) if open_already else {}
    with fire.brain.transaction():
        opened = _open_many(fire, name, first, known | lines)
        each(fire, "findings reported with others", before, partial(_join, fire, opened), name=lambda f: f"F-{f.id}")
        _note_reported(fire, problems)
    if open_already and (joined := sorted(lines.keys() - known.keys())):
        fire.learn("joined", f"it is about {join_with_and(joined)} too", finding_id=opened.finding_id)
    return int(opened.is_new)


def _join(fire: Fire, opened: OpenedFinding, finding: AloneFinding) -> None:
    close_finding(fire.brain, finding.id, f"reported with others of its kind as F-{opened.finding_id}")


def _note_reported(fire: Fire, problems: Iterable[ScheduleProblem]) -> None:
    slots = [problem.slot for problem in problems if problem.slot]
    if slots:
        fire.brain.run("note_reported", names=[s.schedule for s in slots], moments=[s.due_at for s in slots])


def _open_many(fire: Fire, name: str, like: ScheduleProblem, lines: Mapping[str, str]) -> OpenedFinding:
    title = title_of_many(like.kind, lines)
    is_most = 3 * len(lines) >= int(fire.brain.value("count_scheduled_roles"))
    opened = open_finding(
        fire.brain,
        fingerprint=name,
        kind=like.kind,
        subject="the schedules",
        level="ring" if is_most else "today",
        title=title,
        effect="they do nothing while this lasts",
        evidence=lines,
        watcher=WATCHER_OF_MANY,
    )
    if opened.is_new:
        fire.learn("found", title, finding_id=opened.finding_id)
    return opened


def _report_alone(fire: Fire, problem: ScheduleProblem) -> bool:
    with fire.brain.transaction():
        opened = open_finding(
            fire.brain,
            fingerprint=problem.fingerprint,
            kind=problem.kind,
            subject=problem.schedule,
            level=problem.level,
            title=problem.title,
            effect=f"{problem.role} does nothing while this lasts" if problem.kind != "unexpected" else "",
            evidence=problem.evidence,
            accused=problem.accused,
            watcher=problem.watcher or DEFAULT_WATCHER,
        )
        _note_reported(fire, [problem])
        if opened.is_new:
            fire.learn("found", problem.title, finding_id=opened.finding_id, schedule=problem.schedule)
    return opened.is_new
