"""A company of two functions, as a small template, for tests of the cloud on the desk."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.retries import AttemptResult
from watchbill.cloud.runtime import Invocation
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.cloud.template.loader import Deployed, deploy

MORNING = datetime(2026, 3, 11, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

SMALL = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Company: {Type: String, Default: small, AllowedPattern: "[a-z_]+", ConstraintDescription: lower case only}
  MailFrom: {Type: String, Default: small@example.invalid}
Globals:
  Function:
    Runtime: python3.13
    CodeUri: ../functions/
    Timeout: 60
    EventInvokeConfig:
      MaximumRetryAttempts: 2
      MaximumEventAgeInSeconds: 3600
      DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failed.Arn}}
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Undelivered: {Type: AWS::SQS::Queue}
  Bucket: {Type: AWS::S3::Bucket}
  Schedules: {Type: AWS::Scheduler::ScheduleGroup, Properties: {Name: !Ref Company}}
  SchedulerRole:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
  Early:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${Company}-early
      Handler: early.handler.handler
      LoggingConfig: {LogGroup: !Ref EarlyLog}
      Environment: {Variables: {ROLE: early}}
      Events:
        Fire:
          Type: ScheduleV2
          Properties:
            Name: early
            GroupName: !Ref Schedules
            ScheduleExpression: cron(0/30 * * * ? *)
            ScheduleExpressionTimezone: UTC
            RoleArn: !GetAtt SchedulerRole.Arn
            DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}
            Input: '{"role": "early", "due_at": "<aws.scheduler.scheduled-time>",
              "attempt": "<aws.scheduler.attempt-number>", "id": "<aws.scheduler.execution-id>",
              "arn": "<aws.scheduler.schedule-arn>"}'
  EarlyLog: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/watchbill/${Company}/early"}}
  Late:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${Company}-late
      Handler: late.handler.handler
      LoggingConfig: {LogGroup: !Ref LateLog}
      Environment: {Variables: {ROLE: late}}
      Events:
        Fire:
          Type: ScheduleV2
          Properties:
            Name: late
            GroupName: !Ref Schedules
            ScheduleExpression: cron(0 * * * ? *)
            RoleArn: !GetAtt SchedulerRole.Arn
            Input: '{"role": "late"}'
  LateLog: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/watchbill/${Company}/late"}}
"""


def translations() -> Path:
    """One folder for the whole run: the translator's import takes longer than all these tests."""
    return Path(_until_the_end().name)


@cache
def _until_the_end() -> tempfile.TemporaryDirectory[str]:
    """Goes with the process."""
    return tempfile.TemporaryDirectory(prefix="watchbill-translations-")


def small_company(cloud: LocalAws, folder: Path, change: Callable[[str], str] = str) -> Deployed:
    """Deploy the small company, its template changed by the test."""
    template = folder / "template.yaml"
    template.write_text(change(SMALL), encoding="utf-8")
    return deploy(cloud, template, {}, translations())


def run_of(function: str, request_id: str, status: Any = "ok", payload: Any = None, *texts: str) -> Invocation:
    """A run as the desk's Lambda reports it."""
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    return Invocation(
        request_id=request_id,
        status=status,
        payload=payload,
        duration_ms=1.0,
        billed_ms=1,
        max_memory_mb=50,
        init_ms=None,
        wall_ms=1.0,
        log_group="/watchbill/small/" + function.removeprefix("small-"),
        log_stream="2026/11/22/[$LATEST]0123",
        log_lines=tuple((now_ms, text) for text in texts),
    )


class FakeFunctions:
    """Replaces the functions: records each run and answers as the test says."""

    def __init__(self, answer: Callable[[str, Any, str], Invocation] | None = None) -> None:
        self.runs: list[tuple[str, Any, str]] = []
        self._answer = answer or (lambda name, event, request_id: run_of(name, request_id))

    def __call__(self, name: str, event: Any, request_id: str) -> Invocation:
        self.runs.append((name, event, request_id))
        return self._answer(name, event, request_id)


def messages(cloud: LocalAws, queue: str) -> list[Any]:
    """The bodies waiting in a queue, as JSON."""
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return [
        json.loads(found["Body"])
        for found in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]


def scheduler_of(cloud: LocalAws, stack: Deployed, functions: Any) -> tuple[Scheduler, SimulatedClock]:
    clock = SimulatedClock(MORNING)
    return Scheduler(cloud, stack, functions, clock), clock


def played(
    cloud: LocalAws,
    stack: Deployed,
    functions: Any,
    hours: float = 1.0,
    prepare: Callable[[Scheduler], None] = lambda _: None,
) -> list[AttemptResult]:
    """Every fire of some hours from the morning on."""
    scheduler, _ = scheduler_of(cloud, stack, functions)
    fires: list[AttemptResult] = []
    prepare(scheduler)
    scheduler.run(MORNING, MORNING + hours * HOUR, after_fire=fires.append)
    return fires


def when(fires: list[AttemptResult]) -> list[tuple[str, int]]:
    """Each schedule that fired, with the minutes since the start of the day."""
    return [(fire.attempt.schedule, int((fire.attempt.start_at - MORNING) / MINUTE)) for fire in fires]
