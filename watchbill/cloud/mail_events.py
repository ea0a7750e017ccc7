"""What SES does after it took a mail, played on the desk: it tells its topic what became of it, as AWS's would.

Everything arrives, but for the addresses of AWS's own mailbox simulator, which behave here as they do there.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watchbill.cloud.aws import LocalAws

if TYPE_CHECKING:
    from watchbill.cloud.loader import Deployed

TOPIC = "MailTopic"
"""The topic's name in the template."""
BOUNCES = "bounce@simulator.amazonses.com"
COMPLAINS = "complaint@simulator.amazonses.com"


class MailEventPublisher:
    """Carries what is sent from now on; another emulator than moto shows nothing, and nothing is told."""

    def __init__(self, cloud: LocalAws, deployed: Deployed) -> None:
        self._cloud = cloud
        _, self._topic = deployed.resources.get(TOPIC, ("", ""))
        self._carried = len(self._sent())

    def publish_new(self, now: datetime) -> int:
        """Tells of every mail sent since the last time; how many."""
        fresh = self._sent()[self._carried :]
        self._carried += len(fresh)
        for message in fresh:
            for to in message.destinations.get("ToAddresses", []):
                event = event_of(message.id, to, now)
                self._cloud.client("sns").publish(TopicArn=self._topic, Message=json.dumps(event))
        return len(fresh)

    def _sent(self) -> list[Any]:
        if not self._cloud.is_moto or not self._topic:
            return []
        from moto.ses.models import ses_backends

        return list(ses_backends[self._cloud.account][self._cloud.region].sent_messages)


def event_of(message_id: str, to: str, now: datetime) -> dict[str, Any]:
    """One event in SES's own shape: a delivery, or what the simulator's addresses stand for."""
    at = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    mail = {"timestamp": at, "messageId": message_id, "destination": [to]}
    feedback = {"timestamp": at, "feedbackId": f"desk-{message_id}"}
    if to == BOUNCES:
        said = {"emailAddress": to, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
        told = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [said], **feedback}
        return {"eventType": "Bounce", "mail": mail, "bounce": told}
    if to == COMPLAINS:
        told = {"complainedRecipients": [{"emailAddress": to}], "complaintFeedbackType": "abuse", **feedback}
        return {"eventType": "Complaint", "mail": mail, "complaint": told}
    accepted = {"timestamp": at, "smtpResponse": "250 2.0.0 OK", "recipients": [to]}
    return {"eventType": "Delivery", "mail": mail, "delivery": accepted}
