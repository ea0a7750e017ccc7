"""Checks after a deploy that the cloud lists every resource: an emulator may report success and create nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.template.stack_target import CreatedResource
from watchbill.cloud.template.translation import Stack
from watchbill.errors import DeskError


def verify(cloud: LocalAws, stack: Stack, created: Mapping[str, CreatedResource]) -> None:
    """Raises for a resource that was created and is not listed, for each type that can be listed."""
    for type_name, listed in _LISTED.items():
        wanted = [made.ref for name, made in created.items() if stack.resources[name].type == type_name]
        missing = sorted(set(wanted) - listed(cloud)) if wanted else []
        if missing:
            raise DeskError(
                f"{stack.path}: {len(wanted)} {type_name} were created, not listed by the cloud: {', '.join(missing)}"
            )


def _all(cloud: LocalAws, service: str, operation: str, items: str, key: str) -> set[str]:
    pages = cloud.client(service).get_paginator(operation).paginate()
    return {item[key] for page in pages for item in page.get(items, [])}


_LISTED: dict[str, Callable[[LocalAws], set[str]]] = {
    "AWS::CloudWatch::Alarm": lambda cloud: _all(cloud, "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::IAM::ManagedPolicy": lambda cloud: _all(cloud, "iam", "list_policies", "Policies", "Arn"),
    "AWS::IAM::Role": lambda cloud: _all(cloud, "iam", "list_roles", "Roles", "RoleName"),
    "AWS::Lambda::Function": lambda cloud: _all(cloud, "lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Logs::LogGroup": lambda cloud: _all(cloud, "logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::S3::Bucket": lambda cloud: {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]},
    "AWS::SNS::Topic": lambda cloud: _all(cloud, "sns", "list_topics", "Topics", "TopicArn"),
    "AWS::SQS::Queue": lambda cloud: set(cloud.client("sqs").list_queues().get("QueueUrls", [])),
    "AWS::Scheduler::Schedule": lambda cloud: _all(cloud, "scheduler", "list_schedules", "Schedules", "Name"),
    "AWS::Scheduler::ScheduleGroup": lambda cloud: _all(
        cloud, "scheduler", "list_schedule_groups", "ScheduleGroups", "Name"
    ),
}
