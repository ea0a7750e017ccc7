"""Runs the measurements one after the other and prints one table."""

import json
import os
import platform
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Annotated

import psycopg
import typer
from rich.console import Console

from bench import (
    bulk,
    console,
    dead_model,
    epss_bytes,
    fires,
    growth,
    model,
    money,
    peers,
    queue,
    scoring,
    watch,
    whole_list,
    year,
)
from bench.database import BenchDatabase, bench_database
from bench.measure import Measurement
from bench.table import table_of
from watchbill.cli.signals import Ended, end_on_signals
from watchbill.cloud.seal import seal

Measure = Callable[[BenchDatabase], Iterator[Measurement]]
MEASURES: dict[str, Measure] = {
    "claim": queue.claim_and_complete,
    "console": console.pages,
    "history": queue.long_history,
    "warm": fires.warm,
    "cold": fires.cold,
    "edition": bulk.edition,
    "bytes": epss_bytes.beside_psql,
    "score": scoring.scoring,
    "beat": watch.beat,
    "growth": growth.growth,
    "year": year.second_day,
    "spend": money.reserve_and_settle,
    "context": model.context,
    "think": model.overhead,
    "day": model.day,
    "dead": dead_model.days,
}
PEERS: dict[str, Measure] = {
    **{f"queue-{name}": partial(peers.beside, name=name) for name in peers.SCRIPTS},
    **{f"loop-{name}": partial(peers.in_a_loop_beside, name=name) for name in peers.SCRIPTS},
    "queue-pgmq-bare": peers.by_hand_beside_pgmq,
    "queue-ten": peers.by_ten,
    "loop-ten": peers.by_ten_in_a_loop,
    "bytes-dlt": epss_bytes.beside_dlt,
}
"""Beside what others would take, which is installed first; all of them with --peers."""
ONLY_WHEN_NAMED = ("list", *PEERS)
"""The list takes a quarter of an hour and 5 GB of disk."""


def main(
    only: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join((*MEASURES, *ONLY_WHEN_NAMED))}; may be repeated.")
    ] = None,
    beside_peers: Annotated[
        bool, typer.Option("--peers", help="Also beside other queues and dlt, installed into .cache/peers.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    records: Annotated[
        int, typer.Option(min=1, help="How long the CVE List of `--only list` is.")
    ] = whole_list.RECORDS,
    whole_days: Annotated[
        bool, typer.Option(help="Whole days for `--only dead`, and all four ways to be dead.")
    ] = False,
) -> None:
    """Measure speed as ratios, side by side in one run, on the desk's own Postgres.

    All takes nine minutes or more; each id alone takes less than two.
    """
    measures: dict[str, Measure] = {
        **MEASURES,
        **PEERS,
        "list": partial(whole_list.readings, records=records),
        "dead": partial(dead_model.days, is_whole=whole_days),
    }
    names = only or [*MEASURES, *(PEERS if beside_peers else ())]
    _require_known(names, measures)
    if set(names) & set(PEERS):
        peers.install()  # before the seal: it asks PyPI
    seal()
    machine, lines = _measured({name: measures[name] for name in names})
    figures = {"machine": machine, "lines": [line.as_json() for line in lines]}
    typer.echo(json.dumps(figures, indent=2) if as_json else table_of(lines, machine))


def _require_known(names: Collection[str], measures: Mapping[str, Measure]) -> None:
    if unknown := sorted(set(names) - set(measures)):
        raise typer.BadParameter(f"{', '.join(unknown)} is not a measurement; there are {', '.join(measures)}")


def _measured(measures: Mapping[str, Measure]) -> tuple[str, list[Measurement]]:
    """The machine in words, and the lines of these measures, one after the other, each on a company of its own."""
    shown = Console(stderr=True)
    lines: list[Measurement] = []
    with bench_database() as database:
        for name, measure in measures.items():
            with shown.status(f"measuring {name}"), database.copied() as own:
                lines += measure(own)
        return _machine(database), lines


def _machine(database: BenchDatabase) -> str:
    with database.server.connect() as connection:
        version = connection.info.server_version // 10000
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" Postgres {version}, psycopg {psycopg.__version__}"
    )


if __name__ == "__main__":
    end_on_signals()
    try:
        typer.run(main)
    except Ended as ended:
        print("bench: stopped", file=sys.stderr)
        sys.exit(ended.code)
