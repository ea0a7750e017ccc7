"""Notices that a model repeats itself: by its calls, since an answer may hold a new id each time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from company.model.port import LoopStopped
from company.text.wording import counted
from company.tools import Effect

MOST_REPEATS = 3
MOST_READS = 6
"""As often may one thing be read anew while the session itself changes nothing."""


@dataclass
class _Calls:
    """Calls of one tool with the same arguments. known: what they answered; old: how many in a row answered that."""

    times: int = 0
    old: int = 0
    known: set[str] = field(default_factory=set)


class LoopDetector:
    """Counts the calls of one session.

    No call may answer three times running what it answered before. Beyond that it depends on what the call does: the
    third time that the same is written is a loop whatever the answer; what is read may change by other hands, so it is
    one at the sixth time, counted from the session's own last change; what takes the next item each time is none while
    it gets a new one.
    """

    def __init__(self) -> None:
        self._calls: dict[str, _Calls] = {}
        self._reads: dict[str, int] = {}

    def record(self, name: str, arguments: Mapping[str, object], result: str, effect: Effect = "writes") -> None:
        """Raises LoopStopped when this call, which was just made, is one too many."""
        key = name + json.dumps(arguments, sort_keys=True, default=str)
        calls = self._calls.setdefault(key, _Calls())
        calls.times += 1
        calls.old = calls.old + 1 if result in calls.known else 0
        calls.known.add(result)
        if calls.old >= MOST_REPEATS - 1 or self._is_one_too_many(key, calls, effect):
            raise LoopStopped(f"{name} with the same arguments {counted(calls.times, 'time')}")

    def _is_one_too_many(self, key: str, calls: _Calls, effect: Effect) -> bool:
        if effect == "reads":
            self._reads[key] = self._reads.get(key, 0) + 1
            return self._reads[key] >= MOST_READS
        if calls.old == 0:
            self._reads.clear()
        return effect == "writes" and calls.times >= MOST_REPEATS
