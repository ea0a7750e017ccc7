"""`watchbill up`: runs the company in real time on this machine until Ctrl-C, and continues where it stopped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli.arguments import minutes_option
from watchbill.cli.printing import say, show_json_line

if TYPE_CHECKING:
    from watchbill.cloud.retries import AttemptResult
    from watchbill.cloud.scheduler import WallClock
    from watchbill.days.up import UpOptions

    OnFire = Callable[[AttemptResult], None]


def up(
    live: bool = typer.Option(False, "--live", help="Read the publishers' own feeds instead of the sample."),
    minutes: float = minutes_option(),
    afresh: bool = typer.Option(False, "--afresh", help="Start a new company; do not continue the last one."),
    as_json: bool = typer.Option(False, "--json", help="Print each fire as one line of JSON."),
) -> None:
    """Run the company in real time until Ctrl-C. After a pause the missed-fire policy of each role applies."""
    from watchbill.cli.shell_settings import read_shell
    from watchbill.cloud.scheduler import WallClock
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
    clock = WallClock()
    with saying_what_follows(here.home), reporting(clock, as_json=as_json) as (on_fire, on_step):
        on_step(f"the company in real time: {_what_it_does(options)}")
        run_up(options, on_fire, on_step, clock)


def _what_it_does(options: "UpOptions") -> str:
    """From the first second: what follows, how long it takes, and how to end it and go on."""
    feeds = "the publishers' own feeds" if options.live else "sample feeds"
    return f"set-up takes about 15 s, then it fires by the clock on {feeds}; Ctrl-C stops it, `watchbill up` goes on"


@contextmanager
def saying_what_follows(home: Path) -> Iterator[None]:
    """At its end, also by Ctrl-C: that the company is kept, and of which one the other commands tell from now on."""
    from watchbill.cli.signals import Ended

    try:
        yield
    except Ended:
        _say_what_follows(home)
        raise
    _say_what_follows(home)


def _say_what_follows(home: Path) -> None:
    """Nothing where Ctrl-C came before there was a company."""
    from watchbill.home import UP, last_day, remembered

    if not (home / "desk" / UP).is_file():
        return
    last, ours = last_day(home), remembered(home, UP)
    about = "it as it stands" if last.company == ours.company else f"the last day, {last.date}, again"
    say(f"the company is kept: `watchbill up` goes on with it; other commands are about {about}", err=True)


@contextmanager
def reporting(clock: "WallClock", *, as_json: bool) -> Iterator[tuple["OnFire", Callable[[str], None]]]:
    """On a terminal one page that changes as slots fire; elsewhere a line for each, and the steps on stderr."""
    from watchbill.cli.printing import as_called, console

    screen = console()
    if as_json or not screen.is_terminal:
        yield (_as_json if as_json else _print_fire), lambda step: say(step, err=True)
        return
    from rich.live import Live

    from watchbill.cli.live_page import LivePage

    page = LivePage(screen.height, clock)
    with Live(get_renderable=lambda: page, console=screen, refresh_per_second=2, screen=False) as live:
        try:
            yield page.fired, lambda step: live.console.print(as_called(step), soft_wrap=False)
        finally:
            page.has_ended = True


def _print_fire(fire: "AttemptResult") -> None:
    say(_line_of(fire))


def _line_of(fire: "AttemptResult") -> str:
    """'Thu 07:05  scrape_a             done     1 request, 30 rows'."""
    from watchbill.cli.live_page import describe_end
    from watchbill.cli.printing import without_controls

    outcome, what = describe_end(fire)
    return without_controls(f"{fire.attempt.due_at:%a %H:%M}  {fire.attempt.schedule:<20} {outcome:<8} {what}")


def _as_json(fire: "AttemptResult") -> None:
    line: JsonObject = {
        "schedule": fire.attempt.schedule,
        "due_at": fire.attempt.due_at,
        "started_at": fire.attempt.start_at,
        "status": fire.invocation.status,
        "result": fire.invocation.payload,
    }
    show_json_line(line)
