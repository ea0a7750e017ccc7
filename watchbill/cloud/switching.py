"""Enables or disables a schedule in EventBridge and leaves the rest of it unchanged."""

from company.aws.clients import Clients

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


def switch_schedule(cloud: Clients, group: str, schedule: str, *, on: bool) -> str:
    """Returns ENABLED or DISABLED. An update replaces the whole schedule, so the other parts are sent unchanged."""
    scheduler = cloud.client("scheduler")
    found = scheduler.get_schedule(GroupName=group, Name=schedule)
    kept = {part: found[part] for part in KEPT if found.get(part)}
    state = "ENABLED" if on else "DISABLED"
    scheduler.update_schedule(GroupName=group, Name=schedule, State=state, **kept)
    return state
