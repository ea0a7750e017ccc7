"""Wakes roles that cannot wait for their next fire, and escalates findings that nobody answers.

A wake is a one-off schedule that is itself a slot. Each finding and each message wakes once, a finding that is urgent
anew once more; one wake covers all that waits for a role; a role has a limited number of wakes a day. What is not
answered in the time that the watcher's record states goes to the ceo, and then to the owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from heartbeat.ending import require_no_problem
from heartbeat.oneoffs import at, fire_once

MOST_A_DAY = 24
ESCALATION_WAITS_HOURS = 6


@dataclass(frozen=True)
class EscalatedFinding:
    """A finding that was not answered in time: by whom, and who is informed now."""

    finding_id: int
    unanswered_by: str
    escalated_to: str
    problem: str | None


@dataclass(frozen=True)
class AlertedEscalation:
    """An escalation that waits although it was raised twice, and the alert about it."""

    message_id: int
    alert_id: int | None
    problem: str | None


@dataclass(frozen=True)
class BuildWake:
    """A role of building or scraping that is to be woken, and the name of the wake: each wakes once."""

    role: str
    name: str


@dataclass(frozen=True)
class Wake:
    """A role that is to be woken, and for which findings and messages. woken_before: times for the first finding."""

    role: str
    findings: Sequence[int]
    messages: Sequence[int]
    woken_before: int

    @property
    def name(self) -> str:
        """Of its one-off schedule: unique, for a message wakes once and the wakes for a finding are counted."""
        first = str(self.findings[0]) if self.findings else f"m{self.messages[0]}"
        return f"wake-{self.role}-{first}" + (f"-{self.woken_before + 1}" if self.woken_before else "")

    @property
    def reasons(self) -> str:
        """'F-7, F-9, message 4'."""
        return ", ".join([f"F-{finding}" for finding in self.findings] + [f"message {one}" for one in self.messages])


def escalate_unanswered(fire: Fire) -> int:
    """Reports findings and escalations that nobody answered in time to the ceo, then to the owner; how many."""
    findings = fire.brain.rows(EscalatedFinding, "escalate_findings")
    escalated = each(fire, "unanswered findings", findings, partial(_note_escalated, fire), name=_number)
    messages = fire.brain.rows(AlertedEscalation, "alert_unanswered_escalations", hours=ESCALATION_WAITS_HOURS)
    alerted = each(fire, "unanswered escalations", messages, require_no_problem, name=lambda one: one.message_id)
    return len(escalated) + len(alerted)


def wake_watchers(fire: Fire) -> int:
    """Wakes every role for which something new waits that is urgent; how many were woken."""
    due = fire.brain.rows(Wake, "wakes_due", most_a_day=MOST_A_DAY)
    return sum(each(fire, "wakes", due, partial(_wake, fire), name=lambda wake: wake.role))


def wake_builders(fire: Fire) -> int:
    """Wakes who of building has something new to do, so that a fix does not wait for the next fire; how many."""
    due = fire.brain.rows(BuildWake, "build_wakes_due", most_a_day=MOST_A_DAY)
    return sum(each(fire, "wakes of builders", due, partial(_wake_builder, fire), name=lambda wake: wake.role))


def _wake_builder(fire: Fire, wake: BuildWake) -> bool:
    due_at = fire_once(fire, like=wake.role, name=wake.name, schedule=wake.name)
    if due_at is None:
        return False
    with fire.brain.transaction():
        _expect(fire, wake.name, wake.role, due_at)
        fire.learn("woke", f"woke {wake.role}: {wake.name}", watcher=wake.role)
    return True


def _number(finding: EscalatedFinding) -> str:
    return f"F-{finding.finding_id}"


def _note_escalated(fire: Fire, finding: EscalatedFinding) -> None:
    require_no_problem(finding)
    body = f"{_number(finding)}: {finding.unanswered_by} gave no answer in time; {finding.escalated_to} is informed"
    fire.learn("escalated", body, finding_id=finding.finding_id, escalated_to=finding.escalated_to)


def _wake(fire: Fire, wake: Wake) -> bool:
    due_at = fire_once(fire, like=wake.role, name=wake.name, schedule=wake.name)
    if due_at is None:
        body = f"{wake.role} has no schedule of its own, so it cannot be woken"
        fire.learn("cannot_wake", body, watcher=wake.role)
        return False
    with fire.brain.transaction():
        _expect(fire, wake.name, wake.role, due_at)
        fire.brain.run("note_woken", findings=list(wake.findings), messages=list(wake.messages))
        fire.learn("woke", f"woke {wake.role} for {wake.reasons}", watcher=wake.role)
    return True


def _expect(fire: Fire, name: str, role: str, due_at: datetime) -> None:
    fire.brain.run(
        "note_schedule",
        schedule=name,
        role=role,
        expression=at(due_at),
        timezone="UTC",
        state="ENABLED",
        starts_at=None,
        modified_at=fire.now,
        ends_at=None,
        failure_queue=None,
    )
    fire.brain.run("expect_slots", schedule=name, due=[due_at], until=due_at + timedelta(days=1), is_wake=True)
