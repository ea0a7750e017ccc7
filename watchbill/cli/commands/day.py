"""`watchbill day`: runs one whole company day on this machine and prints its morning brief."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from company.json_values import JsonObject
from company.text.wording import counted
from watchbill.cli.arguments import path_option
from watchbill.sample_week import FIRST_DAY

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from watchbill.days.day import Progress
    from watchbill.days.ending import DayReport
    from watchbill.days.options import DayOptions
    from watchbill.desk.model_access import ModelAccess

FATES = ("promoted", "unchanged", "quarantined", "held")


def day(
    on: str = typer.Option(None, "--date", metavar="YYYY-MM-DD", help="The day to run, from 07:00 to 07:00."),
    feeds: Path = path_option(None, metavar="PLACE", help="A folder or file of recorded feeds (docs/recorded.md)."),
    live: bool = typer.Option(False, "--live", help="Read the publishers' own feeds, for the last complete day."),
    think: bool = typer.Option(
        False, "--think", help="Let employees work by a model; needs ANTHROPIC_API_KEY or _BASE_URL."
    ),
    cap: float = typer.Option(None, min=0, metavar="USD", help="The most that --think may spend; 2.00 by default."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask for confirmation before --think starts."),
    calm: bool = typer.Option(False, "--calm", help="Plant no fault."),
    plant: list[str] = typer.Option([], metavar="FAULT", help="Plant this fault; may be repeated."),
    hours: int = typer.Option(24, min=1, max=24, help="Stop after this many hours; below 24 there is no brief."),
    keep: bool = typer.Option(False, "--keep", help="Keep the day's Postgres running for half an hour afterwards."),
    as_json: bool = typer.Option(False, "--json", help="Print the day's figures as JSON."),
    picture: Path = path_option(None, hidden=True, metavar="FILE", help="Draw what is printed as SVG."),
) -> None:
    """Run 24 hours of schedules on this machine and print the morning brief.

    Two faults are planted, so that a first run shows how they are found: one feed goes stale, one schedule is disabled.
    """
    from watchbill.cli.model_spending import model_spending

    _require_valid_options(live, think, on, feeds, cap)
    with ExitStack() as stack:
        with progress() as on_progress:
            more = {"hours": hours, "live": live, "model": _model(cap, yes, on_progress) if think else None}
            options = options_of(_day_of(on, live), feeds, calm=calm, plant=plant, **more)
            report = _run(stack, options, on_progress)
        if keep:
            _keep_postgres_running()
        spending = model_spending(options.starts_at, _cap(cap)) if think else None
        _show_as_json(report, spending) if as_json else _show(report, picture, spending)


def _run(stack: ExitStack, options: "DayOptions", on_progress: "ProgressDisplay") -> "DayReport":
    """Holds the server until the stack ends: what is shown after the day reads the brain, and would start it again."""
    from watchbill.cloud.postgres.shared_server import desk_server
    from watchbill.days.day import run_day

    stack.enter_context(desk_server(options.home, desk_postgres=options.desk_postgres))
    return run_day(options, on_progress)


def _show_as_json(report: "DayReport", spending: JsonObject | None) -> None:
    from watchbill.cli.printing import show_json

    show_json({**report.as_json(), **({"thought": spending} if spending else {})})


def _model(cap: float | None, is_agreed: bool, on_progress: "ProgressDisplay") -> "ModelAccess":
    from watchbill.cli.model_spending import access

    return access(cap_usd=_cap(cap), is_agreed=is_agreed, quiet=on_progress.quiet)


def _day_of(on: str | None, live: bool) -> str:
    return _yesterday() if live else FIRST_DAY.isoformat() if on is None else on


def _cap(cap: float | None) -> float:
    from watchbill.desk.model_access import CAP_USD

    return CAP_USD if cap is None else cap


def _require_valid_options(live: bool, think: bool, on: str | None, feeds: Path | None, cap: float | None) -> None:
    from watchbill.cli.shell_settings import read_shell
    from watchbill.errors import UsageError

    if live and (on is not None or feeds):
        raise UsageError(
            "--live runs the last complete day on the publishers' own feeds: leave out --date and --feeds."
        )
    if think and not read_shell().model:
        raise UsageError("--think needs a model: set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL.")
    if cap is not None and not think:
        raise UsageError("--cap needs --think: without a model nothing is spent.")


def _yesterday() -> str:
    """The last complete day: its simulated hours need nothing that is not published yet."""
    return (datetime.now(UTC) - timedelta(hours=31)).date().isoformat()


def options_of(on: str, feeds: Path | None, *, calm: bool, plant: list[str], **more: Any) -> "DayOptions":
    """The checked options of a day; `more` is passed to DayOptions unchanged."""
    from watchbill.cli.arguments import read_date
    from watchbill.cli.shell_settings import read_shell
    from watchbill.days.options import DayOptions
    from watchbill.drill.on_a_day import require_known

    here = read_shell()
    require_known(tuple(plant))
    chosen: JsonObject = {"faults": tuple(plant)} if plant else {"faults": ()} if calm else {}
    return DayOptions(
        home=here.home,
        vertical=here.vertical,
        date=read_date(on),
        feeds=feeds,
        endpoint_url=here.endpoint_url,
        desk_postgres=here.desk_postgres,
        **chosen,
        **more,
    )


class ProgressDisplay:
    """Shows each step: one updating line on a terminal, one line per step elsewhere."""

    def __init__(self, console: "Console", status: "Status | None" = None) -> None:
        self._console = console
        self._status = status
        self._last = "starting the desk"

    def __call__(self, progress: "Progress") -> None:
        if self._status is None:
            if progress.step:
                self._console.print(f"{_moment(progress.at)}{progress.step}", soft_wrap=True)
            return
        self._last = progress.step or self._last
        self._status.update(f"{_moment(progress.at)}{progress.fires:>4} fires  {self._last}")

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Stops the updating line while a question is shown."""
        if self._status is not None:
            self._status.stop()
        yield
        if self._status is not None:
            self._status.start()


