"""What is known of a schedule, in sentences: for its watcher's answer and for the owner's question.

Describes what the tool describe_schedule gives; states only what was checked, and when.
"""

from datetime import datetime, timedelta

from company.text.wording import counted, day_and_time
from company.watch.schedules import ScheduleDescription

DEPLOY_TAKES = timedelta(minutes=15)
"""A schedule changed this near to our deploy was changed by it."""
SHOWN = 3
BAD_ENDS = ("failed", "crashed", "timed_out", "fenced")


def describe(facts: ScheduleDescription, now: datetime, zone: str, found_at: datetime | None = None) -> str:
    """All of it: the deployed state, whether a deploy of ours changed it, the last slots, the last sessions."""
    lines = [describe_deployed(facts, now, zone)]
    if not is_enabled(facts):
        lines.append(describe_change(facts, now, zone, found_at))
    return " ".join([*lines, describe_slots(facts, now, zone), describe_sessions(facts, now, zone)])


def is_enabled(facts: ScheduleDescription) -> bool:
    return facts.deployed.state == "ENABLED"


def describe_deployed(facts: ScheduleDescription, now: datetime, zone: str) -> str:
    """'Checked Wed 21:16: deployed DISABLED, published cron(40 * * * ? *) UTC.'"""
    deployed = facts.deployed
    checked = f"Checked {day_and_time(now, zone, now)}"
    if deployed.seen != "now":
        checked += f" as heartbeat read it {day_and_time(deployed.seen, zone, now)}"
    expression = facts.published_expression
    published = "not published" if expression is None else f"published {expression} {facts.published_timezone}"
    return f"{checked}: deployed {deployed.state or 'nowhere'}, {published}."


def describe_change(facts: ScheduleDescription, now: datetime, zone: str, found_at: datetime | None = None) -> str:
    """Whether a deploy of ours did it. A modification time of another clock than the company's is not quoted."""
    deployed_at, changed_at = facts.last_deploy_at, facts.modified_at
    if deployed_at is None:
        return "We have not deployed yet."
    deploy = f"our last deploy was {day_and_time(deployed_at, zone, now)}"
    if changed_at is not None and deployed_at + DEPLOY_TAKES < changed_at <= now:
        return f"Changed {day_and_time(changed_at, zone, now)}; {deploy}, so not by a deploy of ours."
    if found_at is not None and found_at > deployed_at + DEPLOY_TAKES:
        # Heartbeat looks every few minutes: it would have found at once what a deploy had switched off.
        return f"Found by heartbeat {day_and_time(found_at, zone, now)}; {deploy}, so not by a deploy of ours."
    return f"When it was changed is not known; {deploy}."


def describe_slots(facts: ScheduleDescription, now: datetime, zone: str) -> str:
    """'Last slots: Wed 17:40 succeeded, Wed 23:40 missed.'"""
    ends = [
        f"{day_and_time(slot.due_at, zone, now)} {slot.status.replace('_', ' ')}"
        for slot in reversed(facts.slots[:SHOWN])
    ]
    return f"Last slots: {', '.join(ends)}." if ends else "It has had no slot yet."


def describe_sessions(facts: ScheduleDescription, now: datetime, zone: str) -> str:
    """The last error with its message, or that there was none in so many sessions."""
    for session in facts.sessions:
        if session.outcome in BAD_ENDS:
            return f"Its session of {day_and_time(session.started_at, zone, now)} {session.outcome}: {session.reason}."
    return f"No error in its last {counted(len(facts.sessions), 'session')}." if facts.sessions else "It never ran."
