"""The event that starts a fire: {role, schedule, due_at, attempt}, as EventBridge Scheduler's Input states it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from company.errors import EventError


class FireEvent(BaseModel):
    """One slot of a schedule that is due. due_at is UTC; attempt is the scheduler's, not Lambda's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str = Field(min_length=1, max_length=40)
    schedule: str = Field(min_length=1, max_length=80)
    due_at: AwareDatetime
    attempt: int = Field(default=1, ge=0)

    @field_validator("due_at")
    @classmethod
    def in_utc(cls, due_at: datetime) -> datetime:
        return due_at.astimezone(UTC)


def read_event(event: object, *, role: str) -> FireEvent:
    """Checks an event for this role, before anything is written. EventError says what is wrong and what to do."""
    if not isinstance(event, Mapping):
        raise EventError(
            f"the event of {role} is {type(event).__name__}, not an object {{role, schedule, due_at, attempt}}"
        )
    for field, value in event.items():
        if isinstance(value, str) and "<aws.scheduler." in value:
            raise EventError(
                f"the event of {role} carries the placeholder {value} literally in {field}: "
                "only EventBridge Scheduler fills it; put a real value there"
            )
    try:
        fire = FireEvent.model_validate(event)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise EventError(f"the event of {role} is malformed: {faults}") from error
    if fire.role != role:
        raise EventError(f"the event is for {fire.role}, but this is the function of {role}: fix the schedule's Input")
    return fire
