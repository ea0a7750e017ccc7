"""Mail by SES: handing one over, for who sends, and reading what became of it, for heartbeat.

SES's receipt says only that it took the mail. What the other side's mail server says comes later, as events.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from company.fire.fire import Fire

TAG = "act"
"""The name under which a mail carries its act's number through SES and back."""
MOST_SAID = 300
STATUSES = {
    "Delivery": ("delivery", "accepted"),
    "DeliveryDelay": ("deliveryDelay", "delayed"),
    "Bounce": ("bounce", "bounced"),
    "Reject": ("reject", "rejected"),
    "Complaint": ("complaint", "complained"),
}
"""SES's eventType: where it keeps what it has to say, and what that means for the mail."""


@dataclass(frozen=True)
class MailEvent:
    """One thing said of one mail. key is the same when SES tells it twice; outbox_id is None when it carried none."""

    message_id: str
    outbox_id: int | None
    recipient: str
    status: str
    at: datetime
    said: str
    key: str


class NoMailEvent(ValueError):
    """What was read is no event of a mail, or one of a kind that says nothing about its arrival."""


def send(fire: Fire, *, outbox_id: int, to: str, subject: str, text: str, html: str | None = None) -> str:
    """Hands one mail to SES and gives its receipt; raises whatever SES and the network do."""
    body = {"Text": _utf8(text), **({} if html is None else {"Html": _utf8(html)})}
    told = {"ConfigurationSetName": fire.settings.mail_set} if fire.settings.mail_set else {}
    answer = fire.cloud.client("sesv2").send_email(
        FromEmailAddress=fire.settings.mail_from,
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": _utf8(subject), "Body": body}},
        EmailTags=[{"Name": TAG, "Value": str(outbox_id)}],
        **told,
    )
    return str(answer["MessageId"])


def read_event(body: str) -> MailEvent:
    """One event as it lies in the queue: SES's own record, alone or in SNS's envelope."""
    try:
        return _read(_record(body))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise error if isinstance(error, NoMailEvent) else NoMailEvent(f"no event of a mail: {error!r}") from error


def _record(body: str) -> Mapping[str, Any]:
    given = json.loads(body)
    record = json.loads(given["Message"]) if given.get("Type") == "Notification" else given
    return record if isinstance(record, dict) else {}


def _read(record: Mapping[str, Any]) -> MailEvent:
    kind, mail = record["eventType"], record["mail"]
    if kind not in STATUSES:
        raise NoMailEvent(f"{kind} says nothing about an arrival")
    place, status = STATUSES[kind]
    told = record.get(place) or {}
    at = str(told.get("timestamp") or mail["timestamp"])
    tagged = (mail.get("tags") or {}).get(TAG) or [""]
    return MailEvent(
        message_id=mail["messageId"],
        outbox_id=int(tagged[0]) if tagged[0].isdecimal() else None,
        recipient=mail["destination"][0],
        status=status,
        at=datetime.fromisoformat(at),
        said=_said(told)[:MOST_SAID],
        key=f"{mail['messageId']}:{kind}:{told.get('feedbackId') or at}",
    )


def _said(told: Mapping[str, Any]) -> str:
    """The words of the other side where there are some, and of SES where not."""
    people = [*told.get("bouncedRecipients", []), *told.get("delayedRecipients", [])]
    words = [str(one["diagnosticCode"]) for one in people if one.get("diagnosticCode")]
    kinds = ("bounceType", "bounceSubType", "delayType", "complaintFeedbackType", "smtpResponse", "reason")
    return "; ".join([*(str(told[kind]) for kind in kinds if told.get(kind)), *words])


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
