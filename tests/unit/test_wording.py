"""Figures and times as the staff writes them."""

from datetime import UTC, datetime, timedelta

from company.json_values import json_ready
from company.text.wording import counted, day_and_time, hours_text, join_with_and

WEDNESDAY = datetime(2026, 3, 11, 22, 14, tzinfo=UTC)


def test_a_time_of_this_week_has_its_day_and_an_older_one_its_date() -> None:
    assert day_and_time(WEDNESDAY, "UTC", WEDNESDAY + timedelta(days=6)) == "Wed 22:14"
    assert day_and_time(WEDNESDAY.isoformat(), "Asia/Tokyo", WEDNESDAY) == "Thu 07:14"
    assert day_and_time(WEDNESDAY, "UTC", WEDNESDAY + timedelta(days=6, hours=9)) == "11 Mar 2026 22:14"
    assert day_and_time(WEDNESDAY, "UTC", WEDNESDAY - timedelta(days=30)) == "11 Mar 2026 22:14"
    assert day_and_time(None, "UTC", WEDNESDAY) == "never"


def test_figures_have_their_noun_and_their_unit() -> None:
    assert [counted(1, "batch", "batches"), counted(1204, "row")] == ["1 batch", "1,204 rows"]
    assert [hours_text(42.3), hours_text(0.52), hours_text(2.0)] == ["42 h", "0.5 h", "2 h"]
    assert [join_with_and([]), join_with_and(["a"]), join_with_and(["a", "b", "c"])] == ["nothing", "a", "a, b and c"]


def test_a_row_becomes_plain_json() -> None:
    row = {"at": WEDNESDAY, "age": timedelta(hours=29, minutes=30), "names": ("a", "b"), "left": None}

    assert json_ready(row) == {"at": "2026-03-11T22:14:00+00:00", "age": 29.5, "names": ["a", "b"], "left": None}
