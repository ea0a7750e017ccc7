"""For the commands that come after a day: what the cloud on the desk held, kept in a folder and laid back.

Kept are the things that the template does not say: schedules as they stand now, log lines, S3 objects, SSM
parameters, messages in queues, and mail as sent. The template's resources are the loader's to create first.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.logs import put_lines
from watchbill.cloud.mail import Mail, keep_mail, sent_mail
from watchbill.errors import DeskError

# The service takes nothing older than 14 days; lines of an older desk are moved forward together.
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
Document = Any


def save(cloud: LocalAws, folder: Path) -> None:
    """Write what the cloud holds; a snapshot that was there is replaced as a whole.

    The folder is for its owner's eyes only: it holds the desk's own passwords.
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
    """Lay a snapshot back into a cloud that the loader has just filled.

    `parts` leaves out the others. Logs, parameters and mail alone need no loader before: who only reads lines is
    spared the seconds that creating everything takes.
    """
    for name in _PARTS if parts is None else parts:
        lay, path = _PARTS[name][1], folder / f"{name}.json"
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DeskError(f"{path}: the last day's papers cannot be read ({error}); run a day again") from error
        lay(cloud, folder, document)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a snapshot")


def _read_schedules(cloud: LocalAws, _: Path) -> list[Document]:
    scheduler = cloud.client("scheduler")
    found = (scheduler.get_schedule(GroupName=item["GroupName"], Name=item["Name"]) for item in _all_schedules(cloud))
    return [{part: one[part] for part in _SCHEDULE_PARTS if one.get(part)} for one in found]


def _lay_schedules(cloud: LocalAws, _: Path, schedules: list[Document]) -> None:
    """Only what differs from the template is touched: a change has its own moment, which others look at."""
    scheduler = cloud.client("scheduler")
    wanted = {(one["GroupName"], one["Name"]): one for one in schedules}
    there = {(item["GroupName"], item["Name"]): item for item in _all_schedules(cloud)}
    for group, name in set(there) - set(wanted):
        scheduler.delete_schedule(GroupName=group, Name=name)
    for key, one in wanted.items():
        if key not in there:
            scheduler.create_schedule(**one)
        elif _differs(scheduler, one):
            scheduler.update_schedule(**{part: one[part] for part in one if part != "ActionAfterCompletion"})


def _differs(scheduler: Any, wanted: Mapping[str, Document]) -> bool:
    found = scheduler.get_schedule(GroupName=wanted["GroupName"], Name=wanted["Name"])
    kept = {part: found[part] for part in _SCHEDULE_PARTS if found.get(part)}
    return bool(json.loads(json.dumps(kept, default=_plain)) != wanted)


def _all_schedules(cloud: LocalAws) -> Iterator[Mapping[str, Any]]:
    for page in cloud.client("scheduler").get_paginator("list_schedules").paginate():
        yield from page["Schedules"]


def _read_logs(cloud: LocalAws, _: Path) -> list[Document]:
    logs = cloud.client("logs")
    lines: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in (item["logGroupName"] for item in groups["logGroups"]):
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                for event in page["events"]:
                    key = (group, event["logStreamName"])
                    lines.setdefault(key, []).append((event["timestamp"], event["message"]))
    return [{"group": group, "stream": stream, "lines": found} for (group, stream), found in lines.items()]


def _lay_logs(cloud: LocalAws, _: Path, streams: list[Document]) -> None:
    oldest = min((at for one in streams for at, _ in one["lines"]), default=0)
    forward = max(0, int((time.time() - _OLDEST_KEPT_SECONDS) * 1000) - oldest) if streams else 0
    _ensure_groups(cloud, {one["group"] for one in streams})
    for one in streams:
        put_lines(cloud, one["group"], one["stream"], [(at + forward, text) for at, text in one["lines"]])


def _ensure_groups(cloud: LocalAws, names: set[str]) -> None:
    logs = cloud.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate()
    there = {group["logGroupName"] for page in pages for group in page["logGroups"]}
    for name in names - there:
        logs.create_log_group(logGroupName=name)


def _read_objects(cloud: LocalAws, folder: Path) -> list[Document]:
    s3 = cloud.client("s3")
    found: list[Document] = []
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for item in page.get("Contents", []):
                answer = s3.get_object(Bucket=bucket["Name"], Key=item["Key"])
                (folder / "objects" / str(len(found))).write_bytes(answer["Body"].read())
                described = {"ContentType": answer["ContentType"], "Metadata": answer["Metadata"]}
                found.append({"Bucket": bucket["Name"], "Key": item["Key"], **described})
    return found


def _lay_objects(cloud: LocalAws, folder: Path, objects: list[Document]) -> None:
    for number, described in enumerate(objects):
        body = (folder / "objects" / str(number)).read_bytes()
        cloud.client("s3").put_object(Body=body, **described)


def _read_parameters(cloud: LocalAws, _: Path) -> list[Document]:
    pages = (
        cloud.client("ssm")
        .get_paginator("get_parameters_by_path")
        .paginate(Path="/watchbill", Recursive=True, WithDecryption=True)
    )
    return [{part: one[part] for part in ("Name", "Value", "Type")} for page in pages for one in page["Parameters"]]


def _lay_parameters(cloud: LocalAws, _: Path, parameters: list[Document]) -> None:
    for one in parameters:
        cloud.client("ssm").put_parameter(**one, Overwrite=True)


def _read_messages(cloud: LocalAws, _: Path) -> list[Document]:
    return [
        {"queue": url.rsplit("/", 1)[-1], "body": body}
        for url in cloud.client("sqs").list_queues().get("QueueUrls", [])
        for body in _bodies(cloud.client("sqs"), url)
    ]


def _bodies(sqs: Any, url: str) -> list[str]:
    """Every waiting message, left where it is: each is hidden while we look, then shown again."""
    seen: list[Mapping[str, Any]] = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages"):
        seen += batch
    for message in seen:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return [message["Body"] for message in seen]


def _lay_messages(cloud: LocalAws, _: Path, messages: list[Document]) -> None:
    sqs = cloud.client("sqs")
    for one in messages:
        url = sqs.get_queue_url(QueueName=one["queue"])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=one["body"])


def _read_mail(cloud: LocalAws, _: Path) -> list[Document]:
    return [mail.as_json() for mail in sent_mail(cloud)]


def _lay_mail(cloud: LocalAws, _: Path, mails: list[Document]) -> None:
    keep_mail(cloud, [Mail.from_json(one) for one in mails])


_PARTS: dict[
    str, tuple[Callable[[LocalAws, Path], list[Document]], Callable[[LocalAws, Path, list[Document]], None]]
] = {
    "schedules": (_read_schedules, _lay_schedules),
    "logs": (_read_logs, _lay_logs),
    "objects": (_read_objects, _lay_objects),
    "parameters": (_read_parameters, _lay_parameters),
    "messages": (_read_messages, _lay_messages),
    "mail": (_read_mail, _lay_mail),
}
