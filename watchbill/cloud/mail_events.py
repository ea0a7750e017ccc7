"""SES after it accepted a mail, simulated on the desk: publishes the delivery result to its topic, as on AWS.

Every mail is delivered, except to the addresses of AWS's mailbox simulator, which behave as on AWS.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.mail import ses_of

if TYPE_CHECKING:
    from watchbill.cloud.template.loader import Deployed

TOPIC = "MailTopic"
"""The topic's name in the template."""
BOUNCES = "bounce@simulator.amazonses.com"
COMPLAINS = "complaint@simulator.amazonses.com"
AWAY = "ooto@simulator.amazonses.com"


class MailEventPublisher:
    """Publishes events for mail sent from now on; with another emulator than moto nothing can be published."""

    def __init__(self, cloud: LocalAws, deployed: Deployed) -> None:
        self._cloud = cloud
        _, self._topic = deployed.resources.get(TOPIC, ("", ""))
        self._ses = ses_of(cloud) if cloud.is_moto and self._topic else None
        self._published = len(self._ses.sent_messages) if self._ses else 0

    def publish_new(self, now: datetime) -> int:
        """Publishes the events of mail sent since the last call; returns the number of mails."""
        fresh = self._ses.sent_messages[self._published :] if self._ses else []
        self._published += len(fresh)
        for message in fresh:
            for to in message.destinations.get("ToAddresses", []):
                event = event_of(message.id, to, now)
                self._cloud.client("sns").publish(TopicArn=self._topic, Message=json.dumps(event))
        return len(fresh)


def event_of(message_id: str, to: str, now: datetime) -> JsonObject:
    """One event in SES's format: delivery, bounce, automatic reply or complaint, by the simulator's address."""
    at = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    mail = {"timestamp": at, "messageId": message_id, "destination": [to]}
    feedback = {"timestamp": at, "feedbackId": f"desk-{message_id}"}
    if to == BOUNCES:
        recipient = {"emailAddress": to, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
        bounce = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [recipient], **feedback}
        return {"eventType": "Bounce", "mail": mail, "bounce": bounce}
    if to == AWAY:
        reply = {"bounceType": "Transient", "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": to}]}
        return {"eventType": "Bounce", "mail": mail, "bounce": {**reply, **feedback}}
    if to == COMPLAINS:
        complaint = {"complainedRecipients": [{"emailAddress": to}], "complaintFeedbackType": "abuse", **feedback}
        return {"eventType": "Complaint", "mail": mail, "complaint": complaint}
    accepted = {"timestamp": at, "smtpResponse": "250 2.0.0 OK", "recipients": [to]}
    return {"eventType": "Delivery", "mail": mail, "delivery": accepted}
