"""For whoever asks what reached the owner, when, and by which way: what her topic published, in simulated time.

Reads moto's own memory, since SNS has no call for it; with another emulator there is nothing to read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from watchbill.cloud.aws import LocalAws

POST = "-mail-events"
"""What SES tells of mail is the company's to read, and no notice to its owner."""


@dataclass(frozen=True)
class Notice:
    """One message as it left for the owner. by is the topic's name; way is how it goes on from there."""

    at: datetime
    way: str
    by: str
    title: str
    text: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat()}


class Notices:
    """Everything heard so far, in order. `look` stamps what is new with the moment at which it is called."""

    def __init__(self, cloud: LocalAws) -> None:
        self._cloud = cloud
        self._seen: dict[str, int] = {}
        self.heard: list[Notice] = []

    def look(self, now: datetime) -> list[Notice]:
        """What reached her since the last look."""
        fresh = []
        for arn, sent in self._sent().items():
            for _, message, subject, *_rest in sent[self._seen.get(arn, 0) :]:
                fresh.append(Notice(now, "mail", arn.rsplit(":", 1)[-1], subject or "", message))
            self._seen[arn] = len(sent)
        self.heard += fresh
        return fresh

    def _sent(self) -> dict[str, list[tuple[Any, ...]]]:
        if not self._cloud.is_moto:
            return {}
        from moto.sns.models import sns_backends

        topics = sns_backends[self._cloud.account][self._cloud.region].topics
        return {arn: list(topic.sent_notifications) for arn, topic in topics.items() if not arn.endswith(POST)}
