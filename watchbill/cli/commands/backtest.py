"""`watchbill backtest`: tries the product's order on a past day, beside what a user could have for nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from company.text.wording import counted
from watchbill.cli.arguments import path_option

if TYPE_CHECKING:
    from watchbill.backtest.run import BacktestReport, Order
    from watchbill.backtest.scratch_brain import Report


def backtest(
    on: str = typer.Option(..., "--date", metavar="YYYY-MM-DD", help="The day; nothing that is dated later is used."),
    horizon: int = typer.Option(90, min=1, max=730, metavar="DAYS", help="How many days after it count."),
    feeds: Path = path_option(..., metavar="DIR", help="The folder with recorded feed files, of later days too."),
    also: Path = path_option(None, metavar="FILE", help="Try the weights of this TOML file beside ours."),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Try the product's order on a past day: what it would have found, beside other orders and chance.

    Evidence is what was published until that day; outcomes are what became known in the days after it. Hits are counted
    among the first 100, 1,000 and 5,000; equals share a hit.
    """
    from company.vertical import load
    from watchbill.backtest.run import BacktestOptions, backtest_figures, run_backtest
    from watchbill.backtest.weights import Weights
    from watchbill.cli.arguments import read_date
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import read_shell
    from watchbill.days.recordings import require_readable

    here = read_shell()
    product = load(here.vertical)
    weights = Weights.read(also) if also else None
    options = BacktestOptions(here.home, here.desk_postgres, read_date(on), horizon, feeds, weights)
    require_readable(product, feeds)
    with _progress() as on_step:
        report = run_backtest(options, product, on_step)
    show_json(backtest_figures(report)) if as_json else show("\n".join(_lines(report)) + "\n")


@contextmanager
def _progress() -> Iterator["Report"]:
    from watchbill.cli.commands.day import progress
    from watchbill.days.day import Progress

    with progress() as on_progress:
        yield lambda step: on_progress(Progress(step))


def _lines(report: "BacktestReport") -> Iterator[str]:
    from watchbill.cli.printing import table

    yield f"BACKTEST {report.day}, {counted(report.horizon, 'day')}"
    yield (
        f"{counted(report.candidates, 'candidate')}; {report.outcomes} came true, of which {report.among_candidates}"
        f" were candidates on the day and {report.without_evidence} were not known to any source."
    )
    yield ""
    yield table(("ORDER", "100", "1,000", "5,000", "95 % AT 1,000", "MEDIAN PLACE"), _rows(report)).rstrip()
    yield ""
    yield f"Weights {report.weights.version}: " + ", ".join(f"{p} {w:g}" for p, w in report.weights.by_part.items())
    yield "Read: " + "; ".join(_source(source) for source in report.sources)
    yield from (f"{order.title}: {order.note}" for order in report.orders if order.note)
    yield from report.notes


def _rows(report: "BacktestReport") -> Sequence[Sequence[str]]:
    return [(order.title, *_cells(order, report.among_candidates)) for order in report.orders]


def _cells(order: "Order", outcomes: int) -> Iterator[str]:
    from watchbill.backtest.measures import wilson

    if order.measured is None:
        yield from ("-",) * 5
        return
    yield from (f"{hits:.1f}".removesuffix(".0") for hits in order.measured.hits.values())
    low, high = wilson(order.measured.hits[1_000], outcomes)
    yield f"{100 * low:.0f} to {100 * high:.0f} %"
    yield f"{order.measured.median_place:,.0f}" if order.measured.median_place else "-"


def _source(source: object) -> str:
    from watchbill.backtest.scratch_brain import LoadedSource

    assert isinstance(source, LoadedSource)
    version = f" ({source.version})" if source.version else ""
    later = f", {source.dated_later:,} dated later left out" if source.dated_later else ""
    unfit = f", {source.unfit:,} that no column can hold left out" if source.unfit else ""
    return f"{source.source} {counted(source.rows, 'row')}{version}{later}{unfit}"
