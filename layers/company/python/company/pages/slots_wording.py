"""The text around the strips, the same in the terminal and in HTML."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from company.pages.banner import desk_banner
from company.pages.ends import SLOT_ENDS
from company.pages.org import describe_evidence
from company.pages.slots import LEGEND, PARTS, Line, SlotEnd, Slots
from company.text.wording import (
    counted,
    day_and_time,
    duration_text,
    format_number,
    join_first,
    moment_text,
    short_date,
    time_of_day,
)

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


def head(page: Slots) -> tuple[str, str]:
    title = f"{page.title.upper()}  did everything fire?"
    is_long = page.until - page.since >= A_WEEK
    since = f"{short_date(page.since, page.zone) + ' ' if is_long else ''}"
    since += time_of_day(page.since, page.zone) if is_long else day_and_time(page.since, page.zone, page.until)
    return title, f"{since} to {day_and_time(page.until, page.zone, page.until)}"


def banner(page: Slots) -> str:
    return desk_banner(page.desk) if page.is_simulated else ""


def total(page: Slots) -> str:
    """490 slots due = 373 succeeded + 114 had nothing to do + 3 missed; 0 unexplained; 0 unexpected fires."""
    unexplained = len(page.unexplained)
    ends = {**page.by_end, "expected": page.by_end.get("expected", 0) - unexplained, "unexplained": unexplained}
    parts = " + ".join(f"{format_number(count)} {SLOT_ENDS.get(name, name)}" for name, count in ends.items() if count)
    late = sum(slot.late for slot in page.slots)
    summed = f"{counted(len(page.slots), 'slot')} due = {parts or '0'}{f' ({late} late)' if late else ''}"
    return "; ".join((summed, *_undelivered(page), _unexplained(page), _unexpected(page)))


def _undelivered(page: Slots) -> Iterator[str]:
    """Of those that did their work: what they sent was refused, is in doubt, or came back."""
    named = _named(page, [slot for slot in page.slots if slot.end == "undelivered"])
    if named:
        yield f"{len(named)} did not get through what they sent: {join_first(named)}"


def _unexplained(page: Slots) -> str:
    named = _named(page, page.unexplained)
    return f"{len(named)} unexplained{f': {join_first(named)}' if named else ''}"


def _named(page: Slots, slots: Sequence[SlotEnd]) -> list[str]:
    return [f"{slot.schedule} {moment_text(slot.due_at, page.until, page.zone)}" for slot in slots]


def _unexpected(page: Slots) -> str:
    by_schedule = Counter(slot.schedule for slot in page.unexpected)
    named = [f"{schedule} {count}" for schedule, count in by_schedule.most_common()]
    fires = counted(len(page.unexpected), "unexpected fire")
    return f"{fires}{f': {join_first(named)}' if named else ''}"


def legend(page: Slots) -> str:
    return f"{LEGEND}  (one mark = {duration_text(page.part)}: the worst)"


def hours(page: Slots) -> str:
    """The line above the strips: every third hour of a day; of any other span the beginning of each quarter."""
    is_day = page.until - page.since == A_DAY
    step, form = (3, "%H ") if is_day else (6, _form(page.until - page.since))
    starts = ((page.since + place * page.part).astimezone(page.zone) for place in range(0, PARTS, step))
    return "".join(f"{start:{form}}" for start in starts)


def _form(covered: timedelta) -> str:
    """Six letters, as wide as a quarter of a strip."""
    return "%H:%M " if covered <= A_DAY else "%a%H " if covered <= A_WEEK else "%d%b "


def cells(line: Line, page: Slots) -> tuple[str, ...]:
    """Schedule, watcher, strip, last fired, silent, grace, next, last result, what is open about it."""
    row = line.row
    silence = row.silence(page.until)
    return (
        row.schedule,
        row.watcher or "-",
        line.strip,
        moment_text(row.last_fired_at, page.until, page.zone) if row.last_fired_at else "never",
        duration_text(silence) if silence is not None else "-",
        duration_text(row.grace),
        _next(line, page),
        last_result(line),
        " ".join([f"F-{number}" for number in row.findings] + [f"D-{number}" for number in row.decisions]),
    )


def _next(line: Line, page: Slots) -> str:
    if line.row.deployed_state == "DISABLED":
        return "MUTED"
    due = line.row.next_due_at
    return moment_text(due, page.until, page.zone) if due else "-"


def last_result(line: Line) -> str:
    """The evidence of its last work, or why that failed."""
    if line.row.last_outcome == "failed":
        return f"failed: {line.row.last_reason}"
    return describe_evidence(line.row.last_evidence)
