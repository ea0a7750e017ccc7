"""Figures and times as the staff writes them."""

from datetime import UTC, datetime, timedelta

from company.json_values import json_ready
from company.wording import clock, counted, hours, sentence

WEDNESDAY = datetime(2026, 3, 11, 22, 14, tzinfo=UTC)


def test_a_moment_of_this_week_has_its_day_and_an_older_one_its_date() -> None:
    assert clock(WEDNESDAY) == "Wed 22:14"
    assert clock(WEDNESDAY.isoformat(), "Asia/Tokyo") == "Thu 07:14"
    assert clock(WEDNESDAY, now=WEDNESDAY + timedelta(days=9)) == "11 Mar 2026 22:14"
    assert clock(None) == "never"


def test_figures_have_their_noun_and_their_unit() -> None:
    assert [counted(1, "batch", "batches"), counted(1204, "row")] == ["1 batch", "1,204 rows"]
    assert [hours(42.3), hours(0.52), hours(2.0)] == ["42 h", "0.5 h", "2 h"]
    assert [sentence([]), sentence(["a"]), sentence(["a", "b", "c"])] == ["nothing", "a", "a, b and c"]


def test_a_row_becomes_what_json_can_say() -> None:
    row = {"at": WEDNESDAY, "age": timedelta(hours=29, minutes=30), "names": ("a", "b"), "left": None}

    assert json_ready(row) == {"at": "2026-03-11T22:14:00+00:00", "age": 29.5, "names": ["a", "b"], "left": None}
