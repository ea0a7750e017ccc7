"""`watchbill drill`: plants every outage over a simulated week and prints who noticed each, and how soon."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import typer

from company.json_values import JsonObject
from watchbill.cli.arguments import path_option

if TYPE_CHECKING:
    from watchbill.drill.company import OnProgress
    from watchbill.drill.options import DrillOptions

USUAL_TIMES, MOST_TIMES = 3, 20


class Proof(Protocol):
    """What each form of the drill ends with."""

    @property
    def ok(self) -> bool: ...

    def as_json(self) -> JsonObject: ...

    def as_text(self) -> str: ...


def drill(
    fault: list[str] = typer.Option([], metavar="NAME", help="Only this fault, in one night; may be repeated."),
    seed: int = typer.Option(1, min=0, metavar="N", help="Varies times, places and victims."),
    pairs: int = typer.Option(None, min=1, metavar="N", help="Plant two faults at once, N times in the week."),
    kills: int = typer.Option(
        None, min=0, metavar="N", help="Plant nothing and kill N times in mid-work; 0 is a week of nothing at all."
    ),
    think: bool = typer.Option(False, "--think", help="Let employees work by a model that errs at random (local)."),
    times: int = typer.Option(
        None, min=1, max=MOST_TIMES, metavar="K", help="How often --think runs it; 3 if not said."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
    write: list[Path] = path_option([], hidden=True, metavar="PAGE", help="Write the table into this page again."),
) -> None:
    """Plant every outage of the company's list over a simulated week and print who noticed each, and how soon.

    Exit 1 when one goes unnoticed, is noticed too late or by nobody named, when a healthy part is accused, or when
    anything is lost. --kills compares what the brain holds with a week without kills. --think runs the same drill K
    times, by K seeds, and asks that what machines notice is noticed each time.
    """
    from watchbill.cli.commands.day import progress
    from watchbill.cli.printing import show, show_json

    _require_one_form(fault, pairs, kills, think, times, write)
    options = _options(fault, seed, pairs or 0, kills)
    with progress() as on_progress:
        proof = _run(options, kills, (times or USUAL_TIMES) if think else 0, write, on_progress)
    show_json(proof.as_json()) if as_json else show(proof.as_text())
    say_whose_company()
    if not proof.ok:
        raise typer.Exit(1)


def say_whose_company() -> None:
    """A run leaves its company as the last one, to be looked at."""
    from watchbill.cli.printing import say

    say("other commands are about the company of this run now: `watchbill day` makes another", err=True)


def _run(options: "DrillOptions", kills: int | None, times: int, write: list[Path], on_progress: "OnProgress") -> Proof:
    """times: how often by a model; 0 is once and by the book."""
    from company.text.files import read_utf8
    from watchbill.drill.kills.verdict import run_kills
    from watchbill.drill.run import run_drill
    from watchbill.drill.table import with_table
    from watchbill.drill.think.runs import run_with_models

    if kills is not None:
        return run_kills(options, kills, on_progress)
    if times:
        return run_with_models(options, times, on_progress)
    report = run_drill(options, on_progress)
    for page in write:
        page.write_text(with_table(read_utf8(page), report), encoding="utf-8")
    return report


def _require_one_form(
    fault: list[str], pairs: int | None, kills: int | None, think: bool, times: int | None, write: list[Path]
) -> None:
    from watchbill.drill.on_a_day import require_known
    from watchbill.errors import UsageError

    require_known(tuple(fault))
    if fault and pairs is not None:
        raise UsageError("--pairs draws its own faults by the seed: leave out --fault.")
    if kills is not None and (fault or pairs is not None or think):
        raise UsageError("--kills plants no fault and asks no model: leave out --fault, --pairs and --think.")
    if times is not None and not think:
        raise UsageError("--times says how often --think runs the drill: add --think, or leave it out.")
    if write and (fault or pairs is not None or kills is not None or think):
        raise UsageError("--write keeps the table of the whole week: leave out the other options.")


def _options(fault: list[str], seed: int, pairs: int, kills: int | None) -> "DrillOptions":
    from watchbill.cli.shell_settings import read_shell
    from watchbill.drill.options import DrillOptions
    from watchbill.drill.timetable import plan
    from watchbill.errors import UsageError

    here = read_shell()
    if kills and here.desk_postgres:
        raise UsageError("--kills ends the database server, and DESK_POSTGRES names one of yours: unset it.")
    options = DrillOptions(
        here.home, here.vertical, tuple(dict.fromkeys(fault)), seed, here.endpoint_url, here.desk_postgres, pairs
    )
    plan(options)  # more pairs than the week has room for are refused before anything starts
    return options
