"""What only schedule_auditor looks at: the beats, the ledger's reach, managers' notes, and who does not answer."""

from datetime import timedelta
from typing import Any

from company.fire.fire import Fire
from company.json_values import json_ready, json_rows
from company.tools import reading_tool, tool

RAISED_AFTER_HOURS = 6


@reading_tool
def beat_figures(fire: Fire, hours: int = 2) -> dict[str, Any]:
    """Counts heartbeat's beats of the last hours and gives the longest silence between them, in minutes.

    Example: beat_figures(hours=2) gives {"beats": 24, "longest_gap": 5, "last_at": "..."}.
    """
    return json_ready(fire.brain.one("beat_figures", since=fire.now - timedelta(hours=hours), until=fire.now) or {})  # type: ignore[no-any-return]


@reading_tool
def short_ledgers(fire: Fire, hours: int = 24) -> list[dict[str, Any]]:
    """Lists enabled schedules whose slots are not written so many hours ahead.

    Example: short_ledgers(hours=24) gives [{"schedule": "x", "filled_until": "..."}].
    """
    return json_rows(fire.brain.all("short_ledgers", hours=hours))


@reading_tool
def standing_schedules(fire: Fire) -> list[dict[str, Any]]:
    """Lists the deployed standing schedules, with who watches each.

    Example: standing_schedules() gives [{"schedule": "x", "state": "ENABLED", "watched_by": "y"}].
    """
    return json_rows(fire.brain.all("standing_schedules"))


@reading_tool
def fires_without_note(fire: Fire, hours: int = 3) -> list[dict[str, Any]]:
    """Lists the managers' fires that did their work in the last hours, each with whether a note closed it.

    Example: fires_without_note(hours=3) gives [{"role": "x", "session_id": 90, "has_note": true}].
    """
    return json_rows(fire.brain.all("fires_without_note", since=fire.now - timedelta(hours=hours)))


@reading_tool
def late_answers(fire: Fire, hours: int = 2) -> list[dict[str, Any]]:
    """Lists findings of today's level without an answer for so many hours, which you have not escalated yet.

    Example: late_answers(hours=2) gives [{"id": 7, "watcher": "x", "title": "...", "woken_at": "..."}].
    """
    return json_rows(fire.brain.all("late_answers", hours=hours))


@tool
def raise_stale_escalations(fire: Fire, hours: int = RAISED_AFTER_HOURS) -> list[int]:
    """Puts escalations that wait too long back on top of the mail they wait in; twice at most. Gives their numbers.

    Example: raise_stale_escalations(hours=6) gives [4].
    """
    waiting = fire.brain.all("waiting_escalations", hours=hours)
    raised = [row["id"] for row in waiting if fire.brain.value("raise_again", message_id=row["id"], hours=hours)]
    for message in raised:
        fire.learn("raised", f"message {message} waits again: nobody answered it", escalation=message)
    return raised
