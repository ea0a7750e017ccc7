"""What is said of a silent schedule: only what was looked at, and never who did it without a stamp."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from company.watch.schedule_state import DeployedState, PastSession, PublishedSchedule, ScheduleFacts, describe

NOW = datetime(2026, 3, 11, 21, 16, tzinfo=UTC)
PUBLISHED = PublishedSchedule(
    schedule="x",
    role="x",
    description="does x",
    watcher="y",
    manager="z",
    published_expression="cron(30 0/4 * * ? *)",
    published_timezone="UTC",
    state_seen="DISABLED",
    expression_seen=None,
    modified_at=None,
    seen_at=None,
    last_deploy_at=datetime(2026, 3, 11, 6, 55, tzinfo=UTC),
)


def facts(state: str = "DISABLED", modified_at: datetime | None = None, *sessions: PastSession) -> ScheduleFacts:
    deployed: DeployedState = {"state": state, "expression": None, "seen": "now"}
    known = vars(replace(PUBLISHED, modified_at=modified_at))
    return ScheduleFacts(**known, deployed=deployed, slots=(), sessions=sessions)


def session(outcome: str, reason: str | None, started_at: datetime) -> PastSession:
    return PastSession(1, started_at, started_at, started_at, outcome, reason)


def of_march(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("modified_at", "found_at", "said"),
    [
        (
            of_march(11, 21, 14),
            None,
            "Changed Wed 21:14; our last deploy was Wed 06:55, so not by a deploy of ours.",
        ),
        (None, of_march(11, 21, 15), "Found by heartbeat Wed 21:15; our last deploy was Wed 06:55, so not by"),
        (
            datetime(2026, 11, 22, 13, tzinfo=UTC),
            None,
            "When it was changed is not known; our last deploy was Wed 06:55.",
        ),
        (of_march(11, 6, 55, 10), of_march(11, 7, 0), "When it was changed is not known; our last deploy"),
    ],
)
def test_a_deploy_of_ours_is_cleared_only_by_the_times(
    modified_at: datetime | None, found_at: datetime | None, said: str
) -> None:
    assert said in describe(facts(modified_at=modified_at), NOW, "UTC", found_at)


def test_a_schedule_that_is_on_is_not_asked_who_switched_it_off() -> None:
    said = describe(facts("ENABLED"), NOW, "UTC")

    assert said.startswith(
        "Checked Wed 21:16: deployed ENABLED, published cron(30 0/4 * * ? *) UTC. It has had no slot"
    )
    assert "deploy of ours" not in said


def test_the_last_error_is_quoted_with_its_hour() -> None:
    sessions = (
        session("done", None, of_march(11, 20, 30)),
        session("crashed", "KeyError: 'x'", of_march(11, 16, 30)),
    )

    assert "Its session of Wed 16:30 crashed: KeyError: 'x'." in describe(
        facts("DISABLED", None, *sessions), NOW, "UTC"
    )
