"""Wakes roles that cannot wait for their next fire, and escalates findings that nobody answers.

A wake is a one-off schedule that is itself a slot. Each finding and each message wakes once; one wake covers all that
waits for a role; a role has a limited number of wakes a day. What is not answered in the time that the watcher's record
states goes to the ceo, and then to the owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.watch.ledger import next_minute
from heartbeat.oneoffs import at, fire_once

MOST_A_DAY = 24
ESCALATION_WAITS_HOURS = 6


@dataclass(frozen=True)
class EscalatedFinding:
    """A finding that was not answered in time: by whom, and who is informed now."""

    finding_id: int
    unanswered_by: str
    escalated_to: str


@dataclass(frozen=True)
class Wake:
    """A role that is to be woken, and for which findings and messages."""

    role: str
    findings: Sequence[int]
    messages: Sequence[int]

    @property
    def name(self) -> str:
        """Of its one-off schedule: unique, for a finding or a message wakes only once."""
        return f"wake-{self.role}-{self.findings[0] if self.findings else f'm{self.messages[0]}'}"

    @property
    def reasons(self) -> str:
        """'F-7, F-9, message 4'."""
        return ", ".join([f"F-{finding}" for finding in self.findings] + [f"message {one}" for one in self.messages])


def escalate_unanswered(fire: Fire) -> int:
    """Reports findings and escalations that nobody answered in time to the ceo, then to the owner; how many."""
    escalated = fire.brain.rows(EscalatedFinding, "escalate_findings")
    for finding in escalated:
        silent, informed = finding.unanswered_by, finding.escalated_to
        body = f"F-{finding.finding_id}: {silent} gave no answer in time; {informed} is informed"
        fire.learn("escalated", body, finding_id=finding.finding_id, escalated_to=informed)
    return len(escalated) + len(fire.brain.all("alert_unanswered_escalations", hours=ESCALATION_WAITS_HOURS))


def wake_watchers(fire: Fire) -> int:
    """Wakes every role for which something new waits that is urgent; how many were woken."""
    return sum(_wake(fire, wake) for wake in fire.brain.rows(Wake, "wakes_due", most_a_day=MOST_A_DAY))


def _wake(fire: Fire, wake: Wake) -> bool:
    due_at = next_minute(fire.now)
    if not fire_once(fire, like=wake.role, name=wake.name, at_moment=due_at, schedule=wake.name, due_at=due_at):
        body = f"{wake.role} has no schedule of its own, so it cannot be woken"
        fire.learn("cannot_wake", body, watcher=wake.role)
        return False
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
