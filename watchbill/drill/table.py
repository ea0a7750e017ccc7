"""A drill's report: as JSON, and as the table that a person reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject
from watchbill.drill.verdict import FaultReport, Verdict

HEAD = ("outage", "noticed by", "after", "limit", "reported to", "the owner saw", "over, says", "")
WIDEST = (32, 14, 6, 6, 14, 18, 12, 2)
BEGIN, END = "<!-- drill -->", "<!-- end of drill -->"
"""Around the table in a page of ours."""


@dataclass(frozen=True)
class DrillReport:
    """The verdict, and what the run cost. Seconds are wall time."""

    verdict: Verdict
    fires: int
    wall_seconds: float
    starts_at: datetime
    ends_at: datetime

    @property
    def ok(self) -> bool:
        return self.verdict.ok

    def as_json(self) -> JsonObject:
        """What `drill --json` prints; other tools depend on these keys."""
        return {
            "ok": self.ok,
            "faults": [fault.as_json() for fault in self.verdict.faults],
            "attribution": _attribution(self.verdict.faults),
            "false_alarms": list(self.verdict.false_alarms),
            "lost": list(self.verdict.lost),
            "fires": self.fires,
            "wall_seconds": round(self.wall_seconds, 1),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }

    def as_text(self) -> str:
        """The table with what was done and what the owner read below each fault, then the verdict."""
        faults = self.verdict.faults
        head, *rows = _lines(faults)
        shown = [line for fault, row in zip(faults, rows, strict=True) for line in (row, *_details(fault))]
        return "\n".join([head, *shown, "", *_end(self), ""])


def as_table(report: DrillReport) -> str:
    """The table and the verdict alone, no line wider than a page."""
    return "\n".join([*_lines(report.verdict.faults), "", *_end(report)])


def with_table(page: str, report: DrillReport) -> str:
    """A page with this run's table between its two marks; ValueError when they are not there."""
    before, _, rest = page.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the page has no {BEGIN} with its {END}")
    return f"{before}{BEGIN}\n```\n{as_table(report)}\n```\n{END}{after}"


def _lines(faults: Sequence[FaultReport]) -> list[str]:
    rows = [HEAD, *map(_row, faults)]
    widths = [min(max(len(row[n]) for row in rows), most) for n, most in enumerate(WIDEST)]
    return ["  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _fit(cell: str, width: int) -> str:
    return (cell if len(cell) <= width else cell[: width - 1] + "…").ljust(width)


def _details(fault: FaultReport) -> Iterator[str]:
    if fault.left_out is not None:
        yield f"    left out: {fault.left_out}"
        return
    beside = f", beside: {fault.beside}" if fault.beside else ""
    yield f"    {fault.planted_at:%a %H:%M} {fault.planted}{beside}" if fault.planted_at else "    was not planted"
    if fault.owner_saw:
        yield f"    {fault.owner_saw}"


def _row(fault: FaultReport) -> tuple[str, ...]:
    if fault.left_out is not None:
        return (fault.outage, *"-----", "left out", "-")
    saw = fault.owner_saw or ("nothing: it cost nothing" if fault.ok else "nothing")
    return (
        fault.outage,
        fault.noticed_by or "nobody",
        _minutes(fault.noticed_after_minutes),
        _minutes(fault.limit_minutes),
        fault.escalated_to or "nobody",
        saw.partition(": ")[0],
        fault.healed_by or "-",
        "ok" if fault.ok else "NO",
    )


def _end(report: DrillReport) -> Iterator[str]:
    verdict = report.verdict
    for fault in verdict.faults:
        yield from (f"NOT OK  {fault.name}: {problem}" for problem in fault.problems)
    yield f"false alarms {len(verdict.false_alarms)}"
    yield from (f"  {alarm}" for alarm in verdict.false_alarms)
    yield f"things lost  {len(verdict.lost)}"
    yield from (f"  {thing}" for thing in verdict.lost)
    good, planted = sum(fault.ok for fault in verdict.faults), len(verdict.planted)
    left_out = len(verdict.faults) - planted
    more = f"; {left_out} left out, which could not show in this product" if left_out else ""
    yield f"verdict      {'ok' if verdict.ok else 'NOT OK'}: {good} of {planted} faults as they should be{more}"
    share = _attribution(verdict.faults)
    yield f"attribution  {share['caused_by_a_role']} faults were caused by a role; rows alone name it for"
    yield f"             {share['right_role']} of them, and the slot at which it did so for {share['right_slot']}"
    hours = (report.ends_at - report.starts_at).total_seconds() / 3600
    yield f"the drill    {report.fires} fires, {hours:.0f} simulated hours, {report.wall_seconds:.0f} s"


def _attribution(faults: Sequence[FaultReport]) -> dict[str, int]:
    """How many faults a role of the company caused, and for how many of these the rows say which, and when."""
    caused = [fault for fault in faults if fault.is_attributed]
    right = {"right_role": sum(f.has_right_role for f in caused), "right_slot": sum(f.has_right_slot for f in caused)}
    return {"caused_by_a_role": len(caused), **right}


def _minutes(minutes: float | None) -> str:
    if minutes is None:
        return "-"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
