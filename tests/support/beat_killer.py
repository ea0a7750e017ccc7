"""Kills the process that runs heartbeat, with SIGKILL, in the middle of beats and at random moments of them."""

import contextlib
import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from tests.support.checkouts import Checkout

LOOKS_EVERY = 0.002
"""Seconds between two looks at one process."""
LISTS_EVERY = 0.05
"""Seconds between two lists of all processes, of which each takes some milliseconds."""
LONGEST_BEAT = 0.06
"""Seconds into a beat within which the kill comes; a warm beat of a small company takes about so long."""


@dataclass
class BeatKiller:
    """Works in a thread, in a with block, until it has killed so many. Of one fire it kills the first attempt only:

    a process is killed in a beat that follows one which it has ended, and the next attempt has a new process.
    """

    checkout: Checkout
    most: int
    chance: random.Random
    killed: list[int] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)

    def __enter__(self) -> "BeatKiller":
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while len(self.killed) < self.most and not self._stop.is_set():
            pid = self._warm_process()
            if pid is not None and self._begins_to_work(pid):
                time.sleep(self.chance.uniform(0, LONGEST_BEAT))  # a random moment is what this is about
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(pid)

    def _warm_process(self) -> int | None:
        """The process that runs heartbeat, after it has worked and waits for its next event."""
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                pid = int(entry.name)
                if pid not in self.killed and self._is_heartbeat(entry) and self._is_waiting(pid):
                    return pid
        self._stop.wait(LISTS_EVERY)
        return None

    def _is_heartbeat(self, entry: Path) -> bool:
        is_ours = str((entry / "cwd").readlink()).startswith(str(self.checkout.root))
        return is_ours and (entry / "comm").read_text() == "heartbeat\n"

    def _is_waiting(self, pid: int) -> bool:
        """Whether it has taken 30 ms of work, its start, and does nothing now."""
        before = _work_of(pid)
        self._stop.wait(0.03)
        return before > 3e7 and _work_of(pid) == before

    def _begins_to_work(self, pid: int) -> bool:
        """Waits for it; False when the process is gone or the block ends."""
        before = _work_of(pid)
        while not self._stop.is_set():
            try:
                if _work_of(pid) > before:
                    return True
            except OSError:
                return False
            time.sleep(LOOKS_EVERY)
        return False


def _work_of(pid: int) -> int:
    """Nanoseconds that a process has been on a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
