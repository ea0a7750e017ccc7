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


def escalate_unanswered(fire: Fire) -> int:
    """Tells the ceo, then the owner, of findings that nobody answered in time; how many climbed."""
    climbed = fire.brain.all("climb_findings")
    for row in climbed:
        body = f"F-{row['finding_id']}: {row['silent']} gave no answer in time; {row['told']} is told"
        fire.learn("climbed", body, finding_id=row["finding_id"], told=row["told"])
    return len(climbed) + len(fire.brain.all("climb_escalations", hours=ESCALATION_WAITS_HOURS))


def wake_watchers(fire: Fire) -> int:
    """Calls everybody for whom something new waits that cannot; how many were called."""
    return sum(_wake(fire, **row) for row in fire.brain.all("calls_waiting", most_a_day=MOST_A_DAY))


def _wake(fire: Fire, role: str, findings: list[int], messages: list[int]) -> bool:
    due_at = next_minute(fire.now)
    name = f"wake-{role}-{f'{findings[0]}' if findings else f'm{messages[0]}'}"
    if not fire_once(fire, like=role, name=name, at_moment=due_at, schedule=name, due_at=due_at):
        fire.learn("cannot_wake", f"{role} has no schedule of its own, so it cannot be called", watcher=role)
        return False
    _expect(fire, name, role, due_at)
    fire.brain.run("note_called", findings=findings, messages=messages)
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
