"""What only build_manager reads: what fails, what is settled, how changes stand, whether what is deployed runs."""

from datetime import timedelta
from typing import Any

from company.fire.fire import Fire
from company.json_values import json_ready, json_rows
from company.tools import reading_tool

CRASHES = 3


@reading_tool
def failing_checks(fire: Fire) -> list[dict[str, Any]]:
    """Lists checks that stopped the last two editions of a source, one after the other.

    Example: failing_checks() gives [{"source": "x", "check_name": "in_range", "editions": 2, "detail": "..."}].
    """
    return json_rows(fire.brain.all("checks_failing_again"))


@reading_tool
def crashing_roles(fire: Fire, hours: int = 24) -> list[dict[str, Any]]:
    """Lists roles whose attempts died three times or more in the last hours, with the last one's last words.

    Example: crashing_roles(hours=24) gives [{"role": "x", "crashes": 3, "reason": "KeyError: 'a'"}].
    """
    return json_rows(fire.brain.all("crashing_roles", since=fire.now - timedelta(hours=hours), least=CRASHES))


@reading_tool
def settled_tasks(fire: Fire) -> list[dict[str, Any]]:
    """Lists open build tasks whose trouble is over: the source, the check or the role has worked since they were filed.

    Example: settled_tasks() gives [{"id": 12, "kind": "format_changed", "subject": "x", "over_at": "..."}].
    """
    return json_rows(fire.brain.all("obsolete_build_tasks"))


@reading_tool
def tasks_of_one_cause(fire: Fire) -> list[dict[str, Any]]:
    """Lists build tasks about a document that an earlier open one is about already.

    Example: tasks_of_one_cause() gives [{"id": 13, "successor": 12, "source": "x", "raw_id": 41}].
    """
    return json_rows(fire.brain.all("build_tasks_of_one_cause"))


@reading_tool
def change_figures(fire: Fire, hours: int = 24) -> dict[str, Any]:
    """Counts changes: waiting and for how long, proved and not deployed, and what the last hours brought.

    Example: change_figures(hours=24) gives {"waiting": 1, "waiting_hours": 2.5, "proved": 1, "refused": 0, ...}.
    """
    return dict(json_ready(fire.brain.one("change_figures", since=fire.now - timedelta(hours=hours)) or {}))


@reading_tool
def refused_changes(fire: Fire) -> list[dict[str, Any]]:
    """Lists refused changes with the verdict, and whether you have told your manager of each.

    Example: refused_changes() gives [{"id": 3, "title": "...", "verdict": "...", "is_told": false}].
    """
    changes = fire.brain.all("changes_by_status", status="refused")
    return [
        {**json_ready(change), "is_told": fire.brain.value("is_change_escalated", change_id=change["id"])}
        for change in changes
    ]


@reading_tool
def deployment_health(fire: Fire) -> dict[str, Any]:
    """Counts the schedules published, deployed as published, and really run since the last deploy; names what differs.

    Example: deployment_health() gives {"published": 34, "deployed": 33, "running": 34, "differing": ["x"]}.
    """
    return dict(json_ready(fire.brain.one("deployment_health") or {}))
