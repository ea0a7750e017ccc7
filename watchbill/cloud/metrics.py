"""The metrics that CloudWatch would have, in simulated time, for the desk's alarms.

Three sources, as on AWS: metrics in functions' output (embedded metric format), Lambda's Errors, and the number of
waiting messages of each queue. Queues are read from moto's memory; with another emulator there is nothing to read.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.retries import AttemptResult

Key = tuple[str, str, frozenset[tuple[str, str]]]
STATISTICS: Mapping[str, Callable[[list[float]], float]] = {"Sum": sum, "Maximum": max, "Minimum": min}


def key_of(metric: JsonObject) -> Key:
    """A metric's name as an alarm writes it: Namespace, MetricName, Dimensions."""
    dimensions = frozenset((one["Name"], one["Value"]) for one in metric.get("Dimensions", []))
    return metric["Namespace"], metric["MetricName"], dimensions


class Metrics:
    """Data points by metric, each at the simulated time at which AWS would have recorded it."""

    def __init__(self, cloud: LocalAws) -> None:
        self._queues = _queues(cloud) if cloud.is_moto else {}
        self._points: dict[Key, list[tuple[datetime, float]]] = defaultdict(list)

    def note_attempt(self, result: AttemptResult) -> None:
        """Records the metrics of one run, and whether it was an error."""
        function = frozenset({("FunctionName", result.attempt.function.name)})
        self._put(("AWS/Lambda", "Errors", function), result.ended_at, 0.0 if result.invocation.is_ok else 1.0)
        for _, line in result.invocation.log_lines:
            if '"_aws"' in line:
                for key, value in _embedded(line):
                    self._put(key, result.attempt.start_at, value)

    def note_queues(self, at: datetime) -> None:
        """Records the number of waiting messages."""
        for name, queue in list(self._queues.items()):
            key = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", frozenset({("QueueName", name)}))
            self._put(key, at, float(queue.approximate_number_of_messages))

    def value(self, key: Key, statistic: str, start: datetime, end: datetime) -> float | None:
        """The statistic of [start, end); None without a data point."""
        points = self._points.get(key, [])
        inside = points[bisect_left(points, (start, 0.0)) : bisect_left(points, (end, 0.0))]
        return float(STATISTICS[statistic]([value for _, value in inside])) if inside else None

    def _put(self, key: Key, at: datetime, value: float) -> None:
        points = self._points[key]
        points.insert(bisect_left(points, (at, value)), (at, value))


def _queues(cloud: LocalAws) -> dict[str, Any]:
    """moto's own, by their names."""
    from moto.sqs.models import sqs_backends

    queues: dict[str, Any] = sqs_backends[cloud.account][cloud.region].queues
    return queues


def _embedded(line: str) -> Iterator[tuple[Key, float]]:
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return  # a line that only mentions the format
    for directive in directives:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, str(document[name])) for name in names)
            for metric in directive["Metrics"]:
                values = document[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    yield (directive["Namespace"], metric["Name"], dimensions), float(value)
