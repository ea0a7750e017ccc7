"""When a schedule is due: AWS EventBridge Scheduler's expressions, as UTC moments.

Three forms: `cron(minutes hours day-of-month month day-of-week year)`, `rate(value unit)`,
`at(yyyy-mm-ddThh:mm:ss)`. The rules are AWS's: a wall-clock time that a daylight-saving change leaves out is
skipped, a doubled hour fires once (the first time), a rate of days is 24 hours each, and a rate's first
fire is its start date. The two libraries behind cron are imported only when a cron is parsed.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

Rhythm = Callable[[datetime], Iterator[datetime]]

_FORM = re.compile(r"(cron|rate|at)\((.*)\)")
_RATE = re.compile(r"([1-9][0-9]*) (minute|hour|day)(s?)")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_JUST_BEFORE = timedelta(microseconds=1)
_FIELDS = {
    "Minute": "minutes: 0-59 and , - * /",
    "Hour": "hours: 0-23 and , - * /",
    "DayOfMonth": "day-of-month: 1-31 and , - * ? / L W, LW; W with a single day only",
    "Month": "month: 1-12 or JAN-DEC and , - * /",
    "DayOfWeek": "day-of-week: 1-7 or SUN-SAT and , - * ? L #",
    "Year": "year: 1970-2099 and , - * /",
}


class InvalidExpression(ValueError):
    """The schedule expression is not one that AWS accepts; the message says which part and what is allowed."""


@dataclass(frozen=True)
class Expression:
    """One schedule's rhythm. Build it with `parse`; every moment in and out is an aware datetime."""

    text: str
    timezone: str
    start: datetime | None
    end: datetime | None
    _rhythm: Rhythm = field(repr=False, compare=False)

    @classmethod
    def parse(
        cls, text: str, timezone: str = "UTC", start: datetime | None = None, end: datetime | None = None
    ) -> Expression:
        """`start` and `end` are the schedule's StartDate and EndDate; a rate needs a start as its anchor.

        A one-time schedule has neither: AWS ignores them there, and so does this.
        """
        form, body = _split(text)
        if form == "at":
            return cls(text, timezone, None, None, _once(body, timezone))
        begin, finish = (None if bound is None else _utc(bound) for bound in (start, end))
        rhythm = _cron(body, timezone) if form == "cron" else _rate(body, begin)
        return cls(text, timezone, begin, finish, rhythm)

    def next_after(self, moment: datetime) -> datetime | None:
        """The first fire strictly after the moment; None when there is none left."""
        return next(self._after(moment), None)

    def between(self, start: datetime, end: datetime) -> list[datetime]:
        """Every fire with start < fire <= end, so that windows end to end hold each fire once."""
        limit = _utc(end)
        return list(takewhile(lambda due: due <= limit, self._after(start)))

    def _after(self, moment: datetime) -> Iterator[datetime]:
        """The moments due, in order; AWS's own window includes both its start and its end."""
        moment = _utc(moment)
        if self.start is not None:
            moment = max(moment, self.start - _JUST_BEFORE)
        for due in self._rhythm(moment):
            if self.end is not None and due > self.end:
                return
            yield due


def _split(text: str) -> tuple[str, str]:
    match = _FORM.fullmatch(text)
    if match is None:
        raise InvalidExpression(f"{text!r}: must be cron(6 fields), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)")
    return match[1], match[2]


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs its time zone, got the naive {moment.isoformat()}")
    return moment.astimezone(UTC)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidExpression(f"time zone {name!r} is not known; use an IANA name such as Europe/Lisbon") from error


