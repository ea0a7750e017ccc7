"""Each run's lines in CloudWatch Logs, written and read with the same calls as on AWS.

Lines have wall time, not simulated time: the service drops lines that are far in the past and reports that only
in a field of its answer, which is therefore checked.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from company.aws.clients import Clients
from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws

# CloudWatch's limits for one put: 10,000 events, and 1 MiB counting 26 bytes for each event.
_MOST_EVENTS = 10_000
_MOST_BYTES = 1_048_576
_EVENT_BYTES = 26
_LONGEST_BYTES = 256 * 1024 - _EVENT_BYTES  # of one event; Lambda cuts longer lines too
_RUNS_AT_ONCE = 1024
_POLL_SECONDS = 1.0
_LATE_MS = 60_000  # lines of another function may arrive this much after younger ones


class Run(Protocol):
    """The part of an invocation that is needed to store its lines."""

    @property
    def log_group(self) -> str: ...
    @property
    def log_stream(self) -> str: ...
    @property
    def log_lines(self) -> tuple[tuple[int, str], ...]: ...


@dataclass(frozen=True)
class LogEvent:
    """One line read back: when it was written (wall time), its log group and stream, and its text."""

    at: datetime
    group: str
    stream: str
    message: str


class LogWriter:
    """Collects the lines of runs and sends them for many runs at once; `flush` sends the rest.

    A put takes as long as a short run, so one put per run would double the time of a day.
    """

    def __init__(self, cloud: LocalAws) -> None:
        self._cloud = cloud
        self._streams: set[tuple[str, str]] = set()
        self._waiting: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        self._runs_waiting = 0
        self._after_put: Callable[[str, str, list[tuple[int, str]]], None] | None = None

    @contextmanager
    def observed(self, after_put: Callable[[str, str, list[tuple[int, str]]], None]) -> Iterator[None]:
        """Calls after_put with log group, stream and lines after each put."""
        self._after_put = after_put
        try:
            yield
        finally:
            self._after_put = None

    def write(self, run: Run) -> None:
        """Takes the lines of one run."""
        self._waiting[run.log_group, run.log_stream] += run.log_lines
        self._runs_waiting += 1
        if self._runs_waiting >= _RUNS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Sends everything; raises when the cloud did not store every line."""
        waiting, self._waiting, self._runs_waiting = self._waiting, defaultdict(list), 0
        for (group, stream), lines in waiting.items():
            put_lines(self._cloud, group, stream, lines, is_new=(group, stream) not in self._streams)
            self._streams.add((group, stream))
            if self._after_put is not None:
                self._after_put(group, stream, lines)


def put_lines(cloud: LocalAws, group: str, stream: str, lines: list[tuple[int, str]], *, is_new: bool = True) -> None:
    """Lines (wall time in ms, text) into one stream; raises when the cloud did not store all of them."""
    logs = cloud.client("logs")
    if is_new:
        # It exists already when a warm process has outlived an earlier writer.
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
    for batch in _batches(lines):
        answer = logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)
        if rejected := answer.get("rejectedLogEventsInfo"):
            raise RuntimeError(f"CloudWatch Logs did not store lines of {group}: {rejected}")


def tail(
    cloud: Clients,
    prefix: str,
    *,
    since: datetime | None = None,
    pattern: str = "",
    follow: bool = False,
) -> Iterator[LogEvent]:
    """The lines of every log group whose name begins with `prefix`, oldest first; `follow` continues without an end.

    `since` is wall time. `pattern` is a CloudWatch filter pattern, as for `aws logs tail --filter-pattern`.
    """
    begin = 0 if since is None else max(0, int(since.timestamp() * 1000))
    seen: set[str] = set()
    while True:
        for event_id, line in sorted(_events(cloud, prefix, begin, pattern), key=lambda found: found[1].at):
            if event_id not in seen:
                seen.add(event_id)
                yield line
                begin = max(begin, int(line.at.timestamp() * 1000) - _LATE_MS)
        if not follow:
            return
        time.sleep(_POLL_SECONDS)


def _events(cloud: Clients, prefix: str, begin: int, pattern: str) -> Iterator[tuple[str, LogEvent]]:
    logs = cloud.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    for name in [group["logGroupName"] for page in groups for group in page["logGroups"]]:
        wanted = {"logGroupName": name, "startTime": begin, **({"filterPattern": pattern} if pattern else {})}
        for page in logs.get_paginator("filter_log_events").paginate(**wanted):
            for event in page["events"]:
                yield event["eventId"], _line(name, event)


def _line(group: str, event: JsonObject) -> LogEvent:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return LogEvent(at, group, event["logStreamName"], event["message"])


def _batches(lines: list[tuple[int, str]]) -> Iterator[list[JsonObject]]:
    """Within CloudWatch's limits and in order of time, as it requires; an empty line becomes a space."""
    batch: list[JsonObject] = []
    size = 0
    for at_ms, text in sorted(lines, key=lambda line: line[0]):
        message = _cut(text) or " "
        cost = len(message.encode()) + _EVENT_BYTES
        if batch and (len(batch) == _MOST_EVENTS or size + cost > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append({"timestamp": at_ms, "message": message})
        size += cost
    if batch:
        yield batch


def _cut(text: str) -> str:
    encoded = text.encode("utf-8", "replace")
    return text if len(encoded) <= _LONGEST_BYTES else encoded[:_LONGEST_BYTES].decode("utf-8", "ignore")
