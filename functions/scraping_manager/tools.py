"""What only scraping_manager reads: requests, routes, what came of earlier errands, whether heartbeat beats."""

import json
from datetime import timedelta
from typing import Any

from company.fire.fire import Fire
from company.json_values import json_ready, json_rows
from company.pipeline.routes import known_routes
from company.tools import reading_tool, tool

MOST_READS = 10
"""Of ten messages each: more than a hundred fires given up at once is one story, and it goes on at the next fire."""


@reading_tool
def requests_since_new(fire: Fire, source: str) -> list[dict[str, Any]]:
    """Counts what a source was asked since it last gave a new edition, by what came of it and the status code.

    Example: requests_since_new(source="x") gives [{"result": "not_yet", "status_code": 403, "requests": 14}].
    """
    return json_rows(fire.brain.all("requests_since_new", source=source))


@reading_tool
def last_task_about(fire: Fire, dedupe_key: str) -> dict[str, Any] | None:
    """Gives the newest task filed under a key with its result, or None when there was none.

    Example: last_task_about(dedupe_key="probe:x") gives {"id": 31, "status": "complete", "result": {...}}.
    """
    row = fire.brain.one("last_task_about", dedupe_key=dedupe_key)
    return None if row is None else json_ready(row)


@reading_tool
def missed_editions(fire: Fire, days: int = 7) -> list[dict[str, Any]]:
    """Lists days of dated sources whose edition never came, between two that did; no further back than days.

    Example: missed_editions(days=7) gives [{"source": "x", "day": "2026-03-09"}].
    """
    since = (fire.now - timedelta(days=days)).date()
    dated = [source.name for source in fire.vertical.sources if source.is_dated]
    return json_rows(fire.brain.all("missed_editions", sources=dated, since=since))


@reading_tool
def route_figures(fire: Fire, hours: int = 24) -> list[dict[str, Any]]:
    """Lists every route that may be asked: its breaker (closed, open, half_open), failures, last answer, and probes.

    Example: route_figures(hours=24) gives [{"source": "x", "route": "primary", "state": "open", "failures": 3,
    "open_until": "...", "last_result": "blocked", "last_status": 403, "probes": 2, "probes_ok": 0, "probed_ms": null}].
    """
    # A proxy or a mirror that was taken away leaves its rows behind, and would be told as resting for ever.
    known = {(source.name, route) for source in fire.vertical.sources for route, _ in known_routes(fire, source)}
    rows = fire.brain.all("route_figures", since=fire.now - timedelta(hours=hours))
    return json_rows(row for row in rows if (row["source"], row["route"]) in known)


@reading_tool
def minutes_since_beat(fire: Fire) -> float | None:
    """Gives how many minutes ago heartbeat last told that it is alive; None when it never did.

    Example: minutes_since_beat() gives 5.0.
    """
    at = fire.brain.value("last_beat")
    return None if at is None else round((fire.now - at).total_seconds() / 60, 1)


@tool
def failed_fires(fire: Fire) -> list[dict[str, Any]]:
    """Empties the queue of fires that Lambda gave up on after its last attempt; each is kept in your session's log.

    Example: failed_fires() gives [{"role": "x", "due_at": "...", "condition": "RetriesExhausted", "error": "..."}].
    """
    url = fire.settings.failure_queue_url
    if not url:
        return []
    sqs, found = fire.cloud.client("sqs"), []
    for _ in range(MOST_READS):
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            found.append(_given_up(message["Body"]))
            fire.learn("given_up", f"{found[-1]['role']} was given up: {found[-1]['error']}", **found[-1])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if not messages:
            break
    return found


def _given_up(body: str) -> dict[str, Any]:
    """What Lambda's destination says of one fire; a message of another make is kept as it is."""
    try:
        told = json.loads(body)
        event, answer = told["requestPayload"], told.get("responsePayload") or {}
        return {
            "role": event["role"],
            "due_at": event["due_at"],
            "condition": told["requestContext"]["condition"],
            "error": str(answer.get("errorMessage", ""))[:300],
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"role": "somebody", "due_at": None, "condition": "unreadable", "error": body[:300]}
