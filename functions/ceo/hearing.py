"""Looks whether anybody hears the alarms that AWS sends without us, and reports it by another way where nobody does."""

from company.fire.fire import Fire
from company.owner.reach import Reach, reach_of
from company.watch.findings import close_by_fingerprint, open_finding

FINGERPRINT = "alarms_unheard:topic"


def report_unheard(fire: Fire) -> bool:
    """Opens a finding while the owner's address is not among the topic's subscribers; whether it is not.

    Without this CloudWatch's alarms (no beat, no brief) would reach nobody, and nothing would say so.
    """
    if not fire.settings.owner_topic_arn:
        return False
    reach = reach_of(fire.cloud.client("sns"), fire.settings.owner_topic_arn, fire.settings.owner_email)
    if reach.fault is None:
        close_by_fingerprint(fire.brain, FINGERPRINT, "the owner's address is subscribed and confirmed")
        return False
    _report(fire, reach, reach.fault)
    return True


def _report(fire: Fire, reach: Reach, fault: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=FINGERPRINT,
        kind="alarms_unheard",
        subject="alarms",
        level="brief" if reach.is_heard else "ring",
        title=f"the alarms' mail does not reach you: {fault}",
        effect="CloudWatch's alarms (no beat, no brief) reach nobody by mail; open SNS's mail, or subscribe again "
        "(docs/alarms.md)",
        evidence={f"{one.protocol} {one.endpoint}": one.is_confirmed for one in reach.subscribers},
        accused=None,
        watcher=fire.record.watched_by or "owner",
    )
