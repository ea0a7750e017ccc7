"""Turns the output of a function process into log lines, each with the time at which the desk read it."""

import time

from watchbill.cloud.runtime.records import LogLine

LONGEST_LINE_BYTES = 256 * 1024  # of one CloudWatch Logs event
LONGEST_RUN_BYTES = 8 * 1024 * 1024
CUT = "(the desk keeps the first 8 MB of a run's output; the rest was dropped)"


class Output:
    """The lines of the current run. A carriage return is Lambda's line break inside one event."""

    def __init__(self) -> None:
        self._lines: list[LogLine] = []
        self._partial = b""
        self._taken_bytes = 0

    def take(self, data: bytes) -> None:
        """Takes bytes; a line ends at its newline, or where it is too long for one event."""
        room = LONGEST_RUN_BYTES - self._taken_bytes
        self._taken_bytes += len(data)
        if room <= 0:
            return
        *whole, self._partial = (self._partial + data[:room]).split(b"\n")
        for line in whole:
            self._add(line)
        if len(self._partial) >= LONGEST_LINE_BYTES:
            self._end_partial()
        if room <= len(data):
            self._end_partial()
            self.say(CUT)

    def say(self, text: str) -> None:
        """Adds a line of the platform itself, in order with the others."""
        self._end_partial()
        self._lines.append((time.time_ns() // 1_000_000, text))

    def end_run(self) -> tuple[LogLine, ...]:
        """Returns the lines so far; the next run starts without lines."""
        self._end_partial()
        lines, self._lines, self._taken_bytes = tuple(self._lines), [], 0
        return lines

    def _end_partial(self) -> None:
        partial, self._partial = self._partial, b""
        if partial:
            self._add(partial)

    def _add(self, line: bytes) -> None:
        stamp = time.time_ns() // 1_000_000
        for start in range(0, len(line) or 1, LONGEST_LINE_BYTES):
            text = line[start : start + LONGEST_LINE_BYTES].decode(errors="replace")
            self._lines.append((stamp, text.rstrip("\r").replace("\r", "\n").replace("\u00a0", " ")))
