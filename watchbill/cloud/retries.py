"""What Lambda does by itself when an asynchronous run fails: two more attempts, then the failure queue.

AWS waits one minute after the first failure and two after the second; an event that would then be older than
the function's limit is given up at once. Every attempt carries the same event and the same request id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.loader import DeployedFunction
from watchbill.cloud.runtime import Invocation

_WAITS = (timedelta(minutes=1), timedelta(minutes=2))


@dataclass(frozen=True)
class Attempt:
    """One run that is to come: which event, for which due moment, and how many came before it."""

    schedule: str
    due_at: datetime
    start_at: datetime
    function: DeployedFunction
    event: Any
    request_id: str
    number: int = 1


@dataclass(frozen=True)
class AttemptResult:
    """One run that was. Times are simulated; `ended_at` follows the rule of `virtual_end`."""

    attempt: Attempt
    invocation: Invocation
    ended_at: datetime


def virtual_end(attempt: Attempt, invocation: Invocation) -> datetime:
    """A fire takes no simulated time, but one that ran into its timeout ends that much later."""
    if invocation.status != "timeout":
        return attempt.start_at
    return attempt.start_at + timedelta(seconds=attempt.function.spec.timeout_seconds)


def next_attempt(fire: AttemptResult) -> Attempt | None:
    """The attempt that Lambda makes after this one; None when it succeeded or Lambda gives up."""
    if fire.invocation.is_ok or given_up(fire) is not None:
        return None
    start_at = fire.ended_at + _WAITS[min(fire.attempt.number, len(_WAITS)) - 1]
    return replace(fire.attempt, start_at=start_at, number=fire.attempt.number + 1)


def given_up(fire: AttemptResult) -> str | None:
    """Why no attempt follows a failed one, in AWS's word for it; None while one does."""
    attempt = fire.attempt
    if attempt.number > attempt.function.retries:
        return "RetriesExhausted"
    age = fire.ended_at + _WAITS[min(attempt.number, len(_WAITS)) - 1] - attempt.due_at
    too_old = age > timedelta(seconds=attempt.function.max_event_age_seconds)
    return "EventAgeExceeded" if too_old else None


def send_to_failure_queue(cloud: LocalAws, fire: AttemptResult) -> None:
    """The message as Lambda's destinations write it, so that its reader works the same on AWS."""
    url = fire.attempt.function.on_failure_queue_url
    if url is not None:
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(failure_message(fire)))


def failure_message(fire: AttemptResult) -> dict[str, Any]:
    attempt = fire.attempt
    return {
        "version": "1.0",
        "timestamp": f"{fire.ended_at:%Y-%m-%dT%H:%M:%S.000Z}",
        "requestContext": {
            "requestId": attempt.request_id,
            "functionArn": f"{attempt.function.arn}:$LATEST",
            "condition": given_up(fire),
            "approximateInvokeCount": attempt.number,
        },
        "requestPayload": attempt.event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": fire.invocation.payload,
    }
