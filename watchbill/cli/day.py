"""`watchbill day`: one whole company day on this machine, and its morning brief."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from watchbill.days.day import DayOptions, DayReport, Progress
    from watchbill.desk.model_access import ModelAccess

SAMPLE_DAY = "2026-03-11"
FATES = ("promoted", "unchanged", "quarantined", "held")


def day(
    on: str = typer.Option(None, "--date", metavar="YYYY-MM-DD", help="The day to run, from 07:00 to 07:00."),
    feeds: Path = typer.Option(None, metavar="DIR", help="Recorded feed files to run it on, in place of the sample."),
    live: bool = typer.Option(False, "--live", help="Read the publishers' own feeds, for the day just past."),
    think: bool = typer.Option(False, "--think", help="Let the model think; needs ANTHROPIC_API_KEY or _BASE_URL."),
    cap: float = typer.Option(None, min=0, metavar="USD", help="What --think may spend in all; 2.00 if not said."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask before --think begins."),
    calm: bool = typer.Option(False, "--calm", help="PlantableFault no fault."),
    plant: list[str] = typer.Option([], metavar="FAULT", help="Plant this fault; may be given again."),
    hours: int = typer.Option(24, min=1, max=24, help="End the day after so many hours, before its brief."),
    keep: bool = typer.Option(False, "--keep", help="Leave the day's Postgres up for half an hour afterwards."),
    as_json: bool = typer.Option(False, "--json", help="Print the day's figures as JSON."),
    picture: Path = typer.Option(None, hidden=True, metavar="FILE", help="Draw what is printed as SVG."),
) -> None:
    """Run 24 hours of schedules on this machine and print the morning brief.

    Two faults are planted so that a first run shows the watch at work: one feed goes stale, one schedule is muted.
    """
    from watchbill.cli.model_spending import spent
    from watchbill.days.day import run_day

    _refuse_what_cannot_be(live, think, on, feeds, cap)
    with progress() as on_progress:
        more = {"hours": hours, "live": live, "model": _model(cap, yes, on_progress) if think else None}
        options = options_of(_day_of(on, live), feeds, calm=calm, plant=plant, **more)
        report = run_day(options, on_progress)
    if keep:
        _keep_up()
    thought = spent(options.starts_at, _cap(cap)) if think else None
    _show_as_json(report, thought) if as_json else _show(report, picture, thought)


def _show_as_json(report: "DayReport", thought: dict[str, Any] | None) -> None:
    from watchbill.cli.printing import show_json

    show_json(report.as_json() | ({"thought": thought} if thought else {}))


def _model(cap: float | None, is_agreed: bool, on_progress: "ProgressDisplay") -> "ModelAccess":
    from watchbill.cli.model_spending import access

    return access(cap_usd=_cap(cap), is_agreed=is_agreed, quiet=on_progress.quiet)


def _day_of(on: str | None, live: bool) -> str:
    return _yesterday() if live else on or SAMPLE_DAY


def _cap(cap: float | None) -> float:
    from watchbill.desk.model_access import CAP_USD

    return CAP_USD if cap is None else cap


def _refuse_what_cannot_be(live: bool, think: bool, on: str | None, feeds: Path | None, cap: float | None) -> None:
    from watchbill.cli.shell_settings import read_shell
    from watchbill.errors import UsageError

    if live and (on or feeds):
        raise UsageError("--live is for the day just past and the publishers' own feeds: leave --date and --feeds out.")
    if think and not read_shell().model:
        raise UsageError("--think needs a model to ask: set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL.")
    if cap is not None and not think:
        raise UsageError("--cap is for --think: without it nobody spends anything.")


def _yesterday() -> str:
    """The last day that is over, so that its simulated hours ask for nothing that is not published yet."""
    return (datetime.now(UTC) - timedelta(hours=31)).date().isoformat()


def options_of(on: str, feeds: Path | None, *, calm: bool, plant: list[str], **more: Any) -> "DayOptions":
    """What was asked for, checked; more goes to DayOptions as it is."""
    from watchbill.cli.shell_settings import read_shell
    from watchbill.days.day import DayOptions
    from watchbill.errors import UsageError

    here = read_shell()
    try:
        wanted = date.fromisoformat(on)
    except ValueError:
        raise UsageError(f"--date {on} is no day: write it as 2026-03-11.") from None
    _require_known(plant)
    chosen: dict[str, Any] = {"faults": tuple(plant)} if plant else {"faults": ()} if calm else {}
    return DayOptions(
        home=here.home,
        vertical=here.vertical,
        date=wanted,
        feeds=feeds,
        endpoint_url=here.endpoint_url,
        desk_postgres=here.desk_postgres,
        **chosen,
        **more,
    )


def _require_known(faults: list[str]) -> None:
    """Before anything is set up: a mistyped fault costs no time."""
    from watchbill.errors import UsageError
    from watchbill.faults.catalogue import FAULTS

    unknown = [name for name in faults if name not in FAULTS]
    if unknown:
        raise UsageError(f"--plant {', '.join(unknown)}: unknown fault. Known: {', '.join(FAULTS)}.")


class ProgressDisplay:
    """Told of each step. One line that moves on a terminal; a line for each step elsewhere."""

    def __init__(self, console: Any, status: Any = None) -> None:
        self._console = console
        self._status = status
        self._last = "opening the desk"

    def __call__(self, progress: "Progress") -> None:
        if self._status is None:
            if progress.step:
                self._console.print(f"{_moment(progress.at)}{progress.step}", soft_wrap=True)
            return
        self._last = progress.step or self._last
        self._status.update(f"{_moment(progress.at)}{progress.fires:>4} fires  {self._last}")

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """The terminal is somebody else's for a while: a question stands there."""
        if self._status is not None:
            self._status.stop()
        yield
        if self._status is not None:
            self._status.start()


