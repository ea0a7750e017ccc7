"""What is known of a schedule that fell silent, as sentences for its watcher's answer and for the owner's question.

Works on what the tool describe_schedule gives; says only what was looked at, and when.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from company.wording import clock, counted

DEPLOY_TAKES = timedelta(minutes=15)
"""A schedule changed this near to our deploy was changed by it."""
SHOWN = 3
BAD_ENDS = ("failed", "crashed", "timed_out", "fenced")

Facts = Mapping[str, Any]


def describe(facts: Facts, now: datetime, zone: str, found_at: datetime | str | None = None) -> str:
    """All of it: the deployed state, whether a deploy of ours did it, the last slots, the last sessions."""
    said = [describe_deployed(facts, now, zone)]
    if not is_enabled(facts):
        said.append(describe_change(facts, now, zone, found_at))
    return " ".join([*said, describe_slots(facts, zone), describe_sessions(facts, zone)])


def describe_deployed(facts: Facts, now: datetime, zone: str) -> str:
    """'Checked Wed 21:16: deployed DISABLED, published cron(40 * * * ? *) UTC.'"""
    deployed = facts["deployed"]
    checked = f"Checked {clock(now, zone)}"
    if deployed["seen"] != "now":
        checked += f" as heartbeat saw it {clock(deployed['seen'], zone)}"
    published = f"{facts['published_expression']} {facts['published_timezone']}"
    return f"{checked}: deployed {deployed['state'] or 'nowhere'}, published {published}."


def is_enabled(facts: Facts) -> bool:
    return bool(facts["deployed"]["state"] == "ENABLED")


def describe_change(facts: Facts, now: datetime, zone: str, found_at: datetime | str | None = None) -> str:
    """Whether a deploy of ours did it. A stamp of another clock than the company's is not quoted."""
    deployed_at, changed_at, found = _moment(facts["last_deploy_at"]), _moment(facts["modified_at"]), _moment(found_at)
    if deployed_at is None:
        return "We have not deployed yet."
    deploy = f"our last deploy was {clock(deployed_at, zone, now=now)}"
    if changed_at is not None and deployed_at + DEPLOY_TAKES < changed_at <= now:
        return f"Changed {clock(changed_at, zone)}; {deploy}, so not by a deploy of ours."
    if found is not None and found > deployed_at + DEPLOY_TAKES:
        # Heartbeat looks every few minutes: what a deploy had switched off would have been found with it.
        return f"Found by heartbeat {clock(found, zone)}; {deploy}, so not by a deploy of ours."
    return f"When it was changed is not known; {deploy}."


def describe_slots(facts: Facts, zone: str) -> str:
    """'Last slots: Wed 17:40 succeeded, Wed 23:40 missed.'"""
    ends = [
        f"{clock(slot['due_at'], zone)} {slot['status'].replace('_', ' ')}" for slot in reversed(facts["slots"][:SHOWN])
    ]
    return f"Last slots: {', '.join(ends)}." if ends else "It has had no slot yet."


def describe_sessions(facts: Facts, zone: str) -> str:
    """The last error with its words, or that there was none in so many sessions."""
    for session in facts["sessions"]:
        if session["outcome"] in BAD_ENDS:
            return f"Its session of {clock(session['started_at'], zone)} {session['outcome']}: {session['reason']}."
    return (
        f"No error in its last {counted(len(facts['sessions']), 'session')}." if facts["sessions"] else "It never ran."
    )


def _moment(given: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(given) if isinstance(given, str) else given
