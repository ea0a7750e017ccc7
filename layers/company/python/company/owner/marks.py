"""The mark outside the brain: how far it had come, and what has left the company. It tells a brain that went back.

A brain that was restored knows nothing of what came after its backup, and would do it all again. The mark stands in the
bucket, which is not restored with it: heartbeat writes it with each beat, and who sends something looks at it first.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from company.errors import CompanyError
from company.fire.apart import each
from company.fire.beside import Answer
from company.fire.fire import Fire

BEAT = "marks/beat.json"
LEFT = "marks/left/"
MISSING = ("NoSuchKey", "404")
NO_CONDITION: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class WrittenMark:
    """The mark as this container wrote it last. tag: S3's, which changes as soon as anybody writes it anew."""

    at: datetime
    tag: str


class BrainWentBack(CompanyError):
    """The brain is older than the mark outside it: nothing leaves until the owner says what is to be sent."""


@dataclass(frozen=True)
class LeftAct:
    """One act towards the outside, as it was noted when it had left."""

    at: str
    action: str
    to_whom: str
    subject: str


def require_brain_not_behind(fire: Fire) -> None:
    """Raises BrainWentBack where heartbeat beat at a time that the brain does not know of."""
    if (marked_at := marked_beat(fire)) is not None and went_back(fire, marked_at):
        raise BrainWentBack(f"the brain went back to before {marked_at:%Y-%m-%d %H:%M} UTC: nothing is sent")


def went_back(fire: Fire, marked_at: datetime) -> bool:
    last = fire.brain.value("last_beat")
    return last is None or last < marked_at


def marked_beat(fire: Fire) -> datetime | None:
    """When heartbeat beat last, by the mark; None before its first beat, and where the bucket cannot be read.

    Who wrote it itself does not read it again: it would not be let to write over the mark of another.
    """
    if (written := fire.kept.get(WrittenMark)) is not None:
        return written.at
    marked = _read(fire, BEAT)
    return datetime.fromisoformat(str(marked["at"])) if marked else None


def mark_beat(fire: Fire) -> None:
    """After the beat is committed: a kill in between leaves an older mark, which accuses nobody.

    Over its own last mark only. Where another container has written since, that mark stays, and the next beat reads it.
    It is put while the fire goes on; that it could not be written is said at the fire's end.
    """
    written = fire.kept.get(WrittenMark)
    condition = {"IfMatch": written.tag} if written else {}
    fire.kept.forget(WrittenMark)
    if fire.settings.bucket:
        put = partial(_put, fire.settings.bucket, BEAT, {"at": fire.now.isoformat()}, condition=condition)
        fire.beside.begin(BEAT, partial(fire.cloud.client, "s3"), put, afterwards=partial(_keep_mark, fire))


def _keep_mark(fire: Fire, answer: Answer) -> None:
    if (tag := _tag_of(fire, BEAT, answer)) is not None:
        fire.kept.keep(WrittenMark(fire.now, tag))


def mark_left(fire: Fire, outbox_id: int, *, action: str, to_whom: str, subject: str) -> None:
    """Notes that something has left the company; its name begins with the time."""
    note = {"at": fire.now.isoformat(), "action": action, "to_whom": to_whom, "subject": subject}
    if fire.settings.bucket:
        key = f"{LEFT}{fire.now:%Y-%m-%dT%H:%M}-{outbox_id}.json"
        _tag_of(fire, key, lambda: _put(fire.settings.bucket, key, note, fire.cloud.client("s3")))


def left_since(fire: Fire, since: datetime) -> list[LeftAct]:
    """What has left the company after a moment, the first one first."""
    client = fire.cloud.client("s3")
    after = f"{LEFT}{since:%Y-%m-%dT%H:%M}~"
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=fire.settings.bucket, Prefix=LEFT, StartAfter=after)
    keys = [str(found["Key"]) for page in pages for found in page.get("Contents", [])]
    return [act for act in each(fire, "marks of what left", keys, partial(_left, fire)) if act]


def _left(fire: Fire, key: str) -> LeftAct | None:
    note = _read(fire, key)
    return LeftAct(**note) if note else None


def _read(fire: Fire, key: str) -> Mapping[str, Any] | None:
    """None where it is not there. A bucket that cannot be read is no proof of anything, and stops nothing."""
    from botocore.exceptions import BotoCoreError, ClientError

    if not fire.settings.bucket:
        return None
    try:
        answer = fire.cloud.client("s3").get_object(Bucket=fire.settings.bucket, Key=key)
        read = json.loads(answer["Body"].read())
        return read if isinstance(read, dict) else None
    except (ClientError, BotoCoreError, ValueError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code not in MISSING:
            fire.log.warning("the mark outside the brain could not be read", key=key, error=repr(error))
        return None


def _put(
    bucket: str, key: str, document: Mapping[str, str], client: Any, *, condition: Mapping[str, str] = NO_CONDITION
) -> str:
    """The tag that S3 gave it."""
    answer = client.put_object(Bucket=bucket, Key=key, Body=json.dumps(document).encode(), **condition)
    return str(answer["ETag"])


def _tag_of(fire: Fire, key: str, answer: Answer) -> str | None:
    """The tag of what was written; None where it was not."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(answer())
    except (ClientError, BotoCoreError) as error:
        fire.log.warning("the mark outside the brain could not be written", key=key, error=repr(error))
        return None
