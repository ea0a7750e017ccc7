"""Mail by SES: sending one, and reading the events that say later whether it arrived.

SES's receipt says only that it accepted the mail. What the receiver's mail server says comes later, as events.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.text.cleaning import visible_json, visible_line, visible_page

TAG = "act"
"""The tag in which a mail carries the number of its outbox entry through SES and back."""
MOST_REASON = 300
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


def send_mail(
    fire: Fire,
    *,
    outbox_id: int,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    attached: Attachment | None = None,
) -> str:
    """Sends one mail by SES and returns the message id; errors of SES and the network are raised unchanged.

    Nothing leaves that a reader cannot see, and a subject is one line: a line break in it would begin a new header.
    """
    content: dict[str, object] = {
        "Subject": _utf8(visible_line(subject)),
        "Body": {"Text": _utf8(visible_page(text)), **({} if html is None else {"Html": _utf8(visible_page(html))})},
    }
    if attached is not None:
        content["Attachments"] = [_as_ses_has_it(attached)]
    options = {"ConfigurationSetName": fire.settings.mail_set} if fire.settings.mail_set else {}
    answer = fire.cloud.client("sesv2").send_email(
        FromEmailAddress=fire.settings.mail_from,
        Destination={"ToAddresses": [to]},
        Content={"Simple": content},
        EmailTags=[{"Name": TAG, "Value": str(outbox_id)}],
        **options,
    )
    return str(answer["MessageId"])


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
