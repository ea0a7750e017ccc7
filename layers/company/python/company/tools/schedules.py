"""Tools on schedules: what is published, what is deployed, what really ran; and switching one back on."""

from datetime import datetime
from typing import Any

from company.errors import Refused, ToolError
from company.fire.fire import Fire
from company.tools import by_need, reading_tool, tool
from company.watch.retries import RetryVerdict
from company.watch.schedules import (
    DeployedSchedule,
    MutedFinding,
    ScheduleDescription,
    ScheduleFacts,
    Session,
    Slot,
)

UPDATABLE = (
    "Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "EndDate", "Description",
    "Target", "FlexibleTimeWindow", "ActionAfterCompletion", "KmsKeyArn",
)  # fmt: skip


@by_need
@reading_tool
def describe_schedule(fire: Fire, schedule: str) -> ScheduleDescription:
    """Describes a schedule: as published, as deployed, our last deploy, its last slots and sessions.

    deployed.state is ENABLED or DISABLED, as EventBridge says now; if it cannot be asked, seen is the time it was seen.
    Example: describe_schedule(schedule="x") gives {"deployed": {"state": "DISABLED"}, "slots": [...]}.
    """
    facts = fire.brain.row(ScheduleFacts, "schedule_facts", schedule=schedule)
    if facts is None:
        raise ToolError(f"no role and no deployed schedule is called {schedule}")
    return ScheduleDescription(
        **vars(facts),
        deployed=_ask_eventbridge(fire, facts),
        slots=fire.brain.rows(Slot, "last_slots", schedule=schedule, limit=5),
        sessions=fire.brain.rows(Session, "last_sessions", schedule=schedule, limit=3),
    )


@by_need
@tool
def retry_slot(fire: Fire, schedule: str, due_at: str, finding_id: int | None = None) -> dict[str, str]:
    """Asks heartbeat to fire a missed or failed slot of a schedule that you watch again, at its next beat.

    Once per slot, and only where that is safe: verdict is "asked", or says why not. The miss stays recorded.
    Example: retry_slot(schedule="x", due_at="2026-03-11T17:40:00+00:00", finding_id=7) gives {"verdict": "asked"}.
    """
    try:
        answer = fire.brain.row(
            RetryVerdict,
            "ask_retry",
            schedule=schedule,
            due_at=datetime.fromisoformat(due_at),
            finding_id=finding_id,
        )
    except Refused as refused:
        return {"verdict": str(refused)}
    assert answer is not None, "ask_retry is one row"
    return {"verdict": answer.text}


@by_need
@reading_tool
def muted_schedules(fire: Fire) -> list[MutedFinding]:
    """Lists open findings about muted schedules: those you watch, and those of your people who may not ask the owner.

    A finding about many schedules names all of them.
    Example: muted_schedules() gives [{"id": 7, "subject": "x", "schedules": ["x"], "found_at": "..."}].
    """
    return fire.brain.rows(MutedFinding, "muted_under_me")


@by_need
@tool
def switch_schedule_on(fire: Fire, schedule: str, decision_id: int) -> dict[str, str]:
    """Switches a muted schedule back on, and changes nothing else of it.

    Only with the owner's yes to your own question about this schedule, and only if you watch or manage its role.
    Example: switch_schedule_on(schedule="x", decision_id=2) gives {"schedule": "x", "state": "ENABLED"}.
    """
    try:
        with fire.brain.transaction():
            fire.brain.run("use_yes", decision_id=decision_id, schedule=schedule)
            state = _enable(fire, schedule)
    except Refused as refused:
        raise ToolError(str(refused)) from refused
    fire.learn("switched_on", f"{schedule} is {state} after the owner's yes to D-{decision_id}", schedule=schedule)
    return {"schedule": schedule, "state": state}


def _enable(fire: Fire, name: str) -> str:
    """ToolError, which leaves the owner's yes unused, where EventBridge refuses."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        state = _update(fire.cloud.client("scheduler"), fire.settings.schedule_group, name)
    except (BotoCoreError, ClientError) as error:
        raise ToolError(f"EventBridge refused: {error}") from error
    if state != "ENABLED":
        raise ToolError(f"EventBridge accepted the change and still says {state}")
    return state


def _update(scheduler: Any, group: str, name: str) -> str:
    """An update replaces the whole schedule, so every other field is sent back as it was."""
    now = scheduler.get_schedule(GroupName=group, Name=name)
    kept = {field: now[field] for field in UPDATABLE if now.get(field) is not None}
    scheduler.update_schedule(**kept, State="ENABLED")
    return str(scheduler.get_schedule(GroupName=group, Name=name)["State"])


def _ask_eventbridge(fire: Fire, facts: ScheduleFacts) -> DeployedSchedule:
    """What EventBridge says now; where it cannot be asked, what heartbeat saw last, with its time."""
    from botocore.exceptions import BotoCoreError, ClientError

    group = fire.settings.schedule_group
    try:
        now = fire.cloud.client("scheduler").get_schedule(GroupName=group, Name=facts.schedule)
    except (BotoCoreError, ClientError) as error:
        why = str(error)[:200]
        return DeployedSchedule(facts.state_seen, facts.expression_seen, seen=facts.seen_at, why_not_asked=why)
    timezone = now.get("ScheduleExpressionTimezone", "UTC")
    return DeployedSchedule(now["State"], now["ScheduleExpression"], seen="now", timezone=timezone)
