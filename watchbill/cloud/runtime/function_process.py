"""One function process: started with its own environment, served, and ended with all that it started."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from watchbill.cloud.runtime.api import RuntimeApi
from watchbill.cloud.runtime.connection import Connection
from watchbill.cloud.runtime.fork_server import ForkServer
from watchbill.cloud.runtime.output import Output
from watchbill.cloud.runtime.records import ClientName

TICK_SECONDS = 0.1
SUSPICIOUS_TICK_SECONDS = 0.002  # its output or its connection is closed: it is probably ending
READ_BYTES = 1 << 16
LAST_ROUNDS = 10


class FunctionProcess:
    """A warm (or starting) process. No thread: it is served while a caller waits for it."""

    def __init__(self, server: ForkServer, environment: Mapping[str, str], folder: Path, client: ClientName) -> None:
        self.output = Output()
        self.exit_code: int | None = None
        self._has_closed_output = False
        self._peak_bytes = 0
        self._selector = selectors.DefaultSelector()
        self.api = RuntimeApi(self._selector)
        lifeline, self._lifeline = os.pipe()
        self._stdout, written = os.pipe()
        os.set_blocking(self._stdout, False)
        self._selector.register(self._stdout, selectors.EVENT_READ, self._stdout)
        own = {**environment, "AWS_LAMBDA_RUNTIME_API": self.api.address}
        try:
            self._process = server.start(own, folder, client, lifeline=lifeline, output=written)
        except BaseException:
            self._close_files()
            raise
        finally:
            os.close(lifeline)
            os.close(written)

    def wait_for(self, is_done: Callable[[], bool], seconds: float) -> bool:
        """Serves the process until `is_done`; False after the time limit, or when the process has ended before."""
        deadline = time.monotonic() + seconds
        while not is_done():
            left = deadline - time.monotonic()
            if left <= 0 or self.exit_code is not None:
                return False
            self._serve(min(left, self._tick))
            if self.has_ended():
                self._serve_the_rest()
        return True

    def has_ended(self) -> bool:
        """Whether it has ended; then its last output is read and its exit code is stored."""
        if self.exit_code is None and self._process.poll() is not None:
            self._kill_group()
            self._take_output()
            self.exit_code = self._process.returncode
        return self.exit_code is not None

    def max_memory_mb(self) -> int:
        """The most memory that it used, as last read while it lived.

        Its resource usage after the end would include the memory of the desk at the start of the process.
        """
        if self.exit_code is None:
            self._peak_bytes = max(self._peak_bytes, _high_water_bytes(self._process.pid))
        return -(-self._peak_bytes // (1024 * 1024))

    def kill_from_outside(self) -> None:
        """What a machine that fails does to it: nobody waits for it or tidies up, and who serves it finds it ended."""
        if self.exit_code is None:
            self._kill_group()

    def kill(self) -> None:
        """Ends it and everything in its process group now, and closes its files."""
        if self.exit_code is None:
            self._kill_group()
            self._process.wait()
            self._take_output()
        self._close_files()

    def _close_files(self) -> None:
        self.api.close()
        self._selector.close()
        os.close(self._stdout)
        os.close(self._lifeline)

    def _kill_group(self) -> None:
        """Also after its own end: a child of a crashed handler would continue otherwise."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def _tick(self) -> float:
        is_suspicious = self.api.has_lost_client or self._has_closed_output
        return SUSPICIOUS_TICK_SECONDS if is_suspicious else TICK_SECONDS

    def _serve(self, seconds: float) -> bool:
        """Serves once; False without input. Output first: a line is never read after the answer that followed it."""
        ready = self._selector.select(seconds)
        if not ready:
            self.max_memory_mb()
        for key, _ in ready:
            if isinstance(key.data, int):
                self._take_output()
        for key, _ in ready:
            if key.data is None or isinstance(key.data, Connection):
                self.api.serve(key.data)
        return bool(ready)

    def _serve_the_rest(self) -> None:
        """Reads the last output of an ended process; bounded, because a child process may continue to write."""
        for _ in range(LAST_ROUNDS):
            if not self._serve(0):
                return

    def _take_output(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._stdout, READ_BYTES):
                self.output.take(data)
                if len(data) < READ_BYTES:
                    return
            if not self._has_closed_output:
                self._has_closed_output = True
                self._selector.unregister(self._stdout)


def _high_water_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", "rb", buffering=0) as file:
            status = file.read()
    except OSError:
        return _resident_bytes(pid)
    _, _, peak = status.partition(b"VmHWM:")
    return int(peak.split(maxsplit=1)[0]) * 1024 if peak else 0


def _resident_bytes(pid: int) -> int:
    """Without /proc there is no peak value of a living process: its current memory is used."""
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return int(shown.stdout.strip() or 0) * 1024
