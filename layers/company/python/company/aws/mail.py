"""Mail by SES: sending one, and reading the events that say later whether it arrived.

SES's receipt says only that it accepted the mail. What the receiver's mail server says comes later, as events.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr
from time import sleep
from typing import TYPE_CHECKING

from company.errors import CompanyError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.text.cleaning import visible_json, visible_line, visible_page

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

TAG = "act"
"""The tag in which a mail carries the number of its outbox entry through SES and back."""
MOST_REASON = 300
"""Characters of what the other side's mail server said."""
MOST_TRIES = 3
"""Of a mail that SES does not take because too many came in one second; nothing else is tried again in a fire."""
LEAST_SECONDS = 10
WRITTEN_BY_A_MACHINE = {"Name": "Auto-Submitted", "Value": "auto-generated"}
"""A header that other machines answer with nothing: no "out of office" for each page (RFC 3834)."""
NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>\s*")
"""Tidewatch <us@example.com>; the name may be quoted, and have quotes in it."""
QUOTED = re.compile(r'"(?P<name>.*)"', re.DOTALL)
STATUSES = {
    "Delivery": ("delivery", "accepted"),
    "DeliveryDelay": ("deliveryDelay", "delayed"),
    "Bounce": ("bounce", "bounced"),
    "Reject": ("reject", "rejected"),
    "Complaint": ("complaint", "complained"),
}
"""By SES's eventType: the field that holds the details, and what the event means for the mail."""


@dataclass(frozen=True)
class MailEvent:
    """One event of one mail. act: its outbox entry, or None; reason: as it was given; key: the same when SES
    sends the event twice."""

    message_id: str
    outbox_id: int | None
    recipient: str
    status: str
    at: datetime
    reason: str
    key: str


@dataclass(frozen=True)
class Attachment:
    """A file of JSON that goes with a mail."""

    name: str
    document: object


class NoMailEvent(ValueError):
    """The text is no event of a mail, or an event of a kind that says nothing about its arrival."""


class MailInDoubt(CompanyError):
    """SES may have taken the mail: it failed, or its answer was lost, after the mail had gone to it."""


def sender_of(mail_from: str) -> tuple[str, str]:
    """The name beside an address, and the address: 'Tidewatch <us@example.com>'. No name is ''."""
    named = NAMED.fullmatch(mail_from)
    if named is None:
        return "", mail_from.strip()
    quoted = QUOTED.fullmatch(named["name"])
    name = re.sub(r"\\(.)", r"\1", quoted["name"]) if quoted else named["name"]
    return visible_line(name), named["address"]


def send_mail(
    fire: Fire,
    *,
    outbox_id: int | None,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    attached: Attachment | None = None,
) -> str:
    """Sends one mail by SES and returns the message id; what SES refuses is raised unchanged, a doubt as MailInDoubt.

    Nothing leaves that a reader cannot see, and a subject is one line: a line break in it would begin a new header.
    outbox_id: the entry that the mail's events are about; None for a mail that is no entry.
    """
    content: dict[str, object] = {
        "Subject": _utf8(visible_line(subject)),
        "Body": {"Text": _utf8(visible_page(text)), **({} if html is None else {"Html": _utf8(visible_page(html))})},
        "Headers": [WRITTEN_BY_A_MACHINE],
    }
    if attached is not None:
        content["Attachments"] = [_as_ses_has_it(attached)]
    options = {"ConfigurationSetName": fire.settings.mail_set} if fire.settings.mail_set else {}
    tags = {} if outbox_id is None else {"EmailTags": [{"Name": TAG, "Value": str(outbox_id)}]}
    request = {
        "FromEmailAddress": _as_header(fire.settings.mail_from),
        "Destination": {"ToAddresses": [to]},
        "Content": {"Simple": content},
    }
    return _hand_over(fire, {**request, **tags, **options})


def _as_header(mail_from: str) -> str:
    """A name is quoted, or encoded where it is not ASCII: SES takes no other."""
    name, address = sender_of(mail_from)
    return formataddr((name, address)) if name and address.isascii() else address


