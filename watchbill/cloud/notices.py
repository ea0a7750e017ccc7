"""The notices that reached the owner: what her topic published, in simulated time.

Reads moto's memory, because SNS has no call for it; with another emulator there is nothing to read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws

MAIL_EVENTS = "-mail-events"
"""The topic with SES's mail events; those are for the company and are not notices to its owner."""


@dataclass(frozen=True)
class Notice:
    """One message to the owner. by is the topic's name; way is the kind of delivery after the topic."""

    at: datetime
    way: str
    by: str
    title: str
    text: str

    def as_json(self) -> JsonObject:
        return {**asdict(self), "at": self.at.isoformat()}


class Notices:
    """Every notice so far, in order. `collect` gives new notices the time at which it is called."""

    def __init__(self, cloud: LocalAws) -> None:
        self._cloud = cloud
        self._seen: dict[str, int] = {}
        self.received: list[Notice] = []

    def collect(self, now: datetime) -> list[Notice]:
        """The notices since the last call."""
        fresh = []
        for arn, sent in self._sent().items():
            for _, message, subject, *_rest in sent[self._seen.get(arn, 0) :]:
                fresh.append(Notice(now, "mail", arn.rsplit(":", 1)[-1], subject or "", message))
            self._seen[arn] = len(sent)
        self.received += fresh
        return fresh

    def _sent(self) -> dict[str, list[tuple[str, str, str | None, *tuple[object, ...]]]]:
        if not self._cloud.is_moto:
            return {}
        from moto.sns.models import sns_backends

        topics = sns_backends[self._cloud.account][self._cloud.region].topics
        return {arn: list(topic.sent_notifications) for arn, topic in topics.items() if not arn.endswith(MAIL_EVENTS)}
