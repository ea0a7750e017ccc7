"""Notices that a model repeats itself."""

import json
from collections.abc import Mapping

from company.model.port import LoopStopped

MOST_REPEATS = 3


class LoopDetector:
    """Counts calls with the same tool, arguments and result. A new result (the next task claimed) is progress."""

    def __init__(self, most: int = MOST_REPEATS) -> None:
        self._most = most
        self._last: dict[str, tuple[str, int]] = {}

    def record(self, name: str, arguments: Mapping[str, object], result: str) -> None:
        """Raises LoopStopped when the same call has given the same result too often."""
        key = name + json.dumps(arguments, sort_keys=True, default=str)
        before, times = self._last.get(key, ("", 0))
        times = times + 1 if before == result else 1
        self._last[key] = (result, times)
        if times >= self._most:
            raise LoopStopped(f"{name} with the same arguments {times} times")