@contextmanager
def progress() -> Iterator[ProgressDisplay]:
    """On stderr: stdout is the brief alone."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield ProgressDisplay(console)
        return
    with console.status("opening the desk") as status:
        yield ProgressDisplay(console, status)


def _moment(at: datetime | None) -> str:
    return f"{at:%a %H:%M}  " if at else ""


def _keep_up() -> None:
    from watchbill.cli.last_desk import open_server
    from watchbill.cli.shell_settings import read_shell
    from watchbill.cloud.postgres.shared_server import keep_up
    from watchbill.home import last_day

    home = read_shell().home
    with open_server(last_day(home)):
        keep_up(home)


def _show(report: "DayReport", picture: Path | None, thought: dict[str, Any] | None) -> None:
    """The brief, where it lies, what the day came to, and three commands to try."""
    from watchbill.cli.model_spending import as_lines
    from watchbill.cli.printing import console, painted

    told = [*(as_lines(thought) if thought else ()), *after(report)]
    screen = console(record=picture is not None)
    screen.print(painted(report.brief.rstrip("\n") + "\n\n" + "\n".join(told) + "\n"), end="")
    if picture is not None:
        picture.write_text(_without_fonts(screen.export_svg(title="make day")), encoding="utf-8")


def _without_fonts(svg: str) -> str:
    """Rich names a font on somebody's server; a picture of ours asks nobody for anything."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def after(report: "DayReport") -> Iterator[str]:
    from watchbill.cli.shell_settings import program, read_shell
    from watchbill.home import desk_folder

    folder = desk_folder(read_shell().home)
    yield from report.notes
    for n, notice in enumerate(report.heard):
        yield f"{'' if n else 'you heard':<10}{notice.at:%a %H:%M}  {notice.title}"
    if report.briefs:
        yield f"brief     {_nearby(folder / 'brief.txt')}  {_nearby(folder / 'brief.html')}"
    read = sum(row["read"] for row in report.pipelines)
    lost = sum(row["read"] - sum(row[fate] for fate in FATES) for row in report.pipelines)
    failed = f", {report.failed_fires} ended in an error" if report.failed_fires else ""
    figures = f"{report.fires} fires{failed} in {report.wall_seconds:.1f} s (set-up {report.setup_seconds:.1f} s)"
    yield f"the day   {figures}; {read:,} rows read, {_fate_of_all(lost)}"
    yield "try       " + "\n          ".join(f"{program()} {words}" for words in _to_try())


def _to_try() -> list[str]:
    """What this day left to look at: its question and its finding, when there are any."""
    from company.watch.findings import Finding
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        decisions = brain.all("list_decisions", only_open=True)
        findings = brain.rows(Finding, "list_findings", only_open=True, limit=1)
    tries = ["org"]
    tries.append(f"decide D-{decisions[0]['id']} {decisions[0]['recommendation']}" if decisions else "slots")
    tries.append(f"why F-{findings[0].id}" if findings else "why 'ceo 06:50'")
    return tries


def _nearby(path: Path) -> str:
    """Relative to where the owner stands, when that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _fate_of_all(lost: int) -> str:
    return f"{lost:,} of them in no count: see `watchbill why B-1`" if lost else "every one accounted for"
