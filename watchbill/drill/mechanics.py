"""Planted faults of the cloud: a schedule that is disabled, a feed that is broken, a function that crashes.

Each returns a sentence about what it did; the caller writes the record that marks it as planted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.feeds import FeedFault, FeedServer
from watchbill.cloud.runtime import Invocation
from watchbill.cloud.runtime.report import end_line, exit_error, start_line
from watchbill.cloud.switching import switch_schedule
from watchbill.cloud.template.loader import DeployedFunction
from watchbill.desk.fault_overrides import Replacement

_HTML = b"<html><head><title>Access Denied</title></head><body>You don't have permission.</body></html>\n"


def plant_mute(cloud: LocalAws, group: str, schedule: str) -> str:
    """Sets a schedule to DISABLED without a deploy; everything else of it stays."""
    switch_schedule(cloud, group, schedule, on=False)
    return f"schedule {schedule} set to DISABLED in EventBridge Scheduler"


def plant_stale(feeds: FeedServer, source: str, since: datetime) -> str:
    """The publisher publishes nothing new; the last edition stays."""
    feeds.plant(source, FeedFault("stale", since, is_withheld=True))
    return f"no edition of {source} after {since:%Y-%m-%d %H:%M} UTC is shown"


def plant_html(feeds: FeedServer, source: str, since: datetime, status: int) -> str:
    """An HTML page instead of data: 403 from a firewall, or with a false 200."""
    feeds.plant(source, FeedFault("html", since, change=lambda _: _HTML, status=status, content_type="text/html"))
    return f"{source} answers {status} with an HTML page"


def plant_truncated(feeds: FeedServer, source: str, since: datetime) -> str:
    """Half the body, in a response that is complete for HTTP."""
    feeds.plant(source, FeedFault("truncated", since, change=lambda body: body[: len(body) // 2]))
    return f"{source} is cut in half"


def plant_empty(feeds: FeedServer, source: str, since: datetime) -> str:
    feeds.plant(source, FeedFault("empty", since, change=lambda _: b""))
    return f"{source} is empty"


def plant_changed(feeds: FeedServer, source: str, since: datetime, change: Callable[[bytes], bytes], what: str) -> str:
    """A change of the bytes that only the product can make: a renamed column, three times the rows."""
    feeds.plant(source, FeedFault(what, since, change=change))
    return f"{source}: {what}"


def _crashed(function: DeployedFunction, request_id: str) -> Invocation:
    """What Lambda reports of a function whose process was killed before its handler ran."""
    error = exit_error(request_id, -9)
    texts = (start_line(request_id), str(error["errorMessage"]), end_line(request_id))
    now = datetime.now(UTC)
    return Invocation(
        request_id=request_id,
        status="crashed",
        payload=error,
        duration_ms=1.0,
        billed_ms=1,
        max_memory_mb=0,
        init_ms=None,
        wall_ms=0.0,
        log_group=function.spec.log_group_name,
        log_stream=f"{now:%Y/%m/%d}/[$LATEST]{'dead' * 8}",
        log_lines=tuple((int(now.timestamp() * 1000), text) for text in texts),
    )


def crashes_always(function: DeployedFunction) -> Replacement:
    """Crashes before its handler, every time."""
    return lambda _, request_id: _crashed(function, request_id)


def crashes_when(function: DeployedFunction, applies: Callable[[JsonObject], bool]) -> Replacement:
    """Crashes on the events for which `applies` is true, and runs on the others."""
    return lambda event, request_id: _crashed(function, request_id) if applies(event) else None


def claims_success(function: DeployedFunction, answer: Callable[[JsonObject, str], JsonObject]) -> Replacement:
    """Returns ok after 3 ms with the given answer instead of running the function's code; Lambda sees a success."""

    def run(event: JsonObject, request_id: str) -> Invocation:
        crashed = _crashed(function, request_id)
        return replace(crashed, status="ok", payload=answer(event, request_id), duration_ms=3.0, billed_ms=3)

    return run
