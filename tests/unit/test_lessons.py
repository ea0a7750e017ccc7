"""What makes two failures the same mistake."""

import pytest

from company.watch.mistakes import signature


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("route 1 said 503 at 07:15", "route 2 said 500 at 18:40"),
        ("there is no topic 'a'", "there is no topic 'another'"),
        ("session 3fa9c1de-0000-4000-8000-123456789abc ended", "session 99999999-1111-4000-8000-cba987654321 ended"),
        ("GET https://a.invalid/x timed out", "GET https://b.invalid/y timed out"),
    ],
)
def test_other_figures_times_and_names_are_the_same_mistake(one: str, other: str) -> None:
    assert signature("failed", one) == signature("failed", other)


def test_another_outcome_or_another_message_is_another_mistake() -> None:
    assert signature("failed", "no route") != signature("crashed", "no route")
    assert signature("failed", "no route") != signature("failed", "no rows")


def test_a_signature_has_a_limit() -> None:
    assert len(signature("failed", "word " * 500)) <= 160
