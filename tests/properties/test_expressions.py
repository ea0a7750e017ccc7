"""Every schedule expression is due when a plain count of minutes gives the same, or is refused with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from company.watch.expressions import Expression, InvalidExpression

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
ZONES = ("UTC", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
CLOCK_CHANGES = [(2026, 3, 8), (2026, 3, 29), (2026, 4, 4), (2026, 10, 3), (2026, 10, 25), (2026, 11, 1)]
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2098, 1, 1), timezones=st.just(UTC))


@dataclass(frozen=True)
class Field:
    """One field as it is written, and the numbers that it means."""

    text: str
    numbers: frozenset[int]


@dataclass(frozen=True)
class Cron:
    """A cron with what its fields mean. Either every day of the month counts, or every day of the week."""

    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field

    @property
    def text(self) -> str:
        fields = (self.minute, self.hour, self.day, self.month, self.weekday)
        return f"cron({' '.join(field.text for field in fields)} *)"

    def is_due(self, wall: datetime) -> bool:
        return (
            wall.minute in self.minute.numbers
            and wall.hour in self.hour.numbers
            and wall.day in self.day.numbers
            and wall.month in self.month.numbers
            and wall.isoweekday() % 7 + 1 in self.weekday.numbers
        )


def parts(first: int, last: int, names: tuple[str, ...], *, has_steps: bool) -> st.SearchStrategy[Field]:
    numbers = st.integers(first, last)
    ranges = st.tuples(numbers, numbers).filter(lambda pair: pair[0] < pair[1])
    kinds = [
        numbers.map(lambda n: Field(str(n), frozenset({n}))),
        ranges.map(lambda pair: Field(f"{pair[0]}-{pair[1]}", frozenset(range(pair[0], pair[1] + 1)))),
    ]
    if names:
        kinds.append(numbers.map(lambda n: Field(names[n - first], frozenset({n}))))
    if has_steps:
        steps = st.tuples(numbers, st.integers(1, last - first))
        kinds.append(steps.map(lambda p: Field(f"{p[0]}/{p[1]}", frozenset(range(p[0], last + 1, p[1])))))
    return st.one_of(kinds)


def fields(first: int, last: int, names: tuple[str, ...] = (), *, has_steps: bool = True) -> st.SearchStrategy[Field]:
    """All, or a list of numbers, ranges and steps."""
    listed = st.lists(parts(first, last, names, has_steps=has_steps), min_size=1, max_size=3).map(
        lambda found: Field(",".join(f.text for f in found), frozenset().union(*(f.numbers for f in found)))
    )
    return st.one_of(st.just(Field("*", frozenset(range(first, last + 1)))), listed)


NO_DAY = st.just(Field("?", frozenset(range(32))))
DAY_AND_WEEKDAY = st.one_of(st.tuples(fields(1, 31), NO_DAY), st.tuples(NO_DAY, fields(1, 7, DAYS, has_steps=False)))
CRONS = st.builds(
    lambda minute, hour, month, days: Cron(minute, hour, days[0], month, days[1]),
    *(fields(0, 59), fields(0, 23), fields(1, 12, MONTHS), DAY_AND_WEEKDAY),
)


def due_in(cron: Cron, walls: Iterable[datetime]) -> list[datetime]:
    return [wall for wall in walls if cron.is_due(wall)]


@given(cron=CRONS, day=st.dates(date(1971, 1, 1), date(2098, 1, 1)))
def test_a_cron_is_due_at_the_minutes_that_its_fields_name(cron: Cron, day: date) -> None:
    start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    due = Expression.parse(cron.text).between(start, start + timedelta(days=2))

    assert due == due_in(cron, (start + timedelta(minutes=n) for n in range(1, 2 * 1440 + 1)))


@given(cron=CRONS, zone=st.sampled_from(ZONES), day=st.sampled_from(CLOCK_CHANGES))
def test_around_a_clock_change_each_wall_time_that_exists_is_due_once(
    cron: Cron, zone: str, day: tuple[int, int, int]
) -> None:
    start = datetime(*day, tzinfo=UTC) - timedelta(hours=12)
    first_shown: dict[datetime, datetime] = {}
    # From two hours before, so that a wall time from just before the start is not taken for a new one.
    for at in (start + timedelta(minutes=n) for n in range(-120, 36 * 60 + 1)):
        first_shown.setdefault(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None), at)

    due = Expression.parse(cron.text, zone).between(start, start + timedelta(hours=36))

    assert due == [first_shown[wall] for wall in due_in(cron, first_shown) if first_shown[wall] > start]


@given(
    cron=CRONS,
    zone=st.sampled_from(ZONES),
    start=MOMENTS,
    minutes=st.lists(st.integers(1, 600), min_size=1, max_size=4),
)
def test_adjacent_windows_hold_each_fire_once(cron: Cron, zone: str, start: datetime, minutes: list[int]) -> None:
    expression = Expression.parse(cron.text, zone)
    edges = [start + timedelta(minutes=sum(minutes[:n])) for n in range(len(minutes) + 1)]

    pieces = [due for begin, end in zip(edges, edges[1:], strict=False) for due in expression.between(begin, end)]

    assert pieces == expression.between(edges[0], edges[-1])
    assert pieces[:1] == [due for due in [expression.next_after(start)] if due and due <= edges[-1]]


@given(
    value=st.integers(1, 10_000),
    unit=st.sampled_from(["minute", "hour", "day"]),
    start=MOMENTS,
    moment=MOMENTS,
)
def test_a_rate_is_due_at_whole_periods_from_its_start(
    value: int, unit: str, start: datetime, moment: datetime
) -> None:
    period = timedelta(**{f"{unit}s": value})

    due = Expression.parse(f"rate({value} {unit}{'s' * (value > 1)})", start=start).next_after(moment)

    assert due is not None and due > moment and due >= start
    assert (due - start) % period == timedelta(0)
    assert due == start or due - period <= moment


@given(at=st.datetimes(datetime(1971, 1, 1), datetime(2098, 1, 1)).map(lambda at: at.replace(microsecond=0)))
def test_a_single_moment_is_due_once(at: datetime) -> None:
    expression, due = Expression.parse(f"at({at:%Y-%m-%dT%H:%M:%S})"), at.replace(tzinfo=UTC)

    assert expression.between(due - timedelta(seconds=1), due + timedelta(days=9)) == [due]
    assert expression.next_after(due) is None


PIECES = st.text("0123456789*?/-,#LWSUNJANmindhouray", min_size=1, max_size=4)


@given(
    form=st.sampled_from(["cron", "rate", "at", "", "CRON"]),
    body=st.one_of(st.text(max_size=30), st.lists(PIECES, min_size=5, max_size=7).map(" ".join)),
    zone=st.one_of(st.sampled_from(ZONES), st.text(max_size=8)),
)
@example(form="rate", body="99999999999999999999 days", zone="UTC")
@example(form="cron", body="0 0 ? * 2#6 *", zone="UTC")
def test_any_text_is_an_expression_or_refused_with_a_reason(form: str, body: str, zone: str) -> None:
    start = datetime(2026, 3, 11, tzinfo=UTC)

    try:
        due = Expression.parse(f"{form}({body})", zone, start=start).next_after(start)
    except InvalidExpression as error:
        assert str(error)
    else:
        assert due is None or due > start
