"""The slots page for a terminal, and the story of one slot."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject
from company.pages import slots_wording
from company.pages.slots import Line, ScheduleLine, Slots, SlotWithGrace
from company.text.wording import clipped, counted, day_and_time, duration_text, moment_text, time_of_day

HEAD = ("SCHEDULE", "WATCHER", "", "LAST FIRED", "SILENT", "GRACE", "NEXT", "LAST RESULT", "")
LONGEST = {7: 44}
ORDER = (0, 2, 8, 3, 4, 6, 1, 5, 7)
"""The order on the page. What a narrow terminal has no column for stands below a row that needs a look."""


def render(page: Slots, width: int, *, with_quiet: bool = True) -> str:
    """The whole page, each line at most `width` wide."""
    return "\n".join(_lines(page, width, with_quiet)) + "\n"


def _lines(page: Slots, width: int, with_quiet: bool) -> Iterator[str]:
    yield from filter(None, (slots_wording.banner(page),))
    title, covered = slots_wording.head(page)
    yield from _wrapped(f"{title}    {covered}", width)
    yield from _wrapped(slots_wording.total(page), width)
    yield from _wrapped(f"legend  {slots_wording.legend(page)}", width)
    yield ""
    loud, quiet = ([line for line in page.lines if line.is_quiet is wanted] for wanted in (False, True))
    rows = [slots_wording.cells(line, page) for line in (*loud, *quiet)]
    drawn = list(_table([(*HEAD[:2], slots_wording.hours(page), *HEAD[3:]), *rows], width))
    for line, rest in drawn[: len(loud) + 1]:
        yield line
        yield from _wrapped(f"    {rest}", width) if rest else ()
    yield _rule(loud, quiet, width)
    if with_quiet:
        yield from (line for line, _ in drawn[len(loud) + 1 :])


def _rule(loud: Sequence[Line], quiet: Sequence[Line], width: int) -> str:
    text = f"---- all fine below: {len(quiet)} of {counted(len(loud) + len(quiet), 'schedule')}, none over its grace "
    return clipped(text + "-" * max(0, width - len(text)), width)


def _table(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[tuple[str, str]]:
    """Each row as a line, and the cells for which it has no column, each after the name of its own."""
    ordered = [tuple(clipped(row[n], LONGEST.get(n, 200)) for n in ORDER) for row in rows]
    widths = [max(len(row[n]) for row in ordered) for n in range(len(ORDER))]
    shown = next(n for n in range(len(ORDER), 0, -1) if n == 1 or sum(widths[:n]) + 2 * (n - 1) <= width)
    heads = [HEAD[n] for n in ORDER]
    for number, row in enumerate(ordered):
        line = clipped("  ".join(f"{cell:<{widths[n]}}" for n, cell in enumerate(row[:shown])).rstrip(), width)
        left = zip(heads[shown:], row[shown:], strict=True) if number else ()
        yield line, " · ".join(f"{name.lower()}: {cell}".removeprefix(": ") for name, cell in left if cell.strip())


@dataclass(frozen=True)
class SlotAttempt:
    """A session that worked a slot."""

    id: int
    attempt: int
    request_id: str | None
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    reason: str | None
    evidence: JsonObject | None
    worked_by: str | None


@dataclass(frozen=True)
class SlotFinding:
    """A finding about a slot that went wrong."""

    id: int
    kind: str
    found_by: str
    found_at: datetime
    watcher: str
    times_seen: int
    answered_by: str | None
    answered_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class SlotRetry:
    """A request to fire a slot again."""

    asked_by: str
    asked_at: datetime
    fired_at: datetime | None
    finding_id: int | None


@dataclass(frozen=True)
class OneSlot:
    """A slot with all that is known about it."""

    slot: SlotWithGrace
    schedule: ScheduleLine
    attempts: Sequence[SlotAttempt]
    findings: Sequence[SlotFinding]
    retries: Sequence[SlotRetry]


def one_slot(page: Slots, about: OneSlot, width: int) -> str:
    """ONE SLOT: when due, how it ended, each attempt, who found it, and whether it is deployed as published."""
    slot = about.slot
    lines = [f"ONE SLOT  {slot.schedule} {day_and_time(slot.due_at, page.zone, page.until)}", _end(page, slot)]
    lines += [f"  attempt {n}: {_attempt(page, attempt)}" for n, attempt in enumerate(about.attempts, start=1)] or [
        "  no attempt: nothing fired"
    ]
    lines += [f"  found by {_found(page, finding)}" for finding in about.findings]
    lines += [*_retries(page, slot, about.retries), *_schedule(page, about.schedule)]
    lines.append(f"  the whole story: watchbill why {slot.schedule}@{slot.due_at:%Y-%m-%dT%H:%M}")
    return "\n".join(piece for line in lines for piece in _wrapped(line, width)) + "\n"


def _schedule(page: Slots, row: ScheduleLine) -> list[str]:
    since = f", differs since {_moment(page, row.changed_at)}" if row.differs and row.changed_at else ""
    open_about = [f"F-{number}" for number in row.findings] + [f"D-{number}" for number in row.decisions]
    return [
        f"  deployed: {_expression(row.expression, row.timezone)} {row.deployed_state or 'nowhere'}{since}",
        f"  published: {_expression(row.published_expression, row.published_timezone)}",
        f"  open about it: {' '.join(open_about) or 'nothing'}",
    ]


def _found(page: Slots, finding: SlotFinding) -> str:
    seen = f", seen {counted(finding.times_seen, 'time')}" if finding.times_seen > 1 else ""
    answer = "no answer yet"
    if finding.answered_at:
        answer = f"answered {_moment(page, finding.answered_at)} by {finding.answered_by}"
    closed = f", closed {_moment(page, finding.closed_at)}" if finding.closed_at else ""
    found = f"{finding.found_by} {_moment(page, finding.found_at)} -> {finding.watcher}"
    return f"{found} (F-{finding.id} {finding.kind}{seen}); {answer}{closed}"


def _retries(page: Slots, slot: SlotWithGrace, retries: Sequence[SlotRetry]) -> list[str]:
    if not retries:
        return ["  not fired again"] if slot.status in ("missed", "failed", "timed_out") else []
    return [
        f"  fired again: asked by {retry.asked_by} {_moment(page, retry.asked_at)}, "
        + (f"fired {_moment(page, retry.fired_at)}" if retry.fired_at else "waits for the next beat")
        for retry in retries
    ]


def _moment(page: Slots, moment: datetime) -> str:
    return moment_text(moment, page.until, page.zone)


def _end(page: Slots, slot: SlotWithGrace) -> str:
    due = f"due {time_of_day(slot.due_at, page.zone)}, grace {duration_text(slot.grace)}"
    at = f" {time_of_day(slot.ended_at, page.zone)}" if slot.ended_at else ""
    reason = f": {slot.reason}" if slot.reason else ""
    return f"  {due}, watched by {slot.watcher or 'nobody'}; {slot.end.replace('_', ' ')}{at}{reason}"


def _attempt(page: Slots, attempt: SlotAttempt) -> str:
    began = time_of_day(attempt.started_at, page.zone)
    outcome = attempt.outcome or "still running"
    reason = f": {attempt.reason}" if attempt.reason else ""
    shown = ", ".join(f"{name} {value}" for name, value in (attempt.evidence or {}).items())
    return f"session S-{attempt.id} began {began}, {outcome}{reason}{f' ({shown})' if shown else ''}"


def _expression(expression: str | None, timezone: str | None) -> str:
    return f"{expression} {timezone}" if expression else "nothing"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="    ", break_on_hyphens=False, replace_whitespace=False) or [
        ""
    ]
