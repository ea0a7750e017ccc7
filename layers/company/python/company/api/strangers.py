"""Counts the requests without a good key by address, in memory: a flood of them costs the brain nothing."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

PER_MINUTE = 60
MOST_ADDRESSES = 1024


class Strangers:
    """A count for each address and minute, in one container; the address that was quiet longest is forgotten first."""

    def __init__(self, per_minute: int = PER_MINUTE, stopwatch: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._stopwatch = stopwatch
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def count(self, address: str) -> int:
        """Counts one request; the seconds to wait, 0 when it may be looked at."""
        now = self._stopwatch()
        minute, seen = self._counts.pop(address, (int(now // 60), 0))
        seen = seen + 1 if minute == int(now // 60) else 1
        self._counts[address] = (int(now // 60), seen)
        if len(self._counts) > MOST_ADDRESSES:
            self._counts.popitem(last=False)
        return 60 - int(now % 60) if seen > self._per_minute else 0

    def is_over(self, address: str) -> bool:
        """Whether the address has used up this minute already; counts nothing."""
        minute, seen = self._counts.get(address, (0, 0))
        return minute == int(self._stopwatch() // 60) and seen >= self._per_minute
