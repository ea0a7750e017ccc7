"""An event that no fire can start from says which field is wrong, before anything is written."""

from datetime import UTC, datetime
from typing import Any

import pytest

from company.errors import EventError
from company.fire.events import read_event

WHOLE = {"role": "ceo", "schedule": "ceo", "due_at": "2026-03-11T07:00:00Z", "attempt": "1"}


def test_a_whole_event_is_read_in_utc() -> None:
    event = read_event({**WHOLE, "due_at": "2026-03-11T09:00:00+02:00"}, role="ceo")

    assert (event.due_at, event.due_at.tzinfo, event.attempt) == (datetime(2026, 3, 11, 7, tzinfo=UTC), UTC, 1)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (None, "is NoneType, not an object"),
        ([WHOLE], "is list, not an object"),
        ("fire", "is str, not an object"),
        ({}, "role: Field required"),
        ({**WHOLE, "role": "deliver"}, "the event is for deliver, but this is the function of ceo"),
        ({**WHOLE, "due_at": "soon"}, "due_at"),
        ({**WHOLE, "due_at": "2026-03-11T07:00:00"}, "due_at: Input should have timezone info"),
        ({**WHOLE, "due_at": None}, "due_at"),
        ({**WHOLE, "attempt": "-1"}, "attempt"),
        ({**WHOLE, "attempt": "one"}, "attempt"),
        ({**WHOLE, "schedule": ""}, "schedule"),
        ({**WHOLE, "schedule": "x" * 81}, "schedule"),
        ({**WHOLE, "due_at": "<aws.scheduler.scheduled-time>"}, "only EventBridge Scheduler fills it"),
    ],
)
def test_a_bad_event_says_what_is_wrong(event: Any, message: str) -> None:
    with pytest.raises(EventError) as caught:
        read_event(event, role="ceo")

    assert message in str(caught.value)
    assert "ceo" in str(caught.value)


def test_fields_that_the_scheduler_adds_are_ignored() -> None:
    assert read_event({**WHOLE, "execution-id": "1", "odd": {"deep": 1}}, role="ceo").role == "ceo"
