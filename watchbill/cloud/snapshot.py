"""Saves the contents of the cloud on the desk in a folder, and restores them for later commands.

Saved is what the template does not contain: the current schedules, log lines, S3 objects, SSM parameters, messages in
queues, and sent mail. The loader creates the template's resources first.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from company.json_values import JsonObject
from watchbill.cloud.aws import AwsClient, LocalAws
from watchbill.cloud.logs import put_lines
from watchbill.cloud.mail import Mail, restore_mail, sent_mail
from watchbill.errors import DeskError

# The service accepts nothing older than 14 days; lines of an older desk are moved forward together.
_OLDEST_KEPT_SECONDS = 13 * 24 * 3600
_SCHEDULE_PARTS = (
    "Name",
    "GroupName",
    "Description",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "EndDate",
    "State",
    "FlexibleTimeWindow",
    "Target",
    "ActionAfterCompletion",
    "KmsKeyArn",
)


def save(cloud: LocalAws, folder: Path) -> None:
    """Saves the contents of the cloud; an earlier snapshot is replaced as a whole.

    Only the owner may read the folder: it holds the desk's passwords.
    """
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    (fresh / "objects").mkdir()
    for name, (read, _) in _PARTS.items():
        (fresh / f"{name}.json").write_text(json.dumps(read(cloud, fresh), default=_plain), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def restore(cloud: LocalAws, folder: Path, parts: Iterable[str] | None = None) -> None:
    """Restores a snapshot into a cloud that the loader has just filled.

    With `parts` only those are restored. Logs, parameters and mail need no loader before, so that a command that
    only reads lines saves the seconds for creating everything.
    """
    for name in _PARTS if parts is None else parts:
        restore_part, path = _PARTS[name][1], folder / f"{name}.json"
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DeskError(f"{path}: the last day's snapshot cannot be read ({error}); run a day again") from error
        restore_part(cloud, folder, document)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be saved in a snapshot")


def _read_schedules(cloud: LocalAws, _: Path) -> list[JsonObject]:
    scheduler = cloud.client("scheduler")
    found = (scheduler.get_schedule(GroupName=item["GroupName"], Name=item["Name"]) for item in _all_schedules(cloud))
    return [{part: one[part] for part in _SCHEDULE_PARTS if one.get(part)} for one in found]


def _restore_schedules(cloud: LocalAws, _: Path, schedules: list[JsonObject]) -> None:
    """Changes only what differs from the template: the time of a change is stored and used by others."""
    scheduler = cloud.client("scheduler")
    wanted = {(one["GroupName"], one["Name"]): one for one in schedules}
    existing = {(item["GroupName"], item["Name"]): item for item in _all_schedules(cloud)}
    for group, name in set(existing) - set(wanted):
        scheduler.delete_schedule(GroupName=group, Name=name)
    for key, one in wanted.items():
        if key not in existing:
            scheduler.create_schedule(**one)
        elif _differs(scheduler, one):
            scheduler.update_schedule(**{part: one[part] for part in one if part != "ActionAfterCompletion"})


def _differs(scheduler: AwsClient, wanted: JsonObject) -> bool:
    found = scheduler.get_schedule(GroupName=wanted["GroupName"], Name=wanted["Name"])
    kept = {part: found[part] for part in _SCHEDULE_PARTS if found.get(part)}
    return bool(json.loads(json.dumps(kept, default=_plain)) != wanted)


def _all_schedules(cloud: LocalAws) -> Iterator[JsonObject]:
    for page in cloud.client("scheduler").get_paginator("list_schedules").paginate():
        yield from page["Schedules"]


def _read_logs(cloud: LocalAws, _: Path) -> list[JsonObject]:
    logs = cloud.client("logs")
    lines: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in (item["logGroupName"] for item in groups["logGroups"]):
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                for event in page["events"]:
                    key = (group, event["logStreamName"])
                    lines.setdefault(key, []).append((event["timestamp"], event["message"]))
    return [{"group": group, "stream": stream, "lines": found} for (group, stream), found in lines.items()]


def _restore_logs(cloud: LocalAws, _: Path, streams: list[JsonObject]) -> None:
    oldest = min((at for one in streams for at, _ in one["lines"]), default=0)
    forward = max(0, int((time.time() - _OLDEST_KEPT_SECONDS) * 1000) - oldest) if streams else 0
    _ensure_groups(cloud, {one["group"] for one in streams})
    for one in streams:
        put_lines(cloud, one["group"], one["stream"], [(at + forward, text) for at, text in one["lines"]])


def _ensure_groups(cloud: LocalAws, names: set[str]) -> None:
    logs = cloud.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate()
    existing = {group["logGroupName"] for page in pages for group in page["logGroups"]}
    for name in names - existing:
        logs.create_log_group(logGroupName=name)


def _read_objects(cloud: LocalAws, folder: Path) -> list[JsonObject]:
    s3 = cloud.client("s3")
    found: list[JsonObject] = []
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for item in page.get("Contents", []):
                answer = s3.get_object(Bucket=bucket["Name"], Key=item["Key"])
                (folder / "objects" / str(len(found))).write_bytes(answer["Body"].read())
                described = {"ContentType": answer["ContentType"], "Metadata": answer["Metadata"]}
                found.append({"Bucket": bucket["Name"], "Key": item["Key"], **described})
    return found


def _restore_objects(cloud: LocalAws, folder: Path, objects: list[JsonObject]) -> None:
    for number, described in enumerate(objects):
        body = (folder / "objects" / str(number)).read_bytes()
        cloud.client("s3").put_object(Body=body, **described)


def _read_parameters(cloud: LocalAws, _: Path) -> list[JsonObject]:
    pages = (
        cloud.client("ssm")
        .get_paginator("get_parameters_by_path")
        .paginate(Path="/watchbill", Recursive=True, WithDecryption=True)
    )
    return [{part: one[part] for part in ("Name", "Value", "Type")} for page in pages for one in page["Parameters"]]


def _restore_parameters(cloud: LocalAws, _: Path, parameters: list[JsonObject]) -> None:
    for one in parameters:
        cloud.client("ssm").put_parameter(**one, Overwrite=True)


def _read_messages(cloud: LocalAws, _: Path) -> list[JsonObject]:
    return [
        {"queue": url.rsplit("/", 1)[-1], "body": body}
        for url in cloud.client("sqs").list_queues().get("QueueUrls", [])
        for body in _bodies(cloud.client("sqs"), url)
    ]


def _bodies(sqs: AwsClient, url: str) -> list[str]:
    """Every waiting message, without removing it: each is hidden while we read, then visible again."""
    seen: list[JsonObject] = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages"):
        seen += batch
    for message in seen:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return [message["Body"] for message in seen]


def _restore_messages(cloud: LocalAws, _: Path, messages: list[JsonObject]) -> None:
    sqs = cloud.client("sqs")
    for one in messages:
        url = sqs.get_queue_url(QueueName=one["queue"])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=one["body"])


def _read_mail(cloud: LocalAws, _: Path) -> list[JsonObject]:
    return [mail.as_json() for mail in sent_mail(cloud)]


def _restore_mail(cloud: LocalAws, _: Path, mails: list[JsonObject]) -> None:
    restore_mail(cloud, [Mail.from_json(one) for one in mails])


_PARTS: dict[
    str, tuple[Callable[[LocalAws, Path], list[JsonObject]], Callable[[LocalAws, Path, list[JsonObject]], None]]
] = {
    "schedules": (_read_schedules, _restore_schedules),
    "logs": (_read_logs, _restore_logs),
    "objects": (_read_objects, _restore_objects),
    "parameters": (_read_parameters, _restore_parameters),
    "messages": (_read_messages, _restore_messages),
    "mail": (_read_mail, _restore_mail),
}
