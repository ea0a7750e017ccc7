"""Faults planted on the desk's demo day, so that a first run shows the watch at work. Each is marked as planted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.cloud.feeds import Fault, FeedServer
from watchbill.desk import Desk

MUTED = "data_auditor"


@dataclass(frozen=True)
class Plant:
    """One fault: what it is called, how long after the day's start it begins, and how it is done."""

    name: str
    after: timedelta
    act: Callable[[Desk, FeedServer, datetime], None]
    words: str


def stale_feed(desk: Desk, feeds: FeedServer, now: datetime) -> None:
    """The last of the product's sources publishes nothing more: the publisher is down, we are not blocked."""
    source = desk.vertical.sources[-1].name
    _mark(desk, "stale", source, "the desk's feed server withholds every edition from here on")
    feeds.plant(source, Fault("stale", since=now, is_withheld=True))


def muted_schedule(desk: Desk, feeds: FeedServer, now: datetime) -> None:  # noqa: ARG001  every plant has this shape
    """Somebody sets a schedule to DISABLED in EventBridge, past every deploy and every record."""
    _mark(desk, "mute", MUTED, "the desk set the schedule to DISABLED")
    scheduler, group = desk.cloud.client("scheduler"), desk.deployed.schedule_group
    found = scheduler.get_schedule(GroupName=group, Name=MUTED)
    kept = (
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "FlexibleTimeWindow",
        "Target",
        "ActionAfterCompletion",
    )
    rest = {key: found[key] for key in kept if found.get(key)}
    scheduler.update_schedule(GroupName=group, Name=MUTED, State="DISABLED", **rest)


def _mark(desk: Desk, fault: str, subject: str, note: str) -> None:
    with desk.brain() as brain:
        brain.run("plant", fault=fault, subject=subject, note=note)


PLANTS = {
    plant.name: plant
    for plant in (
        Plant("stale", timedelta(0), stale_feed, "one feed goes stale"),
        Plant("mute", timedelta(hours=14, minutes=14), muted_schedule, "one schedule is muted"),
    )
}
