"""Measures two things side by side: machines are noisy, so only their ratio within one run is meaningful."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from company.json_values import JsonObject

Step = Callable[[], object]


class Median(float):
    """The median of several rounds, with each of them: from two the noise of a ratio follows."""

    rounds: tuple[float, ...]

    def __new__(cls, rounds: Sequence[float]) -> "Median":
        made = super().__new__(cls, statistics.median(rounds))
        made.rounds = tuple(rounds)
        return made

    def __rtruediv__(self, pieces: float) -> "Median":
        """So many pieces in each round's time: pieces per second."""
        return Median([pieces / taken for taken in self.rounds])


@dataclass(frozen=True)
class Measurement:
    """One line of the table: two medians in `unit`, their ratio and its target (None: for information).

    low, high: the least and the greatest ratio of two rounds in turn; None where there was one round.
    """

    name: str
    what: str
    ours: float
    beside: float
    unit: str
    ratio: float
    target: str = ""
    is_met: bool | None = None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> JsonObject:
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


def at_most(
    name: str, what: str, ours: float, beside: float, *, unit: str = "ms", limit: float | None = None
) -> Measurement:
    """Both in seconds, shown in milliseconds; ours may take at most `limit` times as long."""
    ratio = ours / beside
    target = "" if limit is None else f"<= {limit:g}x"
    is_met = None if limit is None else ratio <= limit
    return Measurement(name, what, ours * 1e3, beside * 1e3, unit, ratio, target, is_met, *_noise(ours, beside))


def at_least(
    name: str, what: str, ours: float, beside: float, *, unit: str = "/s", limit: float | None = None
) -> Measurement:
    """Both in pieces per second; ours must reach at least `limit` of the other."""
    ratio = ours / beside
    target = "" if limit is None else f">= {limit:g}x"
    is_met = None if limit is None else ratio >= limit
    return Measurement(name, what, float(ours), float(beside), unit, ratio, target, is_met, *_noise(ours, beside))


def _noise(ours: float, beside: float) -> tuple[float | None, float | None]:
    """The range of the ratio over the rounds that were measured in turn."""
    if not isinstance(ours, Median) or not isinstance(beside, Median) or len(ours.rounds) < 2:
        return None, None
    ratios = [one / other for one, other in zip(ours.rounds, beside.rounds, strict=True)]
    return min(ratios), max(ratios)


def seconds(step: Step) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def interleaved(ours: Step, beside: Step, *, rounds: int) -> tuple[Median, Median]:
    """Median seconds of both, in turns after an unmeasured round."""
    ours()
    beside()
    first, second = in_turns((ours, beside), rounds=rounds)
    return first, second


def in_turns(steps: Sequence[Step], *, rounds: int) -> list[Median]:
    """Median seconds of each step; every second round goes the other way round."""
    order = list(range(len(steps)))
    taken: list[list[float]] = [[] for _ in steps]
    for n in range(rounds):
        for which in order if n % 2 == 0 else reversed(order):
            taken[which].append(seconds(steps[which]))
    return [Median(one) for one in taken]
