"""Lambda's handling of a failed asynchronous run: two more attempts, then the failure queue.

AWS waits one minute after the first failure and two after the second; an event that would then be older than
the function's limit is not retried. Every attempt carries the same event and the same request id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.runtime import Invocation
from watchbill.cloud.template.loader import DeployedFunction

_WAITS = (timedelta(minutes=1), timedelta(minutes=2))


@dataclass(frozen=True)
class Attempt:
    """One attempt to run: its event, the time it was due, and its number."""

    schedule: str
    due_at: datetime
    start_at: datetime
    function: DeployedFunction
    event: JsonObject
    request_id: str
    number: int = 1


@dataclass(frozen=True)
class AttemptResult:
    """One attempt that has ended. Times are simulated; `ended_at` follows the rule of `virtual_end`."""

    attempt: Attempt
    invocation: Invocation
    ended_at: datetime


def virtual_end(attempt: Attempt, invocation: Invocation) -> datetime:
    """A result takes no simulated time, but one that ran into its timeout ends that much later."""
    if invocation.status != "timeout":
        return attempt.start_at
    return attempt.start_at + timedelta(seconds=attempt.function.spec.timeout_seconds)


def next_attempt(result: AttemptResult) -> Attempt | None:
    """The next attempt that Lambda makes; None after a success, and when Lambda gives up."""
    if result.invocation.is_ok or given_up(result) is not None:
        return None
    start_at = result.ended_at + _WAITS[min(result.attempt.number, len(_WAITS)) - 1]
    return replace(result.attempt, start_at=start_at, number=result.attempt.number + 1)


def given_up(result: AttemptResult) -> str | None:
    """Why no attempt follows a failed one, in AWS's term; None while one does."""
    attempt = result.attempt
    if attempt.number > attempt.function.retries:
        return "RetriesExhausted"
    age = result.ended_at + _WAITS[min(attempt.number, len(_WAITS)) - 1] - attempt.due_at
    too_old = age > timedelta(seconds=attempt.function.max_event_age_seconds)
    return "EventAgeExceeded" if too_old else None


def send_to_failure_queue(cloud: LocalAws, result: AttemptResult) -> None:
    """Sends the message in the format of Lambda's destinations, so that its reader works the same on AWS."""
    url = result.attempt.function.on_failure_queue_url
    if url is not None:
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(failure_message(result)))


def failure_message(result: AttemptResult) -> JsonObject:
    attempt = result.attempt
    return {
        "version": "1.0",
        "timestamp": f"{result.ended_at:%Y-%m-%dT%H:%M:%S.000Z}",
        "requestContext": {
            "requestId": attempt.request_id,
            "functionArn": f"{attempt.function.arn}:$LATEST",
            "condition": given_up(result),
            "approximateInvokeCount": attempt.number,
        },
        "requestPayload": attempt.event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": result.invocation.payload,
    }