def _moment_of(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The UTC moment at which a clock of the zone first shows the time; None when it never does."""
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == wall else None


def _once(body: str, timezone: str) -> Rhythm:
    zone = _zone(timezone)
    if _AT.fullmatch(body) is None:
        raise InvalidExpression(f"at({body}): must be at(yyyy-mm-ddThh:mm:ss), without a zone or fractions")
    try:
        due = _moment_of(datetime.fromisoformat(body), zone)
    except ValueError as error:
        raise InvalidExpression(f"at({body}): {error}") from error
    if due is None:
        raise InvalidExpression(f"at({body}): the clocks of {timezone} skip this time, so it would never fire")
    return lambda moment: iter([due] if due > moment else [])


def _rate(body: str, start: datetime | None) -> Rhythm:
    match = _RATE.fullmatch(body)
    if match is None:
        raise InvalidExpression(f"rate({body}): must be a whole number above 0 and minute(s), hour(s) or day(s)")
    value, unit, plural = int(match[1]), match[2], bool(match[3])
    if plural != (value > 1):
        raise InvalidExpression(f"rate({body}): write {unit if value == 1 else unit + 's'} for {value}")
    if start is None:
        raise InvalidExpression(f"rate({body}): needs a start date; without one its fires cannot be computed")
    return _every(_period(value, unit, body), start)


def _period(value: int, unit: str, body: str) -> timedelta:
    try:
        return timedelta(**{unit + "s": value})
    except OverflowError as error:
        raise InvalidExpression(f"rate({body}): the value is too large") from error


def _every(period: timedelta, anchor: datetime) -> Rhythm:
    def after(moment: datetime) -> Iterator[datetime]:
        due = anchor if moment < anchor else anchor + ((moment - anchor) // period + 1) * period
        while True:
            yield due
            due += period

    return after


@lru_cache(maxsize=65536)
def _cron(body: str, timezone: str) -> Rhythm:
    zone, wall_clock = _zone(timezone), _wall_clock(body)
    if timezone == "UTC":
        return lambda moment: (wall.replace(tzinfo=UTC) for wall in wall_clock(moment.replace(tzinfo=None)))

    def after(moment: datetime) -> Iterator[datetime]:
        for wall in wall_clock(moment.astimezone(zone).replace(tzinfo=None)):
            due = _moment_of(wall, zone)
            if due is not None and due > moment:
                yield due

    return after


@lru_cache(maxsize=65536)
def _wall_clock(body: str) -> Callable[[datetime], Iterator[datetime]]:
    """The cron's times as a naive clock shows them: croniter on aware times gets both clock changes wrong."""
    translated, is_last_weekday_only = _translate(_checked(body))
    compiled = _compiled(translated, body)
    minutes = None if is_last_weekday_only else _minutes_of_every_day(compiled)
    walk = _Walk(compiled) if minutes is None else _EveryDay(minutes)

    def after(wall: datetime) -> Iterator[datetime]:
        while (found := walk.next_after(wall)) is not None:
            wall = found
            if not is_last_weekday_only or _is_last_weekday(found.date()):
                yield found

    return after


class _Walk:
    """One compiled cron, shared by all callers: croniter keeps its position inside itself, hence the lock."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._lock = threading.Lock()

    def next_after(self, wall: datetime) -> datetime | None:
        from croniter import CroniterBadDateError

        with self._lock:
            try:
                found: datetime = self._compiled.get_next(datetime, start_time=wall)
            except CroniterBadDateError:
                return None
        return found


class _EveryDay:
    """A cron by which every day is alike needs no calendar, and croniter looks into one at each fire."""

    def __init__(self, minutes: Sequence[int]) -> None:
        self._minutes = minutes

    def next_after(self, wall: datetime) -> datetime:
        day = datetime(wall.year, wall.month, wall.day)
        place = bisect_right(self._minutes, 60 * wall.hour + wall.minute)
        if place < len(self._minutes):
            return day + timedelta(minutes=self._minutes[place])
        return day + timedelta(days=1, minutes=self._minutes[0])


def _minutes_of_every_day(compiled: Any) -> Sequence[int] | None:
    """At which minutes of any day it is due; None where its days are not all alike."""
    minutes, hours, *days, _seconds, year = compiled.expanded
    if any(part != ["*"] for part in (*days, year)):
        return None
    all_minutes, all_hours = (part if part != ["*"] else range(n) for part, n in ((minutes, 60), (hours, 24)))
    return sorted(60 * hour + minute for hour in all_hours for minute in all_minutes)


def _checked(body: str) -> list[str]:
    from aws_cron_expression_validator.validator import AWSCronExpressionError, AWSCronExpressionValidator

    try:
        AWSCronExpressionValidator.validate(body)
    except AWSCronExpressionError as error:
        part = type(error).__name__.removeprefix("AWSCronExpression").removesuffix("Error")
        allowed = _FIELDS.get(part, "six fields; exactly one of day-of-month and day-of-week is ?")
        raise InvalidExpression(f"cron({body}): {error} Allowed: {allowed}") from error
    return body.upper().split(" ")


def _translate(fields: list[str]) -> tuple[str, bool]:
    """AWS's six fields in croniter's spelling (seconds come before the year), and whether LW was meant."""
    minute, hour, day, month, weekday, year = fields
    is_last_weekday_only = day == "LW"
    day = "26-31" if is_last_weekday_only else day.replace("?", "*")
    return f"{minute} {hour} {day} {month} {_weekday(weekday)} 0 {year}", is_last_weekday_only


def _weekday(text: str) -> str:
    """AWS counts 1-7 from Sunday, croniter 0-6; AWS writes 6L or FRIL where croniter writes L5."""
    if text == "L":
        return "6"
    names = re.sub("SUN|MON|TUE|WED|THU|FRI|SAT", lambda name: str(_NAMES.index(name[0]) + 1), text)
    counted = re.sub(r"(?<![#0-9])[1-7]", lambda number: str(int(number[0]) - 1), names)
    return re.sub(r"^([0-6])L$", r"L\1", counted).replace("?", "*")


_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def _compiled(translated: str, body: str) -> Any:
    from croniter import CroniterError, croniter

    try:
        return croniter(translated, datetime(1970, 1, 1), max_years_between_matches=130)
    except CroniterError as error:
        raise InvalidExpression(f"cron({body}): {error}. Allowed: {'; '.join(_FIELDS.values())}") from error


def _is_last_weekday(day: date) -> bool:
    """Monday to Friday, and no later weekday left in the month."""
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = first_of_next - timedelta(days=1)
    return day == last - timedelta(days=max(0, last.weekday() - 4))
