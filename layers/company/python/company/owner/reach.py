"""Whether anybody hears the topic of the alarms: SNS takes every notice, also one that it gives to nobody.

A subscription by mail waits until its link is opened, and ends when a link scanner opens the one that ends it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from company.text.wording import counted


@dataclass(frozen=True)
class Subscriber:
    """One subscription of the topic: by what (email, https ...), to where, and whether it was confirmed and stands."""

    protocol: str
    endpoint: str
    is_confirmed: bool


@dataclass(frozen=True)
class Reach:
    """The subscribers of the owner's topic, and the address at which she is to be one of them."""

    subscribers: tuple[Subscriber, ...]
    owner: str

    @property
    def is_heard(self) -> bool:
        return any(one.is_confirmed for one in self.subscribers)

    @property
    def fault(self) -> str | None:
        """What is wrong, as one clause; None where the owner's own address gets every alarm."""
        own = [one for one in self.subscribers if _is_same(one.endpoint, self.owner)]
        if any(one.is_confirmed for one in own):
            return None
        others = sum(one.is_confirmed for one in self.subscribers)
        rest = f"; {counted(others, 'other way of the topic stands', 'other ways of the topic stand')}"
        state = f"{self.owner} has not confirmed" if own else f"{self.owner} is not subscribed any more"
        return state + (rest if others else "")


def reach_of(sns: Any, topic: str, owner: str) -> Reach:
    """Asks SNS; errors of AWS are raised unchanged."""
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    return Reach(tuple(_read(found for page in pages for found in page["Subscriptions"])), owner)


def _read(found: Iterable[Mapping[str, str]]) -> Iterable[Subscriber]:
    """In place of an ARN there is PendingConfirmation; or Deleted, for days after it ended, which is none any more."""
    for one in found:
        if one["SubscriptionArn"] != "Deleted":
            yield Subscriber(one["Protocol"], one["Endpoint"], one["SubscriptionArn"].startswith("arn:"))


def _is_same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
