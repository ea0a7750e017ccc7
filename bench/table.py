"""Prints measurements as one line of at most 80 columns each, and below them what each line compares."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from textwrap import wrap

from bench.measure import Measurement

WIDTH = 80
NAME, FIGURE, RATIO, NOISE, TARGET, RESULT = 24, 11, 7, 12, 8, 7


def table_of(lines: Sequence[Measurement], machine: str) -> str:
    """Ids to the left, figures to the right; the noise is the least and the greatest ratio of one round."""
    head = _line("measure", "ours", "beside", "ratio", "min-max", "target", "")
    rows = [_row(line) for line in lines]
    return "\n".join([head, "-" * WIDTH, *rows, "", *_legend(lines), *wrap(machine, WIDTH)])


def _row(line: Measurement) -> str:
    result = "" if line.is_met is None else "met" if line.is_met else "MISSED"
    noise = "" if line.low is None or line.high is None else f"{_short(line.low)}-{_short(line.high)}"
    ours, beside = (f"{_short(value)} {line.unit}".strip() for value in (line.ours, line.beside))
    return _line(line.name, ours, beside, f"{_short(line.ratio)}x", noise, line.target.replace(" ", ""), result)


def _line(name: str, ours: str, beside: str, ratio: str, noise: str, target: str, result: str) -> str:
    figures = f"{ours:>{FIGURE}}{beside:>{FIGURE}}{ratio:>{RATIO}}{noise:>{NOISE}}{target:>{TARGET}}{result:>{RESULT}}"
    return f"{name:<{NAME}}{figures}".rstrip()


def _short(value: float) -> str:
    """Three figures or more: 0.123, 1.23, 12.3, 1,234."""
    places = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:,.{places}f}"


def _legend(lines: Sequence[Measurement]) -> Iterator[str]:
    """Ours, and after the bar what it is compared with; lines that compare the same are named together."""
    for what, same in groupby(lines, key=attrgetter("what")):
        yield from wrap(f"{', '.join(line.name for line in same)}: {what}", WIDTH, subsequent_indent="  ")
    yield ""
