"""The tools of scraping_manager alone: requests, routes, earlier tasks, failed fires, and the age of the last beat."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any, Literal

from company.fire.apart import each
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.asking.routes import known_routes
from company.tools import by_need, reading_tool, tool

MOST_READS = 10
"""Of ten messages each. After more than a hundred failed fires at once the rest waits for the next fire."""
MOST_OF_AN_ERROR = 300
"""Characters."""
NOT_FILLED_IN = "<aws."
"""How a word of Scheduler's begins that it replaces when it fires."""
Message = Mapping[str, Any]
"""As SQS gives it."""


@dataclass(frozen=True)
class RequestsSinceNew:
    """How many requests since the last new edition had one result and status."""

    result: str
    status_code: int | None
    requests: int
    first_at: datetime
    last_at: datetime
    reason: str | None


@dataclass(frozen=True)
class LastTask:
    """The newest task that was filed under a key."""

    id: int
    status: str
    created_at: datetime
    closed_at: datetime | None
    result: JsonObject | None

    @property
    def showed(self) -> str | None:
        """What its worker says that it showed."""
        return (self.result or {}).get("showed")


@dataclass(frozen=True)
class MissedEdition:
    """A day without an edition, between two days that have one."""

    source: str
    day: date


@dataclass(frozen=True)
class RouteFigures:
    """A route's breaker (closed, open, half_open), its last answer, and its probes in a span of time."""

    source: str
    route: str
    state: str
    failures: int
    open_until: datetime | None
    last_success_at: datetime | None
    last_result: str | None
    last_status: int | None
    last_ms: int | None
    probes: int
    probes_ok: int
    probed_ms: int | None


@dataclass(frozen=True)
class FailedFire:
    """A fire that Lambda gave up on, or that Scheduler could not hand to Lambda at all, as the queue of each has it."""

    given_up_by: Literal["Lambda", "Scheduler"]
    role: str
    due_at: str | None
    condition: str
    error: str


@by_need
@reading_tool
def requests_since_new(fire: Fire, source: str) -> list[RequestsSinceNew]:
    """Counts the requests to a source since it last gave a new edition, by result and status code.

    Example: requests_since_new(source="x") gives [{"result": "not_yet", "status_code": 403, "requests": 14}].
    """
    return fire.brain.rows(RequestsSinceNew, "requests_since_new", source=source)


@by_need
@reading_tool
def last_task_about(fire: Fire, dedupe_key: str, filed_by: str | None = None) -> LastTask | None:
    """Gives the newest task filed under a key with its result, or None when there was none.

    filed_by: the role that filed it; None is yourself.

    Example: last_task_about(dedupe_key="probe:x") gives {"id": 31, "status": "complete", "result": {...}}.
    """
    return fire.brain.row(LastTask, "last_task_about", dedupe_key=dedupe_key, filed_by=filed_by)


@by_need
@reading_tool
def missed_editions(fire: Fire, days: int = 7) -> list[MissedEdition]:
    """Lists days of dated sources whose edition never came, between two that did; no further back than days.

    Example: missed_editions(days=7) gives [{"source": "x", "day": "2026-03-09"}].
    """
    since = (fire.now - timedelta(days=days)).date()
    dated = [source.name for source in fire.vertical.sources if source.is_dated]
    return fire.brain.rows(MissedEdition, "missed_editions", sources=dated, since=since)


@by_need
@reading_tool
def route_figures(fire: Fire, hours: int = 24) -> list[RouteFigures]:
    """Lists every route that may be asked: its breaker (closed, open, half_open), failures, last answer, and probes.

    Example: route_figures(hours=24) gives [{"source": "x", "route": "primary", "state": "open", "failures": 3,
    "open_until": "...", "last_result": "blocked", "last_status": 403, "probes": 2, "probes_ok": 0, "probed_ms": null}].
    """
    # A proxy or a mirror that was removed leaves its rows behind, and would be reported as resting for ever.
    known = {(source.name, route) for source in fire.vertical.sources for route, _ in known_routes(fire, source)}
    rows = fire.brain.rows(RouteFigures, "route_figures", since=fire.now - timedelta(hours=hours))
    return [row for row in rows if (row.source, row.route) in known]


