"""A week in which all goes well, in a process of its own beside a drill that is compared with it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from types import FrameType

from watchbill.drill.kills.figures import WeekFigures
from watchbill.drill.kills.week import calm_figures, kept_figures
from watchbill.drill.options import DrillOptions
from watchbill.errors import DeskError


@contextmanager
def healthy_week(options: DrillOptions) -> Iterator[Callable[[], WeekFigures]]:
    """Gives what waits for its figures; it runs at once, and not at all where they are kept of the same code."""
    if (kept := kept_figures(options)) is not None:
        yield lambda: kept
        return
    running = get_context("spawn").Process(target=_run, args=(options,))
    running.start()
    try:
        yield partial(_figures_of, running, options)
    finally:
        running.terminate()
        running.join()


def _run(options: DrillOptions) -> None:
    """A drill that ends early ends it too: what it opened is closed first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    calm_figures(options, lambda _: None)


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _figures_of(running: BaseProcess, options: DrillOptions) -> WeekFigures:
    running.join()
    figures = kept_figures(options)
    if figures is None:
        raise DeskError(f"the week without faults ended with {running.exitcode}: see what it printed above.")
    return figures