def _hand_over(fire: Fire, request: JsonObject) -> str:
    """Once more only where SES says that too many came at once: of every other try nobody knows what became of it."""
    from botocore.exceptions import ClientError

    client = fire.cloud.client("sesv2")
    for tried in range(1, MOST_TRIES + 1):
        try:
            return _message_id(lambda: client.send_email(**request))
        except ClientError as error:
            if _status(error) != 429 or tried == MOST_TRIES or fire.budget.seconds_left() < LEAST_SECONDS:
                raise
            sleep(tried)
    raise AssertionError("the last try returns or raises")


def _message_id(send: Callable[[], JsonObject]) -> str:
    """MailInDoubt where SES failed while it had the mail (500), the answer did not come, or it cannot be read."""
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.parsers import ResponseParserError

    try:
        return str(send()["MessageId"])
    except ClientError as error:
        if _status(error) < 500:
            raise
        raise MailInDoubt(f"SES may have taken it: {error}") from error
    except (HTTPClientError, ResponseParserError, KeyError) as error:  # no connection at all is another error: not sent
        raise MailInDoubt(f"SES may have taken it: {type(error).__name__}: {error}") from error


def _status(error: "ClientError") -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))


def read_event(body: str) -> MailEvent:
    """One event as the queue holds it: SES's own record, alone or in SNS's envelope."""
    try:
        return _read(_record(body))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise error if isinstance(error, NoMailEvent) else NoMailEvent(f"no event of a mail: {error!r}") from error


def _record(body: str) -> JsonObject:
    envelope = json.loads(body)
    record = json.loads(envelope["Message"]) if envelope.get("Type") == "Notification" else envelope
    return record if isinstance(record, dict) else {}


def _read(record: JsonObject) -> MailEvent:
    kind, mail = record["eventType"], record["mail"]
    if kind not in STATUSES:
        raise NoMailEvent(f"{kind} says nothing about an arrival")
    field, status = STATUSES[kind]
    details = record.get(field) or {}
    if kind == "Bounce" and _is_automatic_reply(details):
        status = "accepted"
    at = str(details.get("timestamp") or mail["timestamp"])
    tagged = (mail.get("tags") or {}).get(TAG) or [""]
    return MailEvent(
        message_id=mail["messageId"],
        outbox_id=int(tagged[0]) if tagged[0].isdecimal() else None,
        recipient=mail["destination"][0],
        status=status,
        at=datetime.fromisoformat(at),
        reason=_reason(details)[:MOST_REASON],
        key=f"{mail['messageId']}:{kind}:{details.get('feedbackId') or at}",
    )


def _is_automatic_reply(bounce: JsonObject) -> bool:
    """Someone is out of office: SES reports the reply as a transient bounce in which no server says that it failed.

    What is full, too large or not there has a subtype, an action or a status of its own.
    """
    people = bounce.get("bouncedRecipients") or []
    has_failed = any(one.get("action") == "failed" or str(one.get("status") or "2")[0] in "45" for one in people)
    return (bounce.get("bounceType"), bounce.get("bounceSubType")) == ("Transient", "General") and not has_failed


def _reason(details: JsonObject) -> str:
    """The reasons that SES gives, and what the receiver's mail server answered."""
    people = [*details.get("bouncedRecipients", []), *details.get("delayedRecipients", [])]
    answers = [str(one["diagnosticCode"]) for one in people if one.get("diagnosticCode")]
    fields = ("bounceType", "bounceSubType", "delayType", "complaintFeedbackType", "smtpResponse", "reason")
    return "; ".join([*(str(details[field]) for field in fields if details.get(field)), *answers])


def _as_ses_has_it(attached: Attachment) -> JsonObject:
    content = json.dumps(visible_json(attached.document), ensure_ascii=False, indent=1)
    return {
        "FileName": attached.name,
        "ContentType": "application/json",
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
        "RawContent": content.encode(),
    }


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
