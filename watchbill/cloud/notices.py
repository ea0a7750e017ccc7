"""The notices that reached the owner: what her topic published, in simulated time.

Reads moto's memory, because SNS has no call for it; with another emulator there is nothing to read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

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
        self._topics = _topics(cloud) if cloud.is_moto else {}
        self._seen: dict[str, int] = {}
        self.received: list[Notice] = []

    def collect(self, now: datetime) -> list[Notice]:
        """The notices since the last call."""
        fresh = []
        for arn, topic in list(self._topics.items()):
            sent, seen = topic.sent_notifications, self._seen.get(arn, 0)
            if len(sent) > seen and not arn.endswith(MAIL_EVENTS):
                new = sent[seen:]
                self._seen[arn] = seen + len(new)
                name = arn.rsplit(":", 1)[-1]
                fresh += [Notice(now, "mail", name, subject or "", message) for _, message, subject, *_rest in new]
        self.received += fresh
        return fresh


def _topics(cloud: LocalAws) -> dict[str, Any]:
    """moto's own, by their ARNs: it adds to them while the cloud runs."""
    from moto.sns.models import sns_backends

    topics: dict[str, Any] = sns_backends[cloud.account][cloud.region].topics
    return topics