@contextmanager
def progress() -> Iterator[ProgressDisplay]:
    """Shows progress on stderr: stdout has only the brief."""
    from rich.console import Console

    from watchbill.cli.shell_settings import is_plain

    colours: dict[str, Any] = {"color_system": None} if is_plain() else {}
    console = Console(stderr=True, highlight=False, **colours)
    if not console.is_terminal:
        yield ProgressDisplay(console)
        return
    with console.status("starting the desk") as status:
        yield ProgressDisplay(console, status)


def _moment(at: datetime | None) -> str:
    return f"{at:%a %H:%M}  " if at else ""


def _keep_postgres_running() -> None:
    from watchbill.cli.last_desk import open_server
    from watchbill.cli.shell_settings import read_shell
    from watchbill.cloud.postgres.shared_server import keep_up
    from watchbill.home import last_day

    home = read_shell().home
    with open_server(last_day(home)):
        keep_up(home)


def _show(report: "DayReport", picture: Path | None, spending: JsonObject | None) -> None:
    """Prints the brief, where its files are, the figures of the day, and three commands to try."""
    from watchbill.cli.model_spending import as_lines
    from watchbill.cli.printing import as_called, coloured, console

    lines = [*(as_lines(spending) if spending else ()), *closing_lines(report)]
    screen = console(record=picture is not None)
    screen.print(coloured("\n".join([as_called(report.brief.rstrip("\n")), "", *lines, ""])), end="")
    if picture is not None:
        picture.write_text(_without_fonts(screen.export_svg(title="make day")), encoding="utf-8")


def _without_fonts(svg: str) -> str:
    """Removes the web font that Rich names: the picture must not load anything."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def closing_lines(report: "DayReport") -> Iterator[str]:
    from watchbill.cli.shell_settings import program, read_shell
    from watchbill.cloud.desk_addresses import DESK_PORT, desk_address
    from watchbill.home import desk_folder

    folder = desk_folder(read_shell().home)
    yield from report.notes
    for n, notice in enumerate(report.notices):
        yield f"{'' if n else 'alerts':<10}{notice.at:%a %H:%M}  {notice.title}"
    if report.briefs:
        yield f"brief     {_shown_path(folder / 'brief.txt')}  {_shown_path(folder / 'brief.html')}"
    yield "console   make console: this company as web pages, at " + desk_address(DESK_PORT)
    read = sum(row["read"] for row in report.pipelines)
    lost = sum(row["read"] - sum(row[fate] for fate in FATES) for row in report.pipelines)
    failed = f", {report.failed_fires} ended in an error" if report.failed_fires else ""
    figures = (
        f"{counted(report.fires, 'fire')}{failed} in {report.wall_seconds:.1f} s (set-up {report.setup_seconds:.1f} s)"
    )
    yield f"the day   {figures}; {counted(read, 'row')} read, {_rows_accounted_for(lost)}"
    yield "try       " + "\n          ".join(f"{program()} {command}" for command in _commands_to_try())


def _commands_to_try() -> list[str]:
    """Commands that show what this day left: its question and its finding, if there are any."""
    from company.owner.decisions import Decision
    from company.watch.finding_records import Finding
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        decisions = brain.rows(Decision, "list_decisions", only_open=True)
        findings = brain.rows(Finding, "list_findings", only_open=True, limit=1000)
    tries = ["org"]
    tries.append(f"decide D-{decisions[0].id} {decisions[0].recommendation}" if decisions else "slots")
    tries.append(f"why F-{min(row.id for row in findings)}" if findings else "why 'ceo 06:50'")
    return tries


def _shown_path(path: Path) -> str:
    """Relative to the working directory, when the path is inside it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _rows_accounted_for(lost: int) -> str:
    return f"{lost:,} of them without a recorded fate: see `watchbill why B-1`" if lost else "every one accounted for"
