"""The page that `watchbill up` keeps on a terminal: the last fire of each schedule, the newest first."""

from collections import Counter
from datetime import UTC, datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from company.pages.org import describe_evidence
from company.text.wording import counted, duration_text
from watchbill.cli.printing import without_controls
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.scheduler import WallClock

AROUND = 5
"""Lines of a terminal that are not rows: the state, the heads, and what was written before."""
COLOURS = {"done": "green", "skipped": "dim", "escalated": "yellow", "snoozed": "yellow"}


class LivePage:
    """Drawn twice a second; `fired` is called after each fire."""

    def __init__(self, height: int, clock: WallClock) -> None:
        self._rows = max(3, height - AROUND)
        self._clock = clock
        self._ends: Counter[str] = Counter()
        self._last: dict[str, tuple[str, str, str, str]] = {}

    def fired(self, fire: AttemptResult) -> None:
        end, what = describe_end(fire)
        self._ends[end] += 1
        self._last.pop(fire.attempt.schedule, None)
        self._last[fire.attempt.schedule] = (f"{fire.attempt.due_at:%a %H:%M}", fire.attempt.schedule, end, what)

    def drawn(self) -> Group:
        head = Text(f"{datetime.now(UTC):%a %H:%M:%S} UTC  {self._counts()}  {self._state()}", style="bold")
        table = Table(box=None, pad_edge=False, header_style="dim", expand=False)
        for name in ("DUE", "SCHEDULE", "END"):
            table.add_column(name, no_wrap=True)
        table.add_column("WHAT IT DID", no_wrap=True, overflow="ellipsis")
        for due, schedule, end, what in list(reversed(self._last.values()))[: self._rows]:
            style = COLOURS.get(end, "red")
            table.add_row(due, schedule, Text(without_controls(end), style), Text(without_controls(what)))
        return Group(head, table) if self._last else Group(head)

    def _counts(self) -> str:
        ends = ", ".join(f"{count} {end}" for end, count in self._ends.most_common())
        return f"{counted(self._ends.total(), 'fire')}{f': {ends}' if ends else ''};"

    def _state(self) -> str:
        """What it does now: it works, or waits for a moment."""
        until = self._clock.waits_for
        if until is None:
            return "at work"
        return f"next slot {until:%H:%M}, in {duration_text(until - datetime.now(UTC))}"


def describe_end(fire: AttemptResult) -> tuple[str, str]:
    """How a fire ended, and why or with which numbers."""
    result = fire.invocation.payload if isinstance(fire.invocation.payload, dict) else {}
    what = result.get("reason") or describe_evidence(result.get("evidence")) or result.get("errorMessage") or ""
    return str(result.get("outcome", fire.invocation.status)), str(what)
