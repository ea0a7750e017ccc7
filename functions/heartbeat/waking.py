"""Calls who cannot wait for their next fire: a one-off schedule that is itself a slot; and lets silence climb.

Each finding and each letter calls once; one call tells of all that waits for a role; a role has so many calls a day.
What is not answered in the time that the watcher's record states goes to the ceo, and then to the owner.
"""

from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.watch.ledger import next_minute
from heartbeat.oneoffs import at, fire_once

MOST_A_DAY = 24
ESCALATION_WAITS_HOURS = 6


def climb(fire: Fire) -> int:
    """Tells the ceo, then the owner, of findings that nobody answered in time; how many climbed."""
    climbed = fire.brain.all("escalate_findings")
    for row in climbed:
        body = f"F-{row['finding_id']}: {row['unanswered_by']} gave no answer in time; {row['escalated_to']} is told"
        fire.learn("climbed", body, finding_id=row["finding_id"], told=row["escalated_to"])
    return len(climbed) + len(fire.brain.all("alert_unanswered_escalations", hours=ESCALATION_WAITS_HOURS))


def call(fire: Fire) -> int:
    """Calls everybody for whom something new waits that cannot; how many were called."""
    return sum(_call(fire, **row) for row in fire.brain.all("wakes_due", most_a_day=MOST_A_DAY))


def _call(fire: Fire, role: str, findings: list[int], messages: list[int]) -> bool:
    due_at = next_minute(fire.now)
    name = f"wake-{role}-{f'{findings[0]}' if findings else f'm{messages[0]}'}"
    if not fire_once(fire, like=role, name=name, at_moment=due_at, schedule=name, due_at=due_at):
        fire.learn("cannot_wake", f"{role} has no schedule of its own, so it cannot be called", watcher=role)
        return False
    _expect(fire, name, role, due_at)
    fire.brain.run("note_woken", findings=findings, messages=messages)
    fire.learn("woke", f"called {role} for {_named(findings, messages)}", watcher=role)
    return True


def _named(findings: list[int], messages: list[int]) -> str:
    return ", ".join([f"F-{finding}" for finding in findings] + [f"message {message}" for message in messages])


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
