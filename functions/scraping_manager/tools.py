"""What only scraping_manager reads: requests, routes, what came of earlier errands, whether heartbeat beats."""

from datetime import timedelta
from typing import Any

from company.plain import plain, plain_rows
from company.session import Fire
from company.tools import tool


@tool
def requests_since_new(fire: Fire, source: str) -> list[dict[str, Any]]:
    """Counts what a source was asked since it last gave a new edition, by what came of it and the status code.

    Example: requests_since_new(source="x") gives [{"result": "not_yet", "status_code": 403, "requests": 14}].
    """
    return plain_rows(fire.brain.all("requests_since_new", source=source))


@tool
def last_task_about(fire: Fire, dedupe_key: str) -> dict[str, Any] | None:
    """Gives the newest task filed under a key with its result, or None when there was none.

    Example: last_task_about(dedupe_key="probe:x") gives {"id": 31, "status": "complete", "result": {...}}.
    """
    row = fire.brain.one("last_task_about", dedupe_key=dedupe_key)
    return None if row is None else plain(row)


@tool
def route_figures(fire: Fire, hours: int = 24) -> list[dict[str, Any]]:
    """Lists every route: its breaker (closed, open, half_open), failures in a row, last answer, and probes.

    Example: route_figures(hours=24) gives [{"source": "x", "route": "primary", "state": "open", "failures": 3,
    "open_until": "...", "last_result": "blocked", "last_status": 403, "probes": 2, "probes_ok": 0, "probed_ms": null}].
    """
    return plain_rows(fire.brain.all("route_figures", since=fire.now - timedelta(hours=hours)))


@tool
def minutes_since_beat(fire: Fire) -> float | None:
    """Gives how many minutes ago heartbeat last told that it is alive; None when it never did.

    Example: minutes_since_beat() gives 5.0.
    """
    at = fire.brain.value("last_beat")
    return None if at is None else round((fire.now - at).total_seconds() / 60, 1)
