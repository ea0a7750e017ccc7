"""Measures two things side by side: machines are noisy, so only their ratio within one run is meaningful."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from company.json_values import JsonObject

Step = Callable[[], object]


@dataclass(frozen=True)
class Measurement:
    """One line of the table: two medians in `unit`, their ratio and its target (None: for information)."""

    name: str
    what: str
    ours: float
    beside: float
    unit: str
    ratio: float
    target: str = ""
    is_met: bool | None = None

    def as_json(self) -> JsonObject:
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


def at_most(
    name: str, what: str, ours: float, beside: float, *, unit: str = "ms", limit: float | None = None
) -> Measurement:
    """Both in seconds, shown in milliseconds; ours may take at most `limit` times as long."""
    ratio = ours / beside
    target = "" if limit is None else f"<= {limit:g}x"
    return Measurement(
        name, what, ours * 1e3, beside * 1e3, unit, ratio, target, None if limit is None else ratio <= limit
    )


def at_least(
    name: str, what: str, ours: float, beside: float, *, unit: str = "/s", limit: float | None = None
) -> Measurement:
    """Both in pieces per second; ours must reach at least `limit` of the other."""
    ratio = ours / beside
    target = "" if limit is None else f">= {limit:g}x"
    return Measurement(name, what, ours, beside, unit, ratio, target, None if limit is None else ratio >= limit)


def seconds(step: Step) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def interleaved(ours: Step, beside: Step, *, rounds: int) -> tuple[float, float]:
    """Median seconds of both, in turns after an unmeasured round."""
    ours()
    beside()
    first, second = in_turns((ours, beside), rounds=rounds)
    return first, second


def in_turns(steps: Sequence[Step], *, rounds: int) -> list[float]:
    """Median seconds of each step; every second round goes the other way round."""
    order = list(range(len(steps)))
    taken: list[list[float]] = [[] for _ in steps]
    for n in range(rounds):
        for which in order if n % 2 == 0 else reversed(order):
            taken[which].append(seconds(steps[which]))
    return [statistics.median(one) for one in taken]
