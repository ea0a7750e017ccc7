"""How a schedule without fires is described: only what was checked, and who changed it only with a time."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from company.watch.schedule_state import describe
from company.watch.schedules import DeployedSchedule, ScheduleDescription, Session

NOW = datetime(2026, 3, 11, 21, 16, tzinfo=UTC)
OFF = DeployedSchedule(state="DISABLED", expression=None, seen="now")
DEPLOYED = datetime(2026, 3, 11, 6, 55, tzinfo=UTC)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def facts(**changes: Any) -> ScheduleDescription:
    published = {"published_expression": "cron(30 0/4 * * ? *)", "published_timezone": "UTC"}
    known: dict[str, Any] = {"deployed": OFF, "last_deploy_at": DEPLOYED, "slots": [], "sessions": []}
    return ScheduleDescription(
        **{**dict.fromkeys(ScheduleDescription.__dataclass_fields__), **published, **known, **changes}
    )


@pytest.mark.parametrize(
    ("modified_at", "found_at", "text"),
    [
        (
            at("2026-03-11T21:14Z"),
            None,
            "Changed Wed 21:14; our last deploy was Wed 06:55, so not by a deploy of ours.",
        ),
        (
            None,
            at("2026-03-11T21:15Z"),
            "Found by heartbeat Wed 21:15; our last deploy was Wed 06:55, so not by",
        ),
        (at("2026-11-22T13:00Z"), None, "When it was changed is not known; our last deploy was Wed 06:55."),
        (
            at("2026-03-11T06:55:10Z"),
            at("2026-03-11T07:00Z"),
            "When it was changed is not known; our last deploy",
        ),
    ],
)
def test_our_own_deploy_is_excluded_only_by_its_time(
    modified_at: datetime | None, found_at: datetime | None, text: str
) -> None:
    assert text in describe(facts(modified_at=modified_at), NOW, "UTC", found_at)


def test_an_enabled_schedule_has_no_question_about_who_disabled_it() -> None:
    text = describe(facts(deployed=replace(OFF, state="ENABLED")), NOW, "UTC")

    assert text.startswith(
        "Checked Wed 21:16: deployed ENABLED, published cron(30 0/4 * * ? *) UTC. It has had no slot"
    )
    assert "deploy of ours" not in text


def test_the_last_error_is_quoted_with_its_hour() -> None:
    sessions = [
        Session(2, NOW, at("2026-03-11T20:30Z"), NOW, "done", None),
        Session(1, NOW, at("2026-03-11T16:30Z"), NOW, "crashed", "KeyError: 'x'"),
    ]

    assert "Its session of Wed 16:30 crashed: KeyError: 'x'." in describe(facts(sessions=sessions), NOW, "UTC")


def test_a_schedule_that_nobody_published_is_said_to_be_none() -> None:
    stray = facts(published_expression=None, published_timezone=None)

    assert "deployed DISABLED, not published." in describe(stray, NOW, "UTC")
