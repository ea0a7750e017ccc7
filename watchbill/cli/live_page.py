"""The page that `watchbill up` keeps on a terminal: the last fire of each schedule, the newest first."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from rich.console import Console, ConsoleOptions
from rich.text import Text

from company.pages.org import describe_evidence
from company.text.wording import counted, duration_text
from watchbill.cli.printing import without_controls
from watchbill.cloud.retries import AttemptResult

AROUND = 5
"""Lines of a terminal that are not rows: the state, the heads, and what was written before."""
HEAD = ("DUE", "SCHEDULE", "END", "WHAT IT DID")
COLOURS = {"done": "", "skipped": "dim", "escalated": "yellow", "snoozed": "yellow"}


class WaitingClock(Protocol):
    """A clock that says until when it waits, if it does."""

    waits_for: datetime | None

    @property
    def now(self) -> datetime: ...


class LivePage:
    """Drawn twice a second; `fired` is called after each fire."""

    def __init__(self, height: int, clock: WaitingClock) -> None:
        self._rows = max(3, height - AROUND)
        self._clock = clock
        self._ends: Counter[str] = Counter()
        self._is_up = False
        self.has_ended = False
        self._last: dict[str, tuple[str, str, str, str]] = {}

    def fired(self, fire: AttemptResult) -> None:
        end, what = describe_end(fire)
        self._ends[end] += 1
        self._last.pop(fire.attempt.schedule, None)
        self._last[fire.attempt.schedule] = (f"{fire.attempt.due_at:%a %H:%M}", fire.attempt.schedule, end, what)

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield _cut(f"{self._clock.now:%a %H:%M:%S} UTC  {self._counts()}  {self._state()}", "bold", options)
        if self._last:
            newest = list(reversed(self._last.values()))[: self._rows]
            widths = [max(len(row[n]) for row in (HEAD, *newest)) for n in range(len(HEAD) - 1)]
            for row in (HEAD, *newest):
                cells = (f"{cell:<{widths[n]}}" for n, cell in enumerate(row[:-1]))
                style = "dim" if row is HEAD else COLOURS.get(row[2], "red")
                yield _cut("  ".join([*cells, row[-1]]), style, options)

    def _counts(self) -> str:
        ends = ", ".join(f"{count} {end}" for end, count in self._ends.most_common())
        return f"{counted(self._ends.total(), 'fire')}{f': {ends}' if ends else ''}"

    def _state(self) -> str:
        """What it does now: it works, or waits for a moment."""
        until = self._clock.waits_for
        self._is_up = self._is_up or until is not None
        if self.has_ended:
            return "it has ended; `watchbill up` goes on"
        if until is None:
            return "at work" if self._is_up else "setting up"
        return f"next slot {until:%H:%M}, in {duration_text(until - self._clock.now)}"


def _cut(text: str, style: str, options: ConsoleOptions) -> Text:
    """One line of the terminal: a page that is drawn again must be as high as before."""
    line = Text(without_controls(text), style)
    line.truncate(options.max_width, overflow="ellipsis")
    return line


def describe_end(fire: AttemptResult) -> tuple[str, str]:
    """How a fire ended, and why or with which numbers."""
    result = fire.invocation.payload if isinstance(fire.invocation.payload, dict) else {}
    what = result.get("reason") or describe_evidence(result.get("evidence")) or result.get("errorMessage") or ""
    return str(result.get("outcome", fire.invocation.status)), str(what)
