"""Notices that the thinking goes in a circle."""

import json
from collections.abc import Mapping
from typing import Any

from company.model.port import LoopStopped

MOST_REPEATS = 3


class LoopDetector:
    """Counts a tool with the same arguments and the same answer; a new answer (the next task claimed) is progress."""

    def __init__(self, most: int = MOST_REPEATS) -> None:
        self._most = most
        self._seen: dict[str, tuple[str, int]] = {}

    def saw(self, name: str, arguments: Mapping[str, Any], answer: str) -> None:
        """Raises LoopStopped at the last repeat that is borne."""
        key = name + json.dumps(arguments, sort_keys=True, default=str)
        before, times = self._seen.get(key, ("", 0))
        times = times + 1 if before == answer else 1
        self._seen[key] = (answer, times)
        if times >= self._most:
            raise LoopStopped(f"{name} with the same arguments {times} times")
