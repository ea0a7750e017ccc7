"""What the ledger shows to be wrong with schedules, each as one problem with its title, watcher and evidence."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from company.fire.apart import each
from company.fire.fire import Fire
from company.text.wording import counted
from company.watch.findings import Level
from company.watch.mistakes import signature

DIFFERENCES = {
    "muted": "{role}'s schedule is DISABLED in EventBridge, not by its record",
    "differs": "{role} fires by {deployed}, its record says {published}",
    "gone": "{role} has no schedule in EventBridge, its record says {published}",
    "unreadable": "{role} is deployed with a schedule that cannot be read: {unreadable}",
}
"""How the deployed schedule is not the published one."""
HELD_UP = 3
"""Fires in a row that were skipped because another was at work."""
IDLE_SECONDS = 120
"""Twice what a connection of ours asks the server to allow."""
RINGS = ("ceo", "heartbeat")
"""Without these the owner learns nothing."""


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
class HeldUpRole:
    """A role whose fires found another one at work, again and again (skips), or hung and was ended (ended_pid).

    session_id and backend_pid are of the fire that is at work in it now, if one is; due_at is the last fire's.
    """

    role: str
    watcher: str | None
    skips: int
    due_at: datetime
    ended_pid: int | None
    session_id: int | None
    backend_pid: int | None


@dataclass(frozen=True)
class OpenTransaction:
    """A connection that was ended, because its transaction stood open in the way of others."""

    role: str
    watcher: str | None
    pid: int
    open_seconds: int


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
    slot: EndedSlot | None = None
    """The slot that ended badly, where the problem is one: it is marked as reported with its finding."""

    @property
    def fingerprint(self) -> str:
        """Of its own finding, where it is reported alone."""
        return f"{self.kind}:{self.schedule}"

    @property
    def group(self) -> str:
        """The fingerprint of the one finding that many of these would be."""
        return f"many:{self.kind}" + (f":{sha256(self.cause.encode()).hexdigest()[:8]}" if self.cause else "")


def find_problems(fire: Fire) -> list[ScheduleProblem]:
    """All that is wrong now. A question that fails, or a row of its answer, stops no other."""
    found = each(fire, "questions to the ledger", QUESTIONS, lambda name: list(QUESTIONS[name](fire)))
    return [problem for some in found for problem in some]


def of_slot(slot: EndedSlot) -> ScheduleProblem:
    """A slot that ended badly. The misses of a muted schedule are the same trouble seen again."""
    ended = slot.status.replace("_", " ")
    evidence = _slot_evidence(slot.due_at, f"{slot.status}: {slot.reason}")
    if slot.is_wake:
        result = "did not start" if slot.status == "missed" else f"{ended}: {slot.reason}"
        title = f"{slot.role} was woken and {result}"
        return ScheduleProblem("deaf", slot.role, slot.role, title, slot.watcher, evidence, slot=slot)
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
        slot=slot,
    )


def _ended(fire: Fire) -> list[ScheduleProblem]:
    slots = fire.brain.rows(EndedSlot, "slots_to_report")
    return each(fire, "slots that ended badly", slots, of_slot, name=lambda slot: slot.schedule)


def _deployed(fire: Fire) -> list[ScheduleProblem]:
    troubles = fire.brain.rows(ScheduleTrouble, "schedule_troubles")
    return each(fire, "schedules", troubles, partial(_of_difference, fire.now), name=lambda row: row.schedule)


def _of_difference(seen_at: datetime, row: ScheduleTrouble) -> ScheduleProblem:
    evidence = {"deployed": row.deployed, "state": row.state, "published": row.published}
    return ScheduleProblem(
        row.kind,
        row.schedule,
        row.role,
        DIFFERENCES[row.kind].format(**vars(row)),
        row.watcher,
        {**evidence, "seen_at": seen_at.isoformat()},
    )


def _lost(fire: Fire) -> Iterator[ScheduleProblem]:
    for retry in fire.brain.rows(LostRetry, "lost_retries"):
        yield ScheduleProblem(
            "lost_retry",
            retry.schedule,
            retry.role,
            f"{retry.schedule} was fired again and did not start",
            retry.watcher,
            _slot_evidence(retry.due_at, f"fired again {retry.fired_at.isoformat()}, did not start"),
        )


def _unexpected(fire: Fire) -> Iterator[ScheduleProblem]:
    for row in fire.brain.rows(UnexpectedFires, "unexpected_fires"):
        yield ScheduleProblem(
            "unexpected",
            row.schedule,
            row.role,
            f"{row.schedule} fired {counted(row.fires, 'time')} with nothing due",
            row.watcher,
            _slot_evidence(row.due_at, "fired, nothing was due"),
            level="brief",
        )


def _held_up(fire: Fire) -> Iterator[ScheduleProblem]:
    for row in fire.brain.rows(HeldUpRole, "held_up_roles", least=HELD_UP):
        hung = f"{row.role} hung past its time, and its connection was ended"
        skipped = f"{row.role} was skipped {counted(row.skips, 'time')} in a row: another fire of it was at work"
        at_work = f"session {row.session_id}, connection {row.backend_pid}" if row.session_id else "nobody any more"
        yield ScheduleProblem(
            "held_up",
            row.role,
            row.role,
            hung if row.ended_pid else skipped,
            row.watcher,
            _slot_evidence(row.due_at, f"at work: {at_work}; connection ended: {row.ended_pid or 'none'}"),
            level="ring" if row.role in RINGS else "today",
        )


def end_open_transactions(fire: Fire) -> Iterator[ScheduleProblem]:
    """Ends the connections of staff whose transaction stands open; a problem for each."""
    for row in fire.brain.rows(OpenTransaction, "end_open_transactions", idle_seconds=idle_seconds(fire)):
        title = f"{row.role} kept a transaction open in the way of others, and its connection was ended"
        evidence = {f"connection {row.pid}": f"open for {row.open_seconds} seconds"}
        level: Level = "ring" if row.role in RINGS else "today"
        yield ScheduleProblem("held_up", row.role, row.role, title, row.watcher, evidence, level)


def idle_seconds(fire: Fire) -> int:
    """After how long an open transaction of staff in which nothing happens is ended."""
    return fire.settings.open_transaction_seconds or IDLE_SECONDS


def _slot_evidence(due_at: datetime, what: str) -> dict[str, str]:
    """Evidence about one slot, under its time: a time belongs here, and in no title."""
    return {f"slot {due_at:%Y-%m-%dT%H:%MZ}": what}


QUESTIONS: Mapping[str, Callable[[Fire], Iterable[ScheduleProblem]]] = {
    # First, so that the finding about a muted schedule says so, and not that a slot of it was missed.
    "what is deployed otherwise": _deployed,
    "what ended badly": _ended,
    "which retries did not start": _lost,
    "what fired unexpectedly": _unexpected,
    "which roles are held up": _held_up,
}
