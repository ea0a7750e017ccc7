"""CloudWatch's log lines in a snapshot: a row for each stream, and more where it was added to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.logs import put_lines

# The service accepts nothing older than 14 days; lines of an older desk are moved forward together.
_OLDEST_KEPT_SECONDS = 13 * 24 * 3600

Lines = list[tuple[int, str]]
"""Wall time in milliseconds, and the text."""


def read_logs(cloud: LocalAws, _: Path) -> list[JsonObject]:
    """All lines of all groups, each stream in the order of its lines' time."""
    streams = _stored_streams(cloud) if cloud.is_moto else _listed_streams(cloud)
    return [{"group": group, "stream": stream, "lines": lines} for group, stream, lines in streams if lines]


def _stored_streams(cloud: LocalAws) -> Iterator[tuple[str, str, Lines]]:
    """From moto's memory: through its pages it takes longer than all else of a snapshot."""
    from moto.logs.models import logs_backends

    for name, group in logs_backends[cloud.account][cloud.region].groups.items():
        for stream in group.streams.values():
            lines = [(event.timestamp, event.message) for event in stream.events]
            yield name, stream.log_stream_name, sorted(lines, key=itemgetter(0))


def _listed_streams(cloud: LocalAws) -> Iterator[tuple[str, str, Lines]]:
    logs = cloud.client("logs")
    streams: dict[tuple[str, str], Lines] = {}
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in (item["logGroupName"] for item in groups["logGroups"]):
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                for event in page["events"]:
                    key = (group, event["logStreamName"])
                    streams.setdefault(key, []).append((event["timestamp"], event["message"]))
    return ((group, stream, lines) for (group, stream), lines in streams.items())


def restore_logs(cloud: LocalAws, _: Path, streams: list[JsonObject]) -> None:
    """A stream that was added to has several rows."""
    lines: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for one in streams:
        lines.setdefault((one["group"], one["stream"]), []).extend(one["lines"])
    oldest = min((at for found in lines.values() for at, _ in found), default=0)
    forward = max(0, int((time.time() - _OLDEST_KEPT_SECONDS) * 1000) - oldest) if lines else 0
    _ensure_groups(cloud, {group for group, _ in lines})
    for (group, stream), found in lines.items():
        put_lines(cloud, group, stream, [(at + forward, text) for at, text in found])


def add_lines(folder: Path, group: str, stream: str, lines: list[tuple[int, str]]) -> None:
    """Adds lines to a snapshot: to write all of them again at each flush would take longer every day."""
    with (folder / "logs.json").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"group": group, "stream": stream, "lines": lines}) + "\n")


def _ensure_groups(cloud: LocalAws, names: set[str]) -> None:
    logs = cloud.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate()
    existing = {group["logGroupName"] for page in pages for group in page["logGroups"]}
    for name in names - existing:
        logs.create_log_group(logGroupName=name)
