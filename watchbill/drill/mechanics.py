"""Planted faults of the cloud: a schedule that is disabled, a feed that is broken, a function that crashes.

Each returns a sentence about what it did; the caller writes the record that marks it as planted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.feeds import FeedFault, FeedServer
from watchbill.cloud.runtime import Invocation
from watchbill.cloud.runtime.report import end_line, exit_error, start_line, timeout_error
from watchbill.cloud.scheduler import Invoke
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


def plant_slow(feeds: FeedServer, source: str, since: datetime, delay_seconds: float) -> str:
    feeds.plant(source, FeedFault("slow", since, delay_seconds=delay_seconds))
    return f"{source} answers {delay_seconds:g} s late"


def plant_crash(invoke: Invoke, function: DeployedFunction, kind: Literal["timeout", "crashed"]) -> Invoke:
    """An `invoke` in which one function never reaches its handler: it hangs until its timeout, or it crashes."""

    def invoke_or_crash(name: str, event: JsonObject, request_id: str) -> Invocation:
        return _crashed(function, kind, request_id) if name == function.name else invoke(name, event, request_id)

    return invoke_or_crash


def _crashed(function: DeployedFunction, kind: Literal["timeout", "crashed"], request_id: str) -> Invocation:
    spec, is_timeout = function.spec, kind == "timeout"
    error = timeout_error(spec, request_id) if is_timeout else exit_error(request_id, -9)
    duration_ms = spec.timeout_seconds * 1000 if is_timeout else 1.0
    texts = (start_line(request_id), str(error["errorMessage"]), end_line(request_id))
    now = datetime.now(UTC)
    return Invocation(
        request_id=request_id,
        status=kind,
        payload=error,
        duration_ms=duration_ms,
        billed_ms=round(duration_ms),
        max_memory_mb=0,
        init_ms=None,
        wall_ms=0.0,
        log_group=spec.log_group_name,
        log_stream=f"{now:%Y/%m/%d}/[$LATEST]{'dead' * 8}",
        log_lines=tuple((int(now.timestamp() * 1000), text) for text in texts),
    )


def crashes_always(function: DeployedFunction) -> Replacement:
    """Crashes before its handler, every time."""
    return lambda _, request_id: _crashed(function, "crashed", request_id)


def crashes_when(function: DeployedFunction, applies: Callable[[JsonObject], bool]) -> Replacement:
    """Crashes on the events for which `applies` is true, and runs on the others."""
    return lambda event, request_id: _crashed(function, "crashed", request_id) if applies(event) else None


def claims_success(function: DeployedFunction, answer: Callable[[JsonObject, str], JsonObject]) -> Replacement:
    """Returns ok after 3 ms with the given answer instead of running the function's code; Lambda sees a success."""

    def run(event: JsonObject, request_id: str) -> Invocation:
        crashed = _crashed(function, "crashed", request_id)
        return replace(crashed, status="ok", payload=answer(event, request_id), duration_ms=3.0, billed_ms=3)

    return run
