"""The words around the strips, the same in the terminal and in HTML."""

from company.pages.org import evidence
from company.pages.slots import HOURS, Line, Slots, silent
from company.wording import counted, day_and_time, figure, nearby, span, time_of_day

SAID = {
    "skipped": "had nothing to do",
    "timed_out": "timed out",
    "running": "still running",
    "expected": "within their grace",
}


def head(page: Slots) -> tuple[str, str]:
    title = f"{page.title.upper()}  did everything fire?"
    return title, f"{day_and_time(page.since, page.zone)} to {day_and_time(page.until, page.zone)}"


def banner(page: Slots) -> str:
    return f"SIMULATED DAY, {page.desk or 'simulated time'}" if page.is_simulated else ""


def total(page: Slots) -> str:
    """490 due = 373 succeeded + 114 had nothing to do + 3 missed."""
    parts = " + ".join(f"{figure(count)} {SAID.get(name, name)}" for name, count in page.by_end.items())
    late = sum(bool(slot["late"]) for slot in page.slots)
    return f"{counted(len(page.slots), 'slot')} due = {parts or '0'}{f' ({late} late)' if late else ''}"


def hours(page: Slots) -> str:
    """The hours above the strips, every third one."""
    marks = [f"{int(time_of_day(page.since, page.zone)[:2]) + hour:02}" for hour in range(0, HOURS, 3)]
    return "".join(f"{int(mark) % 24:02} " for mark in marks)


def cells(line: Line, page: Slots) -> tuple[str, ...]:
    """Schedule, watcher, strip, last fired, silent, grace, next, what it last said, what is open about it."""
    row = line.row
    quiet_for = silent(row, page.until)
    last = nearby(row["last_fired_at"], page.until, page.zone) if row["last_fired_at"] else "never"
    return (
        row["schedule"],
        row["watcher"] or "-",
        line.strip,
        last,
        span(quiet_for) if quiet_for is not None else "-",
        span(row["grace"]),
        _next(line, page),
        said(line),
        " ".join([f"F-{n}" for n in row["findings"]] + [f"D-{n}" for n in row["decisions"]]),
    )


def _next(line: Line, page: Slots) -> str:
    if line.row["deployed_state"] == "DISABLED":
        return "MUTED"
    due = line.row["next_due_at"]
    return nearby(due, page.until, page.zone) if due else "-"


def said(line: Line) -> str:
    """What its last work showed, or why that failed."""
    if line.row["last_outcome"] == "failed":
        return f"failed: {line.row['last_reason']}"
    return evidence(line.row)
