"""The slots page for a terminal, and the story of one slot."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from company.pages import slots_wording
from company.pages.slots import Line, Slots, differs, ended
from company.wording import clipped, day_and_time, nearby, span, time_of_day

HEAD = ("SCHEDULE", "WATCHER", "", "LAST FIRED", "SILENT", "GRACE", "NEXT", "WHAT IT LAST SAID", "")
LONGEST = {7: 44}
ORDER = (0, 2, 8, 3, 4, 6, 1, 5, 7)
"""As told here; a narrow terminal leaves out the last ones."""
Row = Mapping[str, Any]


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
    yield from drawn[: len(loud) + 1]
    yield _rule(loud, quiet, width)
    if with_quiet:
        yield from drawn[len(loud) + 1 :]


def _rule(loud: Sequence[Line], quiet: Sequence[Line], width: int) -> str:
    words = f"---- all fine below: {len(quiet)} of {len(loud) + len(quiet)} schedules, none over its grace "
    return clipped(words + "-" * max(0, width - len(words)), width)


def _table(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    told = [tuple(clipped(row[n], LONGEST.get(n, 200)) for n in ORDER) for row in rows]
    widths = [max(len(row[n]) for row in told) for n in range(len(ORDER))]
    shown = next(n for n in range(len(ORDER), 0, -1) if n == 1 or sum(widths[:n]) + 2 * (n - 1) <= width)
    for row in told:
        yield clipped("  ".join(f"{cell:<{widths[n]}}" for n, cell in enumerate(row[:shown])).rstrip(), width)


@dataclass(frozen=True)
class OneSlot:
    """A slot with all that is known about it: rows of the brain."""

    slot: Row
    schedule: Row
    attempts: Sequence[Row]
    findings: Sequence[Row]
    retries: Sequence[Row]


def one_slot(page: Slots, about: OneSlot, width: int) -> str:
    """ONE SLOT: when due, how it ended, each attempt, who found it, and whether it is deployed as published."""
    slot, schedule = about.slot, about.schedule
    lines = [f"ONE SLOT  {slot['schedule']} {day_and_time(slot['due_at'], page.zone)}", _fate(page, slot)]
    lines += [f"  attempt {n}: {_attempt(page, attempt)}" for n, attempt in enumerate(about.attempts, start=1)] or [
        "  no attempt: nothing fired"
    ]
    lines += [f"  found by {_found(page, finding)}" for finding in about.findings]
    lines += _retries(page, slot, about.retries)
    since = f", differs since {_moment(page, schedule['changed_at'])}" if differs(schedule) else ""
    lines.append(
        f"  deployed: {_known(schedule, 'expression', 'timezone')} {schedule['deployed_state'] or 'nowhere'}{since}"
    )
    lines.append(f"  published: {_known(schedule, 'published_expression', 'published_timezone')}")
    open_about = [f"F-{n}" for n in schedule["findings"]] + [f"D-{n}" for n in schedule["decisions"]]
    lines.append(f"  open about it: {' '.join(open_about) or 'nothing'}")
    lines.append(f"  the whole story: watchbill why {slot['schedule']}@{slot['due_at']:%Y-%m-%dT%H:%M}")
    return "\n".join(piece for line in lines for piece in _wrapped(line, width)) + "\n"


def _found(page: Slots, finding: Row) -> str:
    seen = f", seen {finding['times_seen']} times" if finding["times_seen"] > 1 else ""
    came_to = "no answer yet"
    if finding["answered_at"]:
        came_to = f"answered {_moment(page, finding['answered_at'])} by {finding['answered_by']}"
    over = f", closed {_moment(page, finding['closed_at'])}" if finding["closed_at"] else ""
    found = f"{finding['found_by']} {_moment(page, finding['found_at'])} -> {finding['watcher']}"
    return f"{found} (F-{finding['id']} {finding['kind']}{seen}); {came_to}{over}"


def _retries(page: Slots, slot: Row, retries: Sequence[Row]) -> list[str]:
    if not retries:
        return ["  not fired again"] if slot["status"] in ("missed", "failed", "timed_out") else []
    return [
        f"  fired again: asked by {retry['asked_by']} {_moment(page, retry['asked_at'])}, "
        + (f"fired {_moment(page, retry['fired_at'])}" if retry["fired_at"] else "waits for the next beat")
        for retry in retries
    ]


def _moment(page: Slots, moment: datetime) -> str:
    return nearby(moment, page.until, page.zone)


def _fate(page: Slots, slot: Row) -> str:
    due = f"due {time_of_day(slot['due_at'], page.zone)}, grace {span(slot['grace'])}"
    at = f" {time_of_day(slot['ended_at'], page.zone)}" if slot["ended_at"] else ""
    reason = f": {slot['reason']}" if slot["reason"] else ""
    return f"  {due}, watched by {slot['watcher'] or 'nobody'}; {ended(slot).replace('_', ' ')}{at}{reason}"


def _attempt(page: Slots, attempt: Row) -> str:
    began = time_of_day(attempt["started_at"], page.zone)
    came_to = attempt["outcome"] or "still running"
    reason = f": {attempt['reason']}" if attempt["reason"] else ""
    shown = ", ".join(f"{name} {value}" for name, value in (attempt["evidence"] or {}).items())
    return f"session S-{attempt['id']} began {began}, {came_to}{reason}{f' ({shown})' if shown else ''}"


def _known(row: Row, expression: str, timezone: str) -> str:
    return f"{row[expression]} {row[timezone]}" if row[expression] else "nothing"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="    ", break_on_hyphens=False, replace_whitespace=False) or [
        ""
    ]
