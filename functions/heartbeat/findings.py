"""What the ledger shows to be wrong, told to the named watcher, and what has healed. One open finding a fingerprint.

Many schedules silent in one way are one finding with a line for each: thirty alarms for one cause hide the cause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from typing import Any

from company.fire.fire import Fire
from company.watch.findings import Level, close_finding, open_finding
from company.watch.lessons import signature
from company.wording import counted

NOBODY_ELSE = "ceo"
"""Hears of a schedule that has no watcher."""
OF_MANY = "schedule_auditor"
"""Whose work the watch as a whole is."""
MANY = 4
ALONE: tuple[str, ...] = ("deaf", "lost_retry", "unexpected")
"""Told one by one, however many: each has a cause of its own."""
SAID = {
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
class Trouble:
    """One thing that is wrong with one schedule. cause tells apart what looks alike: an error's own words, say."""

    kind: str
    schedule: str
    role: str
    title: str
    watcher: str | None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    level: Level = "today"
    accused: str | None = None
    cause: str = ""

    @property
    def group(self) -> str:
        """The fingerprint of the one finding that many of these would be."""
        return f"many:{self.kind}" + (f":{sha256(self.cause.encode()).hexdigest()[:8]}" if self.cause else "")


def tell(fire: Fire, ended: Iterable[Mapping[str, Any]]) -> int:
    """Opens what is new; how many findings that were."""
    troubles = [*_deployed(fire), *(of_slot(slot) for slot in ended), *_lost(fire), *_unexpected(fire)]
    together = sorted((t for t in troubles if t.kind not in ALONE), key=lambda t: t.group)
    opened = sum(_tell_alone(fire, trouble) for trouble in troubles if trouble.kind in ALONE)
    return opened + sum(_tell_group(fire, name, list(some)) for name, some in groupby(together, lambda t: t.group))


def close_healed(fire: Fire) -> int:
    """Closes what is over, with the time that it was silent."""
    healed = fire.brain.all("healed_schedules")
    for row in healed:
        close_finding(fire.brain, row["id"], _resolution(fire, row))
    return len(healed)


def of_slot(slot: Mapping[str, Any]) -> Trouble:
    """A slot that ended badly, by itself or by nobody. A muted schedule's misses are the same trouble seen again."""
    status, due = slot["status"], f"{slot['due_at']:%a %H:%M}"
    who = {"role": slot["role"], "watcher": slot["watcher"]}
    if slot["is_wake"]:
        came_to = "did not come" if status == "missed" else f"{status.replace('_', ' ')}: {slot['reason']}"
        return Trouble("deaf", slot["role"], title=f"{slot['role']} was called {due} and {came_to}", **who)
    kind = "failed" if status in ("failed", "timed_out") else "muted" if slot["state"] == "DISABLED" else "missed"
    return Trouble(
        kind,
        slot["schedule"],
        title=f"{slot['schedule']} {status.replace('_', ' ')} {due}: {slot['reason']}",
        evidence={f"slot {slot['due_at']:%Y-%m-%dT%H:%MZ}": f"{status}: {slot['reason']}"},
        accused=slot["role"] if kind == "failed" else None,
        cause=signature(kind, str(slot["reason"])) if kind == "failed" else "",
        **who,
    )


def _deployed(fire: Fire) -> list[Trouble]:
    return [
        Trouble(
            row["kind"],
            row["schedule"],
            row["role"],
            DIFFERENCES[row["kind"]].format(**row),
            row["watcher"],
            {"deployed": row["deployed"], "state": row["state"], "published": row["published"],
             "seen_at": fire.now.isoformat()},
        )
        for row in fire.brain.all("schedule_troubles")
    ]  # fmt: skip


def _lost(fire: Fire) -> list[Trouble]:
    return [
        Trouble(
            "lost_retry",
            row["schedule"],
            row["role"],
            f"{row['schedule']} was fired again {row['fired_at']:%a %H:%M} for {row['due_at']:%a %H:%M} and never came",
            row["watcher"],
        )
        for row in fire.brain.all("lost_retries")
    ]


def _unexpected(fire: Fire) -> list[Trouble]:
    return [
        Trouble(
            "unexpected",
            row["schedule"],
            row["role"],
            f"{row['schedule']} fired {counted(row['fires'], 'time')} with nothing due, last {row['due_at']:%a %H:%M}",
            row["watcher"],
            level="brief",
        )
        for row in fire.brain.all("unexpected_fires")
    ]


def _tell_group(fire: Fire, name: str, troubles: list[Trouble]) -> int:
    """As one finding where there are many of them, or where such a finding is open; else each by itself."""
    standing = fire.brain.one("open_finding_of", fingerprint=name)
    first = troubles[0]
    before = [] if first.cause else fire.brain.all("unanswered_single_findings", kind=first.kind)
    lines = {row["schedule"]: row["title"] for row in before} | {t.schedule: t.title for t in troubles}
    if standing is None and len(lines) < MANY:
        return sum(_tell_alone(fire, trouble) for trouble in troubles)
    known = dict(standing["evidence"]) if standing else {}
    opened = _open_many(fire, name, first, known | lines)
    for row in before:
        close_finding(fire.brain, row["id"], f"told with others of its kind as F-{opened.id}")
    return int(opened.is_new)


def _open_many(fire: Fire, name: str, like: Trouble, lines: Mapping[str, str]) -> Any:
    named = sorted(lines)
    title = f"{len(named)} schedules {SAID[like.kind]}: {', '.join(named[:3])} and {len(named) - 3} more"
    is_most = 3 * len(named) >= int(fire.brain.value("count_scheduled_roles"))
    opened = open_finding(
        fire.brain,
        fingerprint=name,
        kind=like.kind,
        subject="the schedules",
        level="ring" if is_most else "today",
        title=title,
        effect="nothing of theirs happens while this lasts",
        evidence=lines,
        watcher=OF_MANY,
    )
    if opened.is_new:
        fire.learn("found", title, finding_id=opened.id)
    return opened


def _tell_alone(fire: Fire, trouble: Trouble) -> bool:
    opened = open_finding(
        fire.brain,
        fingerprint=f"{trouble.kind}:{trouble.schedule}",
        kind=trouble.kind,
        subject=trouble.schedule,
        level=trouble.level,
        title=trouble.title,
        effect=f"nothing of {trouble.role} happens while this lasts" if trouble.kind != "unexpected" else "",
        evidence=trouble.evidence,
        accused=trouble.accused,
        watcher=trouble.watcher or NOBODY_ELSE,
    )
    if opened.is_new:
        fire.learn("found", trouble.title, finding_id=opened.id, schedule=trouble.schedule)
    return opened.is_new


def _resolution(fire: Fire, row: Mapping[str, Any]) -> str:
    whose = row["schedule"] if row["schedules"] == 1 else f"all {row['schedules']}"
    if row["kind"] in ("missed", "failed", "deaf", "lost_retry"):
        return f"{whose} worked again after {row['silent_for']} of silence"
    return f"{whose} deployed as published again at {fire.now:%a %H:%M}"
