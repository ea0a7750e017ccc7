"""`watchbill drill`: plants every outage over a simulated week and prints who noticed each, and how soon."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from watchbill.drill.run import DrillReport


def drill(
    fault: list[str] = typer.Option([], metavar="NAME", help="Only this fault, in one night; may be repeated."),
    seed: int = typer.Option(1, min=0, metavar="N", help="Varies times, places and victims."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
    write: list[Path] = typer.Option([], hidden=True, metavar="PAGE", help="Write the table into this page again."),
) -> None:
    """Plant every outage of the company's list over a simulated week and print who noticed each, and how soon.

    Exit 1 when one goes unnoticed, is noticed too late or by nobody named, when a healthy part is accused, or when
    anything is lost.
    """
    from company.text.files import read_utf8
    from watchbill.cli.day import progress
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import read_shell
    from watchbill.drill.on_a_day import require_known
    from watchbill.drill.options import DrillOptions
    from watchbill.drill.run import run_drill
    from watchbill.drill.table import as_json_report, report_text, with_table

    here = read_shell()
    require_known(tuple(fault))
    options = DrillOptions(here.home, here.vertical, tuple(fault), seed, here.endpoint_url, here.desk_postgres)
    with progress() as on_progress:
        report: DrillReport = run_drill(options, on_progress)
    for page in write:
        page.write_text(with_table(read_utf8(page), report), encoding="utf-8")
    if as_json:
        show_json(as_json_report(report))
    else:
        show(report_text(report))
    if not report.verdict.ok:
        raise typer.Exit(1)
