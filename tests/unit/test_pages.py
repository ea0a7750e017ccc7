"""How pages show schedules, strips, spans and times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from company.pages.banner import REAL_TIME, desk_banner
from company.pages.rhythm import describe_expression
from company.pages.slots import SlotEnd, Slots, strip
from company.pages.slots_wording import hours, total
from company.text.wording import clipped, duration_text, moment_text, number_in_words, one_line, zone_name

A_DAY = timedelta(days=1)
NOW = datetime(2026, 3, 12, 6, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0/5 * * * ? *)", "every 5 min"),
        ("cron(5 * * * ? *)", "hourly :05"),
        ("cron(10,40 * * * ? *)", "2 an hour"),
        ("cron(30 0/4 * * ? *)", "every 4 h"),
        ("cron(0 6,18 * * ? *)", "06:00 18:00"),
        ("cron(50 0,6,12,18 * * ? *)", "4 a day"),
        ("rate(1 hour)", "every hour"),
        ("rate(15 minutes)", "every 15 minutes"),
        ("cron(0 9 ? * MON-FRI *)", "cron(0 9 ? * MON-FRI *)"),
        (None, "-"),
    ],
)
def test_a_schedule_is_described_simply_or_shown_unchanged(expression: str | None, expected: str) -> None:
    assert describe_expression(expression) == expected


def slot(minutes: int, status: str, *, late: bool = False) -> SlotEnd:
    return SlotEnd(
        schedule="ceo",
        due_at=NOW + timedelta(minutes=minutes),
        status=status,
        late=late,
        started_at=None,
        was_expected=True,
        is_wake=False,
        undelivered=0,
    )


def test_a_strip_shows_the_worst_of_each_hour() -> None:
    slots = [slot(0, "succeeded"), slot(30, "missed"), slot(65, "skipped"), slot(130, "succeeded", late=True)]

    assert strip(slots, NOW, NOW + A_DAY) == "X-!" + "." * 21


def test_a_timeout_is_worse_than_a_miss_and_a_failure_worse_than_both() -> None:
    assert strip([slot(0, "missed"), slot(1, "timed_out")], NOW, NOW + A_DAY)[0] == "T"
    assert strip([slot(0, "failed"), slot(1, "timed_out")], NOW, NOW + A_DAY)[0] == "F"


def test_work_that_was_done_and_not_delivered_is_not_shown_as_well() -> None:
    unsent = replace(slot(0, "succeeded"), undelivered=1)

    assert strip([unsent, slot(30, "succeeded", late=True)], NOW, NOW + A_DAY)[0] == "U"
    assert strip([unsent, slot(30, "missed")], NOW, NOW + A_DAY)[0] == "X"
    page = Slots("T", ZoneInfo("UTC"), NOW, NOW + A_DAY, True, "", [unsent, slot(30, "succeeded")], [])
    assert "= 2 succeeded; 1 did not get through what they sent: ceo Thu 06:50" in total(page)


def test_a_strip_has_24_equal_parts_however_long_the_span() -> None:
    week = [slot(0, "missed"), slot(7 * 60, "succeeded"), slot(7 * 24 * 60, "skipped")]

    assert strip(week, NOW, NOW + timedelta(days=7)) == "X#" + "." * 21 + "-"
    assert strip([slot(45, "missed")], NOW, NOW + timedelta(minutes=90)) == "." * 12 + "X" + "." * 11


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        (A_DAY, "07 10 13 16 19 22 01 04 "),
        (timedelta(hours=12), "07:50 10:50 13:50 16:50 "),
        (timedelta(days=4), "Thu07 Fri07 Sat07 Sun07 "),
        (timedelta(days=28), "12Mar 19Mar 26Mar 02Apr "),
    ],
)
def test_the_hours_above_the_strips_are_the_owners_and_fit_the_span(covered: timedelta, expected: str) -> None:
    page = Slots("Tidewatch", ZoneInfo("Europe/Paris"), NOW, NOW + covered, True, "", [], [])

    assert hours(page) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=42), "42 h"),
        (timedelta(hours=95, minutes=59), "95 h"),
        (timedelta(days=4), "4 days"),
    ],
)
def test_a_span_has_the_most_useful_unit(length: timedelta, expected: str) -> None:
    assert duration_text(length) == expected


def test_a_time_is_shown_as_precisely_as_it_is_near() -> None:
    zone = ZoneInfo("Europe/Lisbon")

    assert moment_text(NOW + timedelta(hours=5), NOW, zone) == "today 11:50"
    assert moment_text(NOW - timedelta(hours=12), NOW, zone) == "Wed 18:50"
    assert moment_text(NOW - timedelta(days=9), NOW, zone) == "3 Mar 06:50"
    assert moment_text(NOW - timedelta(days=90), NOW, zone) == "12 Dec 2025 06:50"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", "UTC"), ("Asia/Kolkata", "Kolkata (UTC+5:30)"), ("America/New_York", "New York (UTC-4)")],
)
def test_a_zone_is_shown_with_its_offset(zone: str, expected: str) -> None:
    assert zone_name(NOW, ZoneInfo(zone)) == expected


def test_any_characters_become_one_plain_line() -> None:
    assert one_line("“naïve” — 5 €\n<ok> · 漢") == '"naive" - 5 ? <ok> · ?'


def test_what_is_cut_is_shown_as_cut() -> None:
    assert clipped("a long sentence", 10) == "a long..."
    assert clipped("short", 10) == "short"


def test_small_numbers_are_written_as_words() -> None:
    assert [number_in_words(n) for n in (0, 3, 12, 13)] == ["no", "three", "twelve", "13"]


@pytest.mark.parametrize(
    ("data_kind", "banner"),
    [
        ("sample data", "SIMULATED DAY, sample data"),
        ("", "SIMULATED DAY, simulated time"),
        (f"{REAL_TIME}, live feeds", "ON THIS MACHINE, real time, live feeds"),
    ],
)
def test_a_page_of_a_desk_says_what_it_is_made_of(data_kind: str, banner: str) -> None:
    assert desk_banner(data_kind) == banner
