"""A story's lines: each moment is told apart from the same weekday of another week."""

from datetime import datetime, timedelta

from company.pages.why import Story
from company.pages.why_events import Event
from tests.support.brains import MORNING
from watchbill.cli.commands.why import story_lines


def story(*moments: datetime) -> Story:
    events = tuple(Event(at, "heartbeat", "seen again") for at in moments)
    return Story("F-1", "epss is 29 h old", events, ("answered",))


def test_moments_of_these_days_have_their_weekday() -> None:
    lines = story_lines(story(MORNING - timedelta(days=1), MORNING), MORNING, 80)

    assert lines[2:] == ["Tue 07:00  heartbeat  seen again", "Wed 07:00  heartbeat  seen again", "open       answered"]


def test_a_moment_of_more_than_six_days_ago_has_its_date_and_the_others_stand_below_it() -> None:
    lines = story_lines(story(MORNING - timedelta(days=8), MORNING), MORNING, 80)

    assert lines[2:] == [
        "3 Mar 2026 07:00  heartbeat  seen again",
        "Wed 07:00         heartbeat  seen again",
        "open              answered",
    ]
