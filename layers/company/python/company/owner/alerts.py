"""Alerts to the owner from outside the fleet: by mail, through her SNS topic or past it, and by her webhook.

Each is recorded before it is sent and confirmed after; a channel that accepted an alert does not get it again because
another one refused it. A topic that nobody hears is no channel: then the company mails the owner itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from company.aws import mail
from company.fire.apart import each
from company.fire.fire import Fire
from company.owner import webhooks
from company.owner.alert_wording import AlertFacts, body_of, subject_of, unsent_text
from company.owner.pings import send_request
from company.owner.reach import reach_of
from company.text.cleaning import visible, visible_line

LONGEST_SUBJECT = 99
"""SNS accepts no longer one, and only ASCII."""


@dataclass(frozen=True)
class Alert(AlertFacts):
    """An alert that may be sent now. receipts: what each channel answered that accepted it."""

    receipts: Mapping[str, str]


Channel = Callable[[Fire, Alert], str]
"""Sends one alert and returns the receipt; raises the other side's error."""


def send_due_alerts(fire: Fire) -> int:
    """Sends the alerts that may be sent now; how many were accepted by every channel."""
    channels = channels_of(fire)
    if not channels:
        return 0
    due = fire.brain.rows(Alert, "claim_alerts")
    return sum(each(fire, "alerts", due, partial(_send, fire, channels), name=lambda alert: f"alert {alert.id}"))


def channels_of(fire: Fire) -> dict[str, Channel]:
    """The channels to the owner that this deployment has."""
    channels: dict[str, Channel] = {}
    if fire.settings.owner_topic_arn:
        channels["mail"] = _by_mail
    if fire.settings.owner_webhook_url:
        channels["webhook"] = _by_webhook
    return channels


def _send(fire: Fire, channels: Mapping[str, Channel], alert: Alert) -> bool:
    accepted: dict[str, str] = {}
    refusals = []
    for name, channel in channels.items():
        if name in alert.receipts:
            continue
        try:
            accepted[name] = channel(fire, alert)
        except Exception as error:  # the other channel must still be tried, and the next beat tries this one again
            refusals.append(f"{name}: {type(error).__name__}: {error}"[:300])
    refusal = "; ".join(refusals) or None
    title, effect = unsent_text(alert, [*alert.receipts, *accepted])
    fire.log.info("alert", alert=alert.id, level=alert.level, took=list(accepted), refusal=refusal)
    return bool(
        fire.brain.value(
            "confirm_alert",
            alert_id=alert.id,
            took=accepted,
            refusal=refusal,
            unsent_title=title,
            unsent_effect=effect,
        )
    )


def _by_mail(fire: Fire, alert: Alert) -> str:
    """Through the topic where somebody hears it; else by the company's own mail to the owner."""
    subject = visible_line(f"{fire.vertical.title} {alert.level}: {subject_of(alert)}")
    if not _is_heard(fire):
        to = fire.settings.owner_email
        return mail.send_mail(fire, outbox_id=None, to=to, subject=subject, text=_body(fire, alert))
    ascii_only = subject.encode("ascii", "replace").decode()
    answer = fire.cloud.client("sns").publish(
        TopicArn=fire.settings.owner_topic_arn, Subject=ascii_only[:LONGEST_SUBJECT], Message=_body(fire, alert)
    )
    return str(answer["MessageId"])


def _is_heard(fire: Fire) -> bool:
    """Also where SNS does not say who is subscribed: an alarm is not kept back for a question."""
    try:
        sns = fire.cloud.client("sns")
        return reach_of(sns, fire.settings.owner_topic_arn, fire.settings.owner_email).is_heard
    except Exception as error:  # whatever SNS and the network raise
        fire.log.warning("who hears the alarms is not known", error=repr(error))
        return True


def _by_webhook(fire: Fire, alert: Alert) -> str:
    notice = webhooks.AlertMessage(
        title=visible_line(subject_of(alert)),
        body=_body(fire, alert),
        level=alert.level,
        link=fire.settings.site_url,
        key=f"{fire.settings.company}-alert-{alert.id}",
        source=fire.vertical.title,
    )
    address, document = webhooks.request_of(fire.settings.owner_webhook_url, notice)
    status = send_request(fire.settings, "POST", address, document)
    if not 200 <= status < 300:
        raise ConnectionError(f"the webhook answered {status}")
    return str(status)


def _body(fire: Fire, alert: Alert) -> str:
    """On a desk the mail says so, so that no alert of a simulated day is taken for a real one."""
    note = f"({fire.settings.desk})" if fire.settings.desk else ""
    return visible(f"{body_of(alert, fire.settings.owner_timezone)}\n{note}".rstrip())
