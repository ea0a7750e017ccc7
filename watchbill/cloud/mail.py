"""The mail that SES on the desk accepted. It is not delivered; moto stores it.

Reads moto's memory, because SES has no call for it; with another emulator there is nothing to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws


@dataclass(frozen=True)
class Mail:
    """One mail as SES accepted it."""

    sender: str
    to: tuple[str, ...]
    subject: str
    body: str

    def as_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, document: JsonObject) -> Mail:
        return cls(**{**document, "to": tuple(document["to"])})


def verify_sender(cloud: LocalAws, address: str) -> None:
    """What an owner does once in SES before her first brief: without it no mail is accepted."""
    cloud.client("sesv2").create_email_identity(EmailIdentity=address)


def sent_mail(cloud: LocalAws) -> list[Mail]:
    """Every mail accepted so far, in order."""
    return [_mail(message) for message in ses_of(cloud).sent_messages] if cloud.is_moto else []


def restore_mail(cloud: LocalAws, mails: Iterable[Mail]) -> None:
    """Restores the mail of an earlier cloud, as if it had been sent in this one."""
    from moto.ses.models import Message

    if cloud.is_moto:
        ses_of(cloud).sent_messages += [
            Message(f"desk-{number}", mail.sender, mail.subject, mail.body, {"ToAddresses": list(mail.to)})
            for number, mail in enumerate(mails)
        ]


def ses_of(cloud: LocalAws) -> Any:
    """moto's SES, which keeps what was sent; it stays the same one while the cloud runs."""
    from moto.ses.models import ses_backends

    return ses_backends[cloud.account][cloud.region]


def _mail(message: Any) -> Mail:
    """Raw messages have no separate subject; their whole text is the body."""
    to = message.destinations
    addresses = [one for kind in to.values() for one in kind] if isinstance(to, dict) else list(to)
    body = str(getattr(message, "body", None) or getattr(message, "raw_data", ""))
    return Mail(message.source, tuple(addresses), getattr(message, "subject", ""), body)
