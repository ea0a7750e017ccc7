"""For the owner's commands: a schedule's one switch in EventBridge, all the rest of it left as it is."""

from watchbill.cloud.aws import LocalAws

KEPT = (
    "Description",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "EndDate",
    "FlexibleTimeWindow",
    "Target",
    "ActionAfterCompletion",
    "KmsKeyArn",
)


def switch_schedule(cloud: LocalAws, group: str, schedule: str, *, on: bool) -> str:
    """ENABLED or DISABLED; an update replaces a schedule whole, so everything else is handed back as it was found."""
    scheduler = cloud.client("scheduler")
    found = scheduler.get_schedule(GroupName=group, Name=schedule)
    kept = {part: found[part] for part in KEPT if found.get(part)}
    state = "ENABLED" if on else "DISABLED"
    scheduler.update_schedule(GroupName=group, Name=schedule, State=state, **kept)
    return state
