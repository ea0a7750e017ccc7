"""Attacks the schedule expressions: when AWS would fire, and what it would refuse."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from company.watch.expressions import Expression, InvalidExpression

# Worked out by hand from a calendar: expression, zone, strictly after (UTC), the next fires (UTC).
DUE = [
    ("cron(0 12 29 2 ? *)", "UTC", "2023-03-01 00:00", ["2024-02-29 12:00", "2028-02-29 12:00"]),
    ("cron(0 0 29 2 ? *)", "UTC", "2096-03-01 00:00", ["2104-02-29 00:00"]),
    ("cron(0 8 ? * 2#5 *)", "UTC", "2026-03-01 00:00", ["2026-03-30 08:00", "2026-06-29 08:00"]),
    ("cron(0 8 ? * MON#1 *)", "UTC", "2026-03-11 07:00", ["2026-04-06 08:00", "2026-05-04 08:00"]),
    ("cron(0 0 ? * 6L *)", "UTC", "2026-03-11 07:00", ["2026-03-27 00:00", "2026-04-24 00:00"]),
    ("cron(0 0 ? * FRIL *)", "UTC", "2026-03-11 07:00", ["2026-03-27 00:00", "2026-04-24 00:00"]),
    ("cron(0 0 ? * 1L *)", "UTC", "2026-03-11 07:00", ["2026-03-29 00:00", "2026-04-26 00:00"]),
    ("cron(0 0 ? * L *)", "UTC", "2026-03-11 07:00", ["2026-03-14 00:00", "2026-03-21 00:00"]),
    ("cron(0 0 L * ? *)", "UTC", "2028-02-01 00:00", ["2028-02-29 00:00", "2028-03-31 00:00"]),
    ("cron(30 17 LW * ? *)", "UTC", "2026-01-01 00:00", ["2026-01-30 17:30", "2026-02-27 17:30"]),
    ("cron(0 0 LW 5 ? *)", "UTC", "2026-01-01 00:00", ["2026-05-29 00:00", "2027-05-31 00:00"]),
    ("cron(0 0 31W 1,5 ? *)", "UTC", "2026-01-01 00:00", ["2026-01-30 00:00", "2026-05-29 00:00"]),
    ("cron(0 0 1W * ? *)", "UTC", "2026-01-31 00:00", ["2026-02-02 00:00", "2026-03-02 00:00"]),
    ("cron(0 0 15W * ? *)", "UTC", "2026-03-01 00:00", ["2026-03-16 00:00", "2026-04-15 00:00"]),
    ("cron(0/15 8-9 ? * 2-6 *)", "UTC", "2026-03-13 09:44", ["2026-03-13 09:45", "2026-03-16 08:00"]),
    ("cron(5/20 * * * ? *)", "UTC", "2026-03-11 07:45", ["2026-03-11 08:05", "2026-03-11 08:25"]),
    ("cron(10,40 * * * ? *)", "UTC", "2026-03-11 07:10", ["2026-03-11 07:40", "2026-03-11 08:10"]),
    ("cron(0 0 ? * 6-2 *)", "UTC", "2026-03-10 00:00", ["2026-03-13 00:00", "2026-03-14 00:00", "2026-03-15 00:00"]),
    ("cron(0 0 ? * 1,7 *)", "UTC", "2026-03-11 00:00", ["2026-03-14 00:00", "2026-03-15 00:00"]),
    ("cron(0 0 1 JAN,JUL ? 2027-2028)", "UTC", "2027-01-02 00:00", ["2027-07-01 00:00", "2028-01-01 00:00"]),
    ("cron(0 0 1 1 ? 2024/4)", "UTC", "2026-01-01 00:00", ["2028-01-01 00:00", "2032-01-01 00:00"]),
    ("cron(0 0 30 2 ? *)", "UTC", "2026-01-01 00:00", []),
    ("cron(0 0 1 1 ? 2020)", "UTC", "2026-01-01 00:00", []),
    ("cron(0 7 * * ? *)", "Europe/Lisbon", "2026-03-28 12:00", ["2026-03-29 06:00", "2026-03-30 06:00"]),
    ("cron(30 1 * * ? *)", "Europe/Lisbon", "2026-03-28 12:00", ["2026-03-30 00:30", "2026-03-31 00:30"]),
    ("cron(30 1 * * ? *)", "Europe/Lisbon", "2026-10-24 12:00", ["2026-10-25 00:30", "2026-10-26 01:30"]),
    ("cron(0/30 1 * * ? *)", "Europe/Lisbon", "2026-10-25 00:30", ["2026-10-26 01:00", "2026-10-26 01:30"]),
    ("cron(30 2 * * ? *)", "America/New_York", "2026-03-07 12:00", ["2026-03-09 06:30"]),
    ("cron(30 1 * * ? *)", "America/New_York", "2026-10-31 12:00", ["2026-11-01 05:30", "2026-11-02 06:30"]),
    ("cron(15 2 * * ? *)", "Australia/Lord_Howe", "2026-10-02 12:00", ["2026-10-02 15:45", "2026-10-04 15:15"]),
    ("cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-03 20:00", ["2026-04-04 14:45", "2026-04-05 15:15"]),
    ("cron(0 0 * * ? *)", "Asia/Kathmandu", "2026-03-11 00:00", ["2026-03-11 18:15"]),
    ("at(2026-03-11T07:05:30)", "UTC", "2026-03-11 07:05", ["2026-03-11 07:05"]),
    ("at(2026-03-11T07:05:00)", "UTC", "2026-03-11 07:05", []),
    ("at(2026-10-25T01:30:00)", "Europe/Lisbon", "2026-10-01 00:00", ["2026-10-25 00:30"]),
]

REFUSED = [
    ("cron(60 * * * ? *)", "minutes: 0-59"),
    ("cron(0 24 * * ? *)", "hours: 0-23"),
    ("cron(0 0 32 * ? *)", "day-of-month: 1-31"),
    ("cron(0 0 15W,20 * ? *)", "W with a single day"),
    ("cron(0 0 1 13 ? *)", "month: 1-12"),
    ("cron(0 0 ? * 0 *)", "day-of-week: 1-7"),
    ("cron(0 0 ? * 2#6 *)", "day-of-week: 1-7"),
    ("cron(0 0 ? * L-3 *)", "day-of-week"),
    ("cron(0 0 1 1 ? 1969)", "year: 1970-2099"),
    ("cron(0 0 1 1 ? 2150)", "year: 1970-2099"),
    ("cron(0 0 * * * *)", "exactly one of day-of-month and day-of-week is ?"),
    ("cron(0 0 ? * ? *)", "exactly one of day-of-month and day-of-week is ?"),
    ("cron(0 0 * * ?)", "six fields"),
    ("cron(0  0 * * ? *)", "six fields"),
    ("cron(*-5 0 * * ? *)", "minutes: 0-59"),
    ("rate(1 minutes)", "minute for 1"),
    ("rate(5 minute)", "minutes for 5"),
    ("rate(0 hours)", "above 0"),
    ("rate(1.5 hours)", "whole number"),
    ("rate(2 weeks)", "day(s)"),
    ("rate(99999999999 days)", "too large"),
    ("at(2026-02-30T00:00:00)", "day is out of range"),
    ("at(2026-03-11T07:05)", "yyyy-mm-ddThh:mm:ss"),
    ("at(2026-03-11T07:05:00Z)", "without a zone"),
    ("every day", "must be cron(6 fields)"),
    (" cron(0 0 * * ? *)", "must be cron(6 fields)"),
    ("", "must be cron(6 fields)"),
]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("text", "zone", "after", "expected"), DUE, ids=[f"{row[0]} {row[1]}" for row in DUE])
def test_a_schedule_is_due_when_aws_would_fire_it(text: str, zone: str, after: str, expected: list[str]) -> None:
    expression = Expression.parse(text, zone)

    due, found = moment(after), []
    for _ in range(max(1, len(expected))):
        following = expression.next_after(due)
        found += [] if following is None else [f"{following:%Y-%m-%d %H:%M}"]
        due = following or due

    assert found == expected


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_malformed_schedule_is_refused_with_what_is_allowed(text: str, reason: str) -> None:
    start = datetime(2026, 3, 11, tzinfo=UTC)

    with pytest.raises(InvalidExpression) as refusal:
        Expression.parse(text, "UTC", start)

    assert reason in str(refusal.value)


def test_an_unknown_time_zone_is_refused_by_name() -> None:
    with pytest.raises(InvalidExpression, match="Europe/Lissabon"):
        Expression.parse("cron(0 0 * * ? *)", "Europe/Lissabon")


def test_a_one_off_at_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(InvalidExpression, match="skip this time"):
        Expression.parse("at(2026-03-29T01:30:00)", "Europe/Lisbon")


def test_a_rate_without_a_start_is_refused_because_nobody_could_say_when_it_is_due() -> None:
    with pytest.raises(InvalidExpression, match="needs a start date"):
        Expression.parse("rate(5 minutes)")


def test_a_rate_counts_from_its_start_and_fires_at_it() -> None:
    start = datetime(2026, 3, 11, 7, 2, 30, tzinfo=UTC)

    expression = Expression.parse("rate(2 hours)", "Europe/Lisbon", start)

    assert expression.next_after(start - timedelta(days=3)) == start
    assert expression.next_after(start) == start + timedelta(hours=2)
    assert expression.next_after(start + timedelta(hours=5)) == start + timedelta(hours=6)


def test_a_day_of_a_rate_is_24_hours_also_when_the_clocks_change() -> None:
    start = datetime(2026, 3, 28, 7, tzinfo=UTC)

    fires = Expression.parse("rate(1 day)", "Europe/Lisbon", start).between(start, start + timedelta(days=2))

    assert fires == [start + timedelta(days=1), start + timedelta(days=2)]


def test_a_schedule_fires_only_between_its_start_and_its_end_both_included() -> None:
    start, end = moment("2026-03-11 08:00"), moment("2026-03-11 10:00")

    expression = Expression.parse("cron(0 * * * ? *)", "UTC", start, end)

    assert expression.between(moment("2026-03-11 00:00"), moment("2026-03-12 00:00")) == [
        start,
        start + timedelta(hours=1),
        end,
    ]


def test_adjacent_windows_hold_each_fire_once() -> None:
    expression = Expression.parse("cron(0/7 * * * ? *)", "Europe/Lisbon")
    edges = [moment("2026-10-24 22:00") + timedelta(minutes=35 * step) for step in range(12)]

    pieces = [expression.between(one, two) for one, two in zip(edges, edges[1:], strict=False)]

    assert sum(pieces, []) == expression.between(edges[0], edges[-1])


def test_a_moment_in_any_time_zone_is_understood_and_answered_in_utc() -> None:
    in_lisbon = datetime(2026, 7, 1, 7, 59, tzinfo=timezone(timedelta(hours=1)))

    due = Expression.parse("cron(0 7 * * ? *)").next_after(in_lisbon)

    assert due == moment("2026-07-01 07:00")
    assert due is not None and due.tzinfo is UTC


def test_a_naive_moment_is_a_mistake_and_not_a_guess() -> None:
    naive = datetime(2026, 3, 11, 7)

    expression = Expression.parse("cron(0 7 * * ? *)")

    for mistake in (
        lambda: expression.next_after(naive),
        lambda: expression.between(naive, moment("2026-03-12 00:00")),
        lambda: expression.between(moment("2026-03-11 00:00"), naive),
        lambda: Expression.parse("rate(1 hour)", "UTC", naive),
    ):
        with pytest.raises(ValueError, match="needs its time zone"):
            mistake()


def test_ten_thousand_schedules_of_one_rhythm_are_compiled_once() -> None:
    from company.watch.expressions import _wall_clock  # the test is about the cache

    before = _wall_clock.cache_info().misses
    for number in range(10_000):
        Expression.parse(f"cron({number % 60} 3 * * ? 2031)", "UTC")

    assert _wall_clock.cache_info().misses - before == 60


def test_a_fire_that_parses_nothing_imports_no_cron_library() -> None:
    asked = (
        "import sys; from company.watch.expressions import Expression; from datetime import datetime, UTC;"
        "Expression.parse('rate(5 minutes)', start=datetime.now(UTC)).next_after(datetime.now(UTC));"
        "print(sorted({'croniter', 'aws_cron_expression_validator'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
