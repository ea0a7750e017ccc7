"""Reports to the named watcher what the ledger shows to be wrong, and closes what has healed.

One open finding a fingerprint. Many schedules silent in the same way are one finding with a line for each: thirty
alarms for one cause hide the cause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby

from company.fire.fire import Fire
from company.watch.findings import Level, OpenedFinding, close_finding, my_open_finding, open_finding
from company.watch.lessons import signature
from company.wording import counted, duration_text

DEFAULT_WATCHER = "ceo"
"""Watches a schedule that names no watcher."""
WATCHER_OF_MANY = "schedule_auditor"
"""Answers for the watch as a whole."""
MANY = 4
ALONE: tuple[str, ...] = ("deaf", "lost_retry", "unexpected")
"""Reported one by one, however many: each has a cause of its own."""
WORDING_OF_MANY = {
    "muted": "are DISABLED in EventBridge, not by their records",
    "gone": "are gone from EventBridge, not by their records",
    "differs": "do not fire as their records say",
    "unreadable": "are deployed with expressions that cannot be read",
    "missed": "did not fire when they were due",
    "failed": "failed in the same way",
}


DIFFERENCES = {
    "muted": "{role}'s schedule is DISABLED in EventBridge, not by its record",
    "differs": "{role} fires by {deployed}, its record says {published}",
    "gone": "{role} has no schedule in EventBridge, its record says {published}",
    "unreadable": "{role} is deployed with a schedule that cannot be read: {unreadable}",
}
"""How the deployed schedule is not the published one."""


@dataclass(frozen=True)
class EndedSlot:
    """A slot that ended badly: closed by its session as failed, or ended by heartbeat. state: of its schedule now."""

    schedule: str
    due_at: datetime
    role: str
    watcher: str | None
    status: str
    grace: timedelta
    reason: str | None
    attempts: int
    is_wake: bool
    state: str | None


@dataclass(frozen=True)
class ScheduleTrouble:
    """A difference between a schedule as deployed and as published."""

    kind: str
    schedule: str
    role: str
    watcher: str | None
    state: str | None
    deployed: str | None
    published: str | None
    unreadable: str | None


@dataclass(frozen=True)
class LostRetry:
    """A slot that was fired again, and no session of it started."""

    schedule: str
    due_at: datetime
    role: str
    watcher: str | None
    fired_at: datetime


@dataclass(frozen=True)
class UnexpectedFires:
    """A schedule that fired when nothing was due; due_at is the last time."""

    schedule: str
    role: str
    due_at: datetime
    fires: int
    watcher: str | None


@dataclass(frozen=True)
class Healed:
    """An open finding whose schedules are all right again."""

    id: int
    kind: str
    fingerprint: str
    schedule: str
    schedules: int
    silent_for: timedelta | None


@dataclass(frozen=True)
class AloneFinding:
    """An open finding about one schedule that nobody has answered."""

    id: int
    schedule: str
    title: str


@dataclass(frozen=True)
class ScheduleProblem:
    """One thing that is wrong with one schedule. cause: the text by which alike problems differ, such as an error."""

    kind: str
    schedule: str
    role: str
    title: str
    watcher: str | None
    evidence: Mapping[str, str | None] = field(default_factory=dict)
    level: Level = "today"
    accused: str | None = None
    cause: str = ""

    @property
    def group(self) -> str:
        """The fingerprint of the one finding that many of these would be."""
        return f"many:{self.kind}" + (f":{sha256(self.cause.encode()).hexdigest()[:8]}" if self.cause else "")


def report_troubles(fire: Fire, ended: Iterable[EndedSlot]) -> int:
    """Opens a finding for what is new; gives how many."""
    troubles = [*_deployed(fire), *(of_slot(slot) for slot in ended), *_lost(fire), *_unexpected(fire)]
    together = sorted((t for t in troubles if t.kind not in ALONE), key=lambda t: t.group)
    opened = sum(_report_alone(fire, trouble) for trouble in troubles if trouble.kind in ALONE)
    return opened + sum(_report_group(fire, name, list(some)) for name, some in groupby(together, lambda t: t.group))


def close_healed(fire: Fire) -> int:
    """Closes the findings that are over, with the time that passed without a fire."""
    healed = fire.brain.rows(Healed, "healed_schedules")
    for finding in healed:
        close_finding(fire.brain, finding.id, _resolution(finding))
    return len(healed)


def of_slot(slot: EndedSlot) -> ScheduleProblem:
    """A slot that ended badly. The misses of a muted schedule are the same trouble seen again."""
    ended = slot.status.replace("_", " ")
    evidence = _slot_evidence(slot.due_at, f"{slot.status}: {slot.reason}")
    if slot.is_wake:
        result = "did not start" if slot.status == "missed" else f"{ended}: {slot.reason}"
        return ScheduleProblem(
            "deaf", slot.role, slot.role, f"{slot.role} was woken and {result}", slot.watcher, evidence
        )
    kind = "failed" if slot.status in ("failed", "timed_out") else "muted" if slot.state == "DISABLED" else "missed"
    return ScheduleProblem(
        kind,
        slot.schedule,
        slot.role,
        f"{slot.schedule} {ended}: {slot.reason}",
        slot.watcher,
        evidence,
        accused=slot.role if kind == "failed" else None,
        cause=signature(kind, str(slot.reason)) if kind == "failed" else "",
    )


def _slot_evidence(due_at: datetime, what: str) -> dict[str, str]:
    """Evidence about one slot, under its time: a time belongs here, and in no title."""
    return {f"slot {due_at:%Y-%m-%dT%H:%MZ}": what}


def _deployed(fire: Fire) -> list[ScheduleProblem]:
    return [
        ScheduleProblem(
            row.kind,
            row.schedule,
            row.role,
            DIFFERENCES[row.kind].format(**vars(row)),
            row.watcher,
            {"deployed": row.deployed, "state": row.state, "published": row.published,
             "seen_at": fire.now.isoformat()},
        )
        for row in fire.brain.rows(ScheduleTrouble, "schedule_troubles")
    ]  # fmt: skip


def _lost(fire: Fire) -> list[ScheduleProblem]:
    return [
        ScheduleProblem(
            "lost_retry",
            retry.schedule,
            retry.role,
            f"{retry.schedule} was fired again and did not start",
            retry.watcher,
            _slot_evidence(retry.due_at, f"fired again {retry.fired_at.isoformat()}, did not start"),
        )
        for retry in fire.brain.rows(LostRetry, "lost_retries")
    ]


def _unexpected(fire: Fire) -> list[ScheduleProblem]:
    return [
        ScheduleProblem(
            "unexpected",
            row.schedule,
            row.role,
            f"{row.schedule} fired {counted(row.fires, 'time')} with nothing due",
            row.watcher,
            _slot_evidence(row.due_at, "fired, nothing was due"),
            level="brief",
        )
        for row in fire.brain.rows(UnexpectedFires, "unexpected_fires")
    ]


def _report_group(fire: Fire, name: str, troubles: list[ScheduleProblem]) -> int:
    """As one finding where there are many of them, or where such a finding is open; else each by itself."""
    open_already = my_open_finding(fire.brain, name)
    first = troubles[0]
    before = [] if first.cause else fire.brain.rows(AloneFinding, "unanswered_single_findings", kind=first.kind)
    lines = {finding.schedule: finding.title for finding in before} | {t.schedule: t.title for t in troubles}
    if open_already is None and len(lines) < MANY:
        return sum(_report_alone(fire, trouble) for trouble in troubles)
    known = dict(open_already.evidence) if open_already else {}
    opened = _open_many(fire, name, first, known | lines)
    for finding in before:
        close_finding(fire.brain, finding.id, f"reported with others of its kind as F-{opened.finding_id}")
    return int(opened.is_new)


def _open_many(fire: Fire, name: str, like: ScheduleProblem, lines: Mapping[str, str]) -> OpenedFinding:
    named = sorted(lines)
    title = f"{len(named)} schedules {WORDING_OF_MANY[like.kind]}: {', '.join(named[:3])} and {len(named) - 3} more"
    is_most = 3 * len(named) >= int(fire.brain.value("count_scheduled_roles"))
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


def _report_alone(fire: Fire, trouble: ScheduleProblem) -> bool:
    opened = open_finding(
        fire.brain,
        fingerprint=f"{trouble.kind}:{trouble.schedule}",
        kind=trouble.kind,
        subject=trouble.schedule,
        level=trouble.level,
        title=trouble.title,
        effect=f"{trouble.role} does nothing while this lasts" if trouble.kind != "unexpected" else "",
        evidence=trouble.evidence,
        accused=trouble.accused,
        watcher=trouble.watcher or DEFAULT_WATCHER,
    )
    if opened.is_new:
        fire.learn("found", trouble.title, finding_id=opened.finding_id, schedule=trouble.schedule)
    return opened.is_new


def _resolution(finding: Healed) -> str:
    whose = finding.schedule if finding.schedules == 1 else f"all {finding.schedules}"
    if finding.kind not in ("missed", "failed", "deaf", "lost_retry"):
        return f"{whose} deployed as published again"
    silence = "" if finding.silent_for is None else f" after {duration_text(finding.silent_for)} of silence"
    return f"{whose} worked again{silence}"
