"""What is said of a silent schedule: only what was looked at, and never who did it without a stamp."""

from datetime import UTC, datetime
from typing import Any

import pytest

from company.watch.schedule_state import describe

NOW = datetime(2026, 3, 11, 21, 16, tzinfo=UTC)
DEPLOYED = "2026-03-11T06:55:00+00:00"


def facts(**changes: Any) -> dict[str, Any]:
    deployed = {"state": "DISABLED", "seen": "now"}
    published = {"published_expression": "cron(30 0/4 * * ? *)", "published_timezone": "UTC"}
    known: dict[str, Any] = {"last_deploy_at": DEPLOYED, "modified_at": None, "slots": [], "sessions": []}
    return {"deployed": deployed, **published, **known, **changes}


@pytest.mark.parametrize(
    ("modified_at", "found_at", "said"),
    [
        (
            "2026-03-11T21:14:00+00:00",
            None,
            "Changed Wed 21:14; our last deploy was Wed 06:55, so not by a deploy of ours.",
        ),
        (None, "2026-03-11T21:15:00+00:00", "Found by heartbeat Wed 21:15; our last deploy was Wed 06:55, so not by"),
        ("2026-11-22T13:00:00+00:00", None, "When it was changed is not known; our last deploy was Wed 06:55."),
        ("2026-03-11T06:55:10+00:00", "2026-03-11T07:00:00+00:00", "When it was changed is not known; our last deploy"),
    ],
)
def test_a_deploy_of_ours_is_cleared_only_by_the_times(
    modified_at: str | None, found_at: str | None, said: str
) -> None:
    assert said in describe(facts(modified_at=modified_at), NOW, "UTC", found_at)


def test_a_schedule_that_is_on_is_not_asked_who_switched_it_off() -> None:
    said = describe(facts(deployed={"state": "ENABLED", "seen": "now"}), NOW, "UTC")

    assert said.startswith(
        "Checked Wed 21:16: deployed ENABLED, published cron(30 0/4 * * ? *) UTC. It has had no slot"
    )
    assert "deploy of ours" not in said


def test_the_last_error_is_quoted_with_its_hour() -> None:
    sessions = [
        {"outcome": "done", "reason": None, "started_at": "2026-03-11T20:30:00+00:00"},
        {"outcome": "crashed", "reason": "KeyError: 'x'", "started_at": "2026-03-11T16:30:00+00:00"},
    ]

    assert "Its session of Wed 16:30 crashed: KeyError: 'x'." in describe(facts(sessions=sessions), NOW, "UTC")
