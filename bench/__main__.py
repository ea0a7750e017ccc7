"""Runs the measurements one after the other and prints one table."""

import json
import os
import platform
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from bench import bulk, console, dead_model, fires, model, money, queue, scoring, watch, whole_list
from bench.database import BenchDatabase, bench_database
from bench.measure import Measurement
from watchbill.cloud.seal import seal

Measure = Callable[[BenchDatabase], Iterator[Measurement]]
MEASURES: dict[str, Measure] = {
    "claim": queue.claim_and_complete,
    "console": console.pages,
    "history": queue.long_history,
    "warm": fires.warm,
    "cold": fires.cold,
    "edition": bulk.edition,
    "score": scoring.scoring,
    "beat": watch.beat,
    "spend": money.reserve_and_settle,
    "context": model.context,
    "think": model.overhead,
    "day": model.day,
    "dead": dead_model.days,
}
ONLY_WHEN_NAMED = ("list",)
"""It takes a quarter of an hour and 5 GB of disk."""


def main(
    only: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join((*MEASURES, *ONLY_WHEN_NAMED))}; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    records: Annotated[
        int, typer.Option(min=1, help="How long the CVE List of `--only list` is.")
    ] = whole_list.RECORDS,
) -> None:
    """Measure speed as ratios, side by side in one run, on the desk's own Postgres. Takes a quarter of an hour."""
    measures: dict[str, Measure] = {**MEASURES, "list": partial(whole_list.readings, records=records)}
    unknown = sorted(set(only or ()) - set(measures))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)} is not a measurement; there are {', '.join(measures)}")
    seal()
    shown = Console(stderr=True)
    lines: list[Measurement] = []
    with bench_database() as database:
        machine = _machine(database)
        for name in only or MEASURES:
            with shown.status(f"measuring {name}"):
                lines += measures[name](database)
    if as_json:
        typer.echo(json.dumps({"machine": machine, "lines": [line.as_json() for line in lines]}, indent=2))
    else:
        Console().print(_table(lines, machine))


def _machine(database: BenchDatabase) -> str:
    with database.server.connect() as connection:
        version = connection.info.server_version // 10000
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" Postgres {version}, psycopg {psycopg.__version__}"
    )


def _table(lines: list[Measurement], machine: str) -> Table:
    table = Table(title="ours | compared with", caption=f"Medians of runs in turns; only ratios count. {machine}")
    for column in ("measure", "ours", "compared with", "ratio", "target", ""):
        table.add_column(column, justify="left" if column in ("measure", "") else "right")
    for line in lines:
        result = "" if line.is_met is None else "met" if line.is_met else "MISSED"
        ours, beside = f"{line.ours:,.2f} {line.unit}", f"{line.beside:,.2f} {line.unit}"
        table.add_row(line.what, ours, beside, f"{line.ratio:.2f}x", line.target, result)
    return table


if __name__ == "__main__":
    typer.run(main)
