"""How good an order was: hits among its first places, their interval, and the place of the middle outcome."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

DEPTHS = (100, 1_000, 5_000)
NORMAL_95 = 1.959964


@dataclass(frozen=True)
class Standing:
    """Where an outcome stands in an order: how many are before it, and how many share its value, itself included."""

    ahead: int
    equal: int

    def share_within(self, depth: int) -> float:
        """The probability that it is among the first `depth`, when equals are ordered by chance."""
        return min(1.0, max(0.0, (depth - self.ahead) / self.equal))

    @property
    def middle(self) -> float:
        return self.ahead + (self.equal + 1) / 2


@dataclass(frozen=True)
class Measure:
    """One order: hits at each depth, and the median place of the outcomes."""

    hits: Mapping[int, float]
    median_place: float | None


def measure(values: Mapping[str, float], candidates: int, outcomes: Collection[str]) -> Measure:
    """Compares an order with what happened. A candidate without a value stands, by chance, behind all that have one."""
    ordered = sorted(values.values())
    places = [_place(values.get(entity), ordered, candidates) for entity in outcomes]
    return Measure(
        hits={depth: sum(place.share_within(depth) for place in places) for depth in DEPTHS},
        median_place=median(place.middle for place in places) if places else None,
    )


def by_chance(candidates: int, outcomes: int) -> Measure:
    """What an order by chance finds on the average."""
    shares = {depth: outcomes * min(1.0, depth / candidates) if candidates else 0.0 for depth in DEPTHS}
    return Measure(shares, (candidates + 1) / 2 if outcomes else None)


def wilson(hits: float, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927); (0, 1) where there is nothing to count."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, NORMAL_95**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = NORMAL_95 * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _place(value: float | None, ordered: Sequence[float], candidates: int) -> Standing:
    if value is None:
        return Standing(len(ordered), max(1, candidates - len(ordered)))
    first, after = bisect_left(ordered, value), bisect_right(ordered, value)
    return Standing(len(ordered) - after, after - first)
