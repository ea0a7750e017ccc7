"""Saves the contents of the cloud on the desk in a folder, and restores them for later commands.

Saved is what the template does not contain: the current schedules, log lines, S3 objects, SSM parameters, messages in
queues, sent mail, and the versions that deployed changes made. The loader creates the template's resources first. Each
part is a file that is replaced at once, so a kill leaves the part as it was before or as it is after.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from company.json_values import JsonObject
from watchbill.cloud.aws import AwsClient, LocalAws
from watchbill.cloud.mail import Mail, restore_mail, sent_mail
from watchbill.cloud.snapshots.kept_logs import read_logs, restore_logs
from watchbill.cloud.snapshots.kept_objects import read_objects, remove_unlisted, replace_file, restore_objects
from watchbill.cloud.snapshots.kept_versions import read_versions, restore_versions
from watchbill.errors import DeskError

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


VERSIONS = "versions"
"""The part that is as it was only while the checkout's product is the one that the changes were made for."""


def save(cloud: LocalAws, folder: Path) -> None:
    """Saves the contents of the cloud, in the place of what an earlier save left.

    Only the owner may read the folder: it holds the desk's passwords. A new folder has its name when it is complete.
    """
    target = folder if folder.exists() else folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _PARTS:
        save_part(cloud, target, name)
    target.rename(folder)


def save_part(cloud: LocalAws, folder: Path, name: str) -> None:
    """Saves one part."""
    document = _PARTS[name][0](cloud, folder)
    replace_file(folder / f"{name}.json", "".join(f"{json.dumps(one, default=_plain)}\n" for one in document))
    if name == "objects":
        remove_unlisted(folder, document)


def restore(cloud: LocalAws, folder: Path, parts: Iterable[str] | None = None, *, without: Iterable[str] = ()) -> None:
    """Restores a snapshot into a cloud that the loader has just filled; a snapshot of an older desk lacks parts.

    With `parts` only those are restored. Logs, parameters and mail need no loader before, so that a command that
    only reads lines saves the seconds for creating everything.
    """
    for name in _PARTS if parts is None else parts:
        path = folder / f"{name}.json"
        if name not in without and (name != VERSIONS or path.exists()):
            _PARTS[name][1](cloud, folder, _stored(path))


def _stored(path: Path) -> list[JsonObject]:
    """One row for each line. A last line without its end was being added when its process was killed."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1]]
    except (OSError, ValueError) as error:
        raise DeskError(f"{path}: the last day's snapshot cannot be read ({error}); run a day again") from error


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
    read = _stored_messages if cloud.is_moto else _waiting_messages
    return [
        {"queue": name, **message}
        for url in cloud.client("sqs").list_queues().get("QueueUrls", [])
        for name in (url.rsplit("/", 1)[-1],)
        for message in read(cloud, url)
    ]


def _stored_messages(cloud: LocalAws, url: str) -> list[JsonObject]:
    """From moto's memory: also what a function has received and not yet deleted."""
    from moto.sqs.models import sqs_backends

    queue = sqs_backends[cloud.account][cloud.region].queues[url.rsplit("/", 1)[-1]]
    return [{"body": message.body, "beside": message.message_attributes} for message in list(queue._messages)]


def _waiting_messages(cloud: LocalAws, url: str) -> list[JsonObject]:
    """Every waiting message, without removing it: each is hidden while we read, then visible again."""
    sqs, seen = cloud.client("sqs"), list[JsonObject]()
    asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 60, "MessageAttributeNames": ["All"]}
    while batch := sqs.receive_message(QueueUrl=url, **asked).get("Messages"):
        seen += batch
    for message in seen:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return [{"body": message["Body"], "beside": message.get("MessageAttributes", {})} for message in seen]


def _restore_messages(cloud: LocalAws, _: Path, messages: list[JsonObject]) -> None:
    sqs = cloud.client("sqs")
    for one in messages:
        url = sqs.get_queue_url(QueueName=one["queue"])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=one["body"], MessageAttributes=one.get("beside", {}))


def _read_mail(cloud: LocalAws, _: Path) -> list[JsonObject]:
    return [mail.as_json() for mail in sent_mail(cloud)]


def _restore_mail(cloud: LocalAws, _: Path, mails: list[JsonObject]) -> None:
    restore_mail(cloud, [Mail.from_json(one) for one in mails])


_PARTS: dict[
    str, tuple[Callable[[LocalAws, Path], list[JsonObject]], Callable[[LocalAws, Path, list[JsonObject]], None]]
] = {
    "schedules": (_read_schedules, _restore_schedules),
    "logs": (read_logs, restore_logs),
    "objects": (read_objects, restore_objects),
    "parameters": (_read_parameters, _restore_parameters),
    "messages": (_read_messages, _restore_messages),
    "mail": (_read_mail, _restore_mail),
    VERSIONS: (read_versions, restore_versions),
}