@by_need
@reading_tool
def minutes_since_beat(fire: Fire) -> float | None:
    """Gives how many minutes ago heartbeat last wrote its beat; None when it never did.

    Example: minutes_since_beat() gives 5.0.
    """
    at = fire.brain.value("last_beat")
    return None if at is None else round((fire.now - at).total_seconds() / 60, 1)


@tool
def failed_fires(fire: Fire) -> list[FailedFire]:
    """Empties the queues of fires that Lambda gave up on, and that Scheduler could not hand to it; each is logged.

    Example: failed_fires() gives [{"given_up_by": "Lambda", "role": "x", "due_at": "...",
    "condition": "RetriesExhausted", "error": "..."}].
    """
    by_lambda, by_scheduler = fire.settings.failure_queue_url, fire.settings.undelivered_queue_url
    return [*_emptied(fire, by_lambda, _read_failed), *_emptied(fire, by_scheduler, _read_undelivered)]


def _emptied(fire: Fire, url: str, read: Callable[[Message], FailedFire]) -> list[FailedFire]:
    take = partial(_take_failed, fire, url, read)
    return each(fire, "given-up fires", _messages(fire, url), take, name=itemgetter("MessageId"))


def _messages(fire: Fire, url: str) -> Iterator[Message]:
    """Until an answer is empty: SQS may give fewer than there are."""
    for _ in range(MOST_READS if url else 0):
        answer = fire.cloud.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        yield from (messages := answer.get("Messages", []))
        if not messages:
            return


def _take_failed(fire: Fire, url: str, read: Callable[[Message], FailedFire], message: Message) -> FailedFire:
    failed = read(message)
    by = failed.given_up_by
    fire.learn("given_up", f"{failed.role} was given up by {by}: {failed.error}", **vars(failed))
    fire.cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return failed


def _read_failed(message: Message) -> FailedFire:
    """The message of Lambda's destination about one fire; any other message is kept as it is."""
    body = message["Body"]
    try:
        failed = json.loads(body)
        event, response = failed["requestPayload"], failed.get("responsePayload") or {}
        context, error = failed["requestContext"], str(response.get("errorMessage", ""))
        role = event.get("role") or _role_of(context["functionArn"])  # CloudFormation's request to migrate has none
        return FailedFire("Lambda", role, event.get("due_at"), context["condition"], error[:MOST_OF_AN_ERROR])
    except (ValueError, KeyError, TypeError, AttributeError):
        return FailedFire("Lambda", "somebody", None, "unreadable", body[:MOST_OF_AN_ERROR])


def _role_of(function_arn: str) -> str:
    """'migrate' of arn:aws:lambda:region:account:function:x-migrate:$LATEST."""
    return function_arn.partition(":function:")[2].partition(":")[0].partition("-")[2]


def _read_undelivered(message: Message) -> FailedFire:
    """The event as the schedule writes it; what went wrong, and when it was due, stands in attributes beside it."""
    beside = {name: str(one.get("StringValue", "")) for name, one in message.get("MessageAttributes", {}).items()}
    try:
        event = json.loads(message["Body"])
        role, due_at = str(event["role"]), str(event["due_at"])
    except (ValueError, KeyError, TypeError):
        role, due_at = beside.get("SCHEDULE_ARN", "somebody").rpartition("/")[2], NOT_FILLED_IN
    due = beside.get("SCHEDULED_TIME") if due_at.startswith(NOT_FILLED_IN) else due_at
    error = beside.get("ERROR_MESSAGE") or message["Body"]
    return FailedFire("Scheduler", role, due, beside.get("ERROR_CODE", "unreadable"), error[:MOST_OF_AN_ERROR])
