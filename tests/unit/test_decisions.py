"""The time by which the owner must answer: the next noon in her zone that is far enough away."""

from datetime import UTC, datetime

import pytest

from company.owner.answer_time import answer_by


@pytest.mark.parametrize(
    ("asked", "zone", "by"),
    [
        ("2026-03-11T03:00", "UTC", "2026-03-11T12:00"),
        ("2026-03-11T10:00", "UTC", "2026-03-11T12:00"),
        ("2026-03-11T10:01", "UTC", "2026-03-12T12:00"),
        ("2026-03-11T22:15", "UTC", "2026-03-12T12:00"),
        ("2026-03-11T22:15", "Asia/Tokyo", "2026-03-12T03:00"),
        ("2026-03-28T22:15", "Europe/Lisbon", "2026-03-29T11:00"),
    ],
)
def test_a_question_is_answered_by_the_owners_next_noon(asked: str, zone: str, by: str) -> None:
    moment = datetime.fromisoformat(asked).replace(tzinfo=UTC)

    assert answer_by(moment, zone) == datetime.fromisoformat(by).replace(tzinfo=UTC)
