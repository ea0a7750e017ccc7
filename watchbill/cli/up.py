"""`watchbill up`: runs the company in real time on this machine until Ctrl-C, and continues where it stopped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from rich.text import Text

    from watchbill.cloud.retries import AttemptResult
    from watchbill.days.up import UpOptions

    OnFire = Callable[[AttemptResult], None]


def up(
    live: bool = typer.Option(False, "--live", help="Read the publishers' own feeds instead of the sample."),
    minutes: float = typer.Option(None, "--for", min=0, metavar="MINUTES", help="Stop after this many minutes."),
    afresh: bool = typer.Option(False, "--afresh", help="Start a new company; do not continue the last one."),
    as_json: bool = typer.Option(False, "--json", help="Print each fire as one line of JSON."),
) -> None:
    """Run the company in real time until Ctrl-C. After a pause the missed-fire policy of each role applies."""
    from watchbill.cli.shell_settings import read_shell
    from watchbill.days.up import UpOptions, run_up

    here = read_shell()
    options = UpOptions(
        home=here.home,
        vertical=here.vertical,
        live=live,
        lasts=None if minutes is None else timedelta(minutes=minutes),
        afresh=afresh,
        endpoint_url=here.endpoint_url,
        desk_postgres=here.desk_postgres,
    )
    with reporting(as_json=as_json) as (on_fire, on_step):
        on_step(f"the company in real time: {_what_it_does(options)}")
        run_up(options, on_fire, on_step)


def _what_it_does(options: "UpOptions") -> str:
    """From the first second: what follows, how long it takes, and how to end it and go on."""
    feeds = "the publishers' own feeds" if options.live else "sample feeds"
    return f"set-up takes about 15 s, then it fires by the clock on {feeds}; Ctrl-C stops it, `watchbill up` goes on"


@contextmanager
def reporting(*, as_json: bool) -> Iterator[tuple["OnFire", Callable[[str], None]]]:
    """On a terminal one page that changes as slots fire; elsewhere a line for each, and the steps on stderr."""
    from watchbill.cli.printing import console

    screen = console()
    if as_json or not screen.is_terminal:
        yield (_as_json if as_json else _print_fire), lambda step: say(step, err=True)
        return
    from rich.live import Live

    page = LivePage(screen.height, screen.width)
    with Live(get_renderable=page.drawn, console=screen, refresh_per_second=2, screen=False) as live:
        yield page.fired, live.console.print


class LivePage:
    """The last fire of each schedule, the newest first, under a line that says what happens now."""

    def __init__(self, height: int, width: int) -> None:
        self._rows = max(3, height - 6)
        self._width = width
        self._fires = 0
        self._last: dict[str, str] = {}

    def fired(self, fire: "AttemptResult") -> None:
        self._fires += 1
        self._last.pop(fire.attempt.schedule, None)
        self._last[fire.attempt.schedule] = _line_of(fire)

    def drawn(self) -> "Text":
        from rich.text import Text

        head = f"{datetime.now(UTC):%a %H:%M:%S} UTC  {self._fires} fires of {len(self._last)} schedules"
        waiting = "  waits for the next slot" if self._fires else "  no slot was due yet"
        newest = list(reversed(self._last.values()))[: self._rows]
        return Text("\n".join(line[: self._width - 1] for line in [head + waiting, *newest]))


def _print_fire(fire: "AttemptResult") -> None:
    say(_line_of(fire))


def _line_of(fire: "AttemptResult") -> str:
    """'Thu 07:05  scrape_a             done     requests=1 rows=30'."""
    from watchbill.cli.printing import without_controls

    result = fire.invocation.payload if isinstance(fire.invocation.payload, dict) else {}
    what = result.get("reason") or result.get("evidence") or result.get("errorMessage") or ""
    outcome = result.get("outcome", fire.invocation.status)
    return without_controls(f"{fire.attempt.due_at:%a %H:%M}  {fire.attempt.schedule:<20} {outcome:<8} {what}")


def _as_json(fire: "AttemptResult") -> None:
    import json

    line: JsonObject = {
        "schedule": fire.attempt.schedule,
        "due_at": fire.attempt.due_at.isoformat(),
        "started_at": fire.attempt.start_at.isoformat(),
        "status": fire.invocation.status,
        "result": fire.invocation.payload,
    }
    say(json.dumps(line, default=str))
