"""For whoever asks what left the house: the mail that SES on the desk took. It goes nowhere, and moto keeps it.

Reads moto's own memory, since SES has no call for it; with another emulator there is nothing to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from watchbill.cloud.aws import LocalAws


@dataclass(frozen=True)
class Mail:
    """One mail as it was handed to SES."""

    sender: str
    to: tuple[str, ...]
    subject: str
    body: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Mail:
        return cls(**{**document, "to": tuple(document["to"])})


def verify_sender(cloud: LocalAws, address: str) -> None:
    """What an owner does once in SES before her first brief: without it no mail is taken."""
    cloud.client("sesv2").create_email_identity(EmailIdentity=address)


def sent_mail(cloud: LocalAws) -> list[Mail]:
    """Every mail taken so far, in order."""
    return [_mail(message) for message in _backend(cloud).sent_messages] if cloud.is_moto else []


def keep_mail(cloud: LocalAws, mails: Iterable[Mail]) -> None:
    """Lay back mail of an earlier cloud as if it had been sent in this one."""
    from moto.ses.models import Message

    if cloud.is_moto:
        _backend(cloud).sent_messages += [
            Message(f"desk-{number}", mail.sender, mail.subject, mail.body, {"ToAddresses": list(mail.to)})
            for number, mail in enumerate(mails)
        ]


def _backend(cloud: LocalAws) -> Any:
    from moto.ses.models import ses_backends

    return ses_backends[cloud.account][cloud.region]


def _mail(message: Any) -> Mail:
    """Raw messages carry no subject of their own; their whole text is the body."""
    to = message.destinations
    addresses = [one for kind in to.values() for one in kind] if isinstance(to, dict) else list(to)
    body = str(getattr(message, "body", None) or getattr(message, "raw_data", ""))
    return Mail(message.source, tuple(addresses), getattr(message, "subject", ""), body)
