"""`watchbill week`: runs seven company days on one brain and prints a brief for each morning."""

from pathlib import Path

import typer

from watchbill.cli.arguments import path_option
from watchbill.sample_week import FIRST_DAY

DAYS = 7


def week(
    on: str = typer.Option(FIRST_DAY.isoformat(), "--date", metavar="YYYY-MM-DD", help="The first day."),
    feeds: Path = path_option(None, metavar="PLACE", help="A folder or file of recorded feeds (docs/recorded.md)."),
    plant: list[str] = typer.Option([], metavar="FAULT", help="Plant this fault on the first day; may be repeated."),
    days: int = typer.Option(DAYS, min=1, max=31, help="How many days."),
    as_json: bool = typer.Option(False, "--json", help="Print the week's figures as JSON."),
) -> None:
    """Run seven days of schedules on this machine, one after another, and print each morning's brief.

    No fault is planted unless you ask for one.
    """
    from watchbill.cli.commands.day import closing_lines, options_of, progress
    from watchbill.cli.printing import show, show_json
    from watchbill.days.day import run_day

    options = options_of(on, feeds, calm=True, plant=plant, days=days)
    with progress() as on_progress:
        report = run_day(options, on_progress)
    if as_json:
        show_json(report.as_json())
        return
    show("\n\n".join([*(brief.rstrip("\n") for brief in report.briefs), "\n".join(closing_lines(report))]) + "\n")
