"""Has what did not work fired again, late and once, where that is safe: the brain decides whether it is."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.text.wording import day_and_time
from company.tools.schedules import retry_slot
from company.watch.finding_records import Finding
from company.watch.schedules import ScheduleDescription

KINDS = ("missed", "failed")
"""Kinds of findings whose slots may be fired again."""
BAD_ENDS = ("missed", "failed", "timed_out")
ASKED = "asked"


@dataclass(frozen=True)
class SlotOfMany:
    """The newest slot of a schedule that did not work, and that nothing makes up for within the hour."""

    schedule: str
    due_at: datetime


def fire_newest(fire: Fire, finding: Finding, facts: ScheduleDescription) -> tuple[int, str]:
    """Asks for the newest bad slot of one schedule; how many were asked for, and what the answer says of it."""
    bad = next((slot for slot in facts.slots if slot.status in BAD_ENDS), None)
    if finding.kind not in KINDS or bad is None:
        return 0, ""
    due = day_and_time(bad.due_at, fire.settings.owner_timezone, fire.now)
    verdict = _ask(fire, finding, finding.subject, bad.due_at)
    if verdict != ASKED:
        return 0, f" Not fired again for {due}: {verdict}."
    return 1, f" Fired again for {due} at the next beat."


def fire_many(fire: Fire, finding: Finding) -> tuple[int, str]:
    """The same for each schedule of a finding about many; one that fires within the hour makes up for it by itself."""
    if finding.kind not in KINDS:
        return 0, ""
    slots = fire.brain.rows(SlotOfMany, "slots_of_many", names=sorted(finding.evidence))
    act = partial(_ask_of_many, fire, finding)
    asked = [name for name in each(fire, "retries of many", slots, act, name=lambda slot: slot.schedule) if name]
    return len(asked), f" Fired again at the next beats: {', '.join(asked)}." if asked else ""


def _ask_of_many(fire: Fire, finding: Finding, slot: SlotOfMany) -> str | None:
    """The schedule, where it will be fired again."""
    return slot.schedule if _ask(fire, finding, slot.schedule, slot.due_at) == ASKED else None


def _ask(fire: Fire, finding: Finding, schedule: str, due_at: datetime) -> str:
    return fire.use(retry_slot, schedule=schedule, due_at=due_at.isoformat(), finding_id=finding.id)["verdict"]
