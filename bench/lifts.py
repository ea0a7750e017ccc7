"""How much more often what has a detail was listed later: the lifts from which parts of the score were reasoned.

    .venv/bin/python -m bench.lifts --date 2024-06-30 --horizon 420 --feeds DIR

Evidence and outcomes are those of `watchbill backtest`: nothing dated after the day, nothing that was listed by then. A
part weighs half of its lift's natural logarithm (layers/patchfirst/python/patchfirst/scores.py), in round figures.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from company.vertical import load
from watchbill.backtest.run import BacktestOptions, Candidate, what_was_known
from watchbill.cli.arguments import read_date
from watchbill.cloud.seal import seal

DETAILS = ("open_to_all", "weakness", "automatable", "technical_impact")
"""The parts that a CVE has or has not, and that its record alone tells."""


@dataclass(frozen=True)
class Lift:
    """Of those with a detail, without it, and of whom nobody knows: how many there were, and how many were listed."""

    part: str
    with_it: tuple[int, int]
    without: tuple[int, int]
    unknown: tuple[int, int]

    @property
    def times(self) -> float | None:
        """How often those with it were listed, as a multiple of all of whom it is known; None where none were."""
        known, listed = (a + b for a, b in zip(self.with_it, self.without, strict=True))
        return (self.with_it[1] / self.with_it[0]) / (listed / known) if listed and self.with_it[0] else None


def lifts_of(parts: Sequence[str], candidates: Sequence[Candidate], listed: Collection[str]) -> list[Lift]:
    """One for each detail, over candidates whose parts are in the order of `parts`."""
    return [_lift(part, parts.index(part), candidates, listed) for part in DETAILS]


def _lift(part: str, place: int, candidates: Sequence[Candidate], listed: Collection[str]) -> Lift:
    def counted(value: float | None) -> tuple[int, int]:
        chosen = [c.entity for c in candidates if c.parts[place] == value]
        return len(chosen), sum(entity in listed for entity in chosen)

    return Lift(part, counted(1), counted(0), counted(None))


def main(
    on: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="Nothing that is dated later is evidence.")],
    feeds: Annotated[Path, typer.Option(metavar="DIR", help="The folder with recorded feed files.")],
    horizon: Annotated[int, typer.Option(min=1, max=730, metavar="DAYS", help="How long listings count.")] = 365,
) -> None:
    """Print how much more often what has a detail was listed in the days after one."""
    seal()
    product = load("patchfirst")
    assert product.backtest is not None and product.scores is not None, "PatchFirst has both"
    console = Console(stderr=True)
    options = BacktestOptions(Path(".watchbill").absolute(), None, read_date(on), horizon, feeds)
    then = what_was_known(options, product, product.backtest, console.print)
    lifts = lifts_of([part.name for part in product.scores.parts], then.candidates, then.outcomes)
    Console().print(_table(lifts))


def _table(lifts: Sequence[Lift]) -> Table:
    table = Table("part", "with it", "without", "unknown", "times", title="listed later, of so many")
    for lift in lifts:
        shares = (f"{listed:,} of {count:,}" for count, listed in (lift.with_it, lift.without, lift.unknown))
        table.add_row(lift.part, *shares, "-" if lift.times is None else f"{lift.times:.1f}")
    return table


if __name__ == "__main__":
    typer.run(main)
