"""What the owner is told at once, from outside the fleet: by mail through her SNS topic, and by her webhook.

Recorded before, confirmed after; a way that took an alert is not asked again because another refused it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from company.fire.fire import Fire
from company.owner.pings import send

MOST_TRIES = 12
"""An hour of beats; after that the brief says that she was not told."""
LONGEST_SUBJECT = 100
"""SNS takes no longer one, and ASCII only."""

Alert = Mapping[str, Any]
Way = Callable[[Fire, Alert], str]
"""Sends one alert and gives the receipt; raises what the other side says against it."""


def send_due_alerts(fire: Fire) -> int:
    """Sends what waits and may be sent now; how many were taken by every way there is."""
    ways = ways_of(fire)
    if not ways:
        return 0
    return sum(_send(fire, alert, ways) for alert in fire.brain.all("claim_alerts", most_tries=MOST_TRIES))


def ways_of(fire: Fire) -> dict[str, Way]:
    """The ways to the owner that this deployment has."""
    ways: dict[str, Way] = {}
    if fire.settings.owner_topic_arn:
        ways["mail"] = _by_topic
    if fire.settings.owner_webhook_url:
        ways["webhook"] = _by_webhook
    return ways


def _send(fire: Fire, alert: Alert, ways: Mapping[str, Way]) -> bool:
    took: dict[str, str] = {}
    refusals = []
    for name, way in ways.items():
        if name in alert["receipts"]:
            continue
        try:
            took[name] = way(fire, alert)
        except Exception as error:  # the other way must still be tried, and the next beat tries this one again
            refusals.append(f"{name}: {type(error).__name__}: {error}"[:300])
    refusal = "; ".join(refusals) or None
    fire.log.info("alert", alert=alert["id"], level=alert["level"], took=list(took), refusal=refusal)
    return bool(
        fire.brain.value("confirm_alert", alert_id=alert["id"], took=took, refusal=refusal, most_tries=MOST_TRIES)
    )


def _by_topic(fire: Fire, alert: Alert) -> str:
    subject = f"{fire.vertical.title} {alert['level']}: {alert['subject']}"
    plain = subject.encode("ascii", "replace").decode().replace("\n", " ")
    answer = fire.cloud.client("sns").publish(
        TopicArn=fire.settings.owner_topic_arn, Subject=plain[:LONGEST_SUBJECT], Message=_body(fire, alert)
    )
    return str(answer["MessageId"])


def _by_webhook(fire: Fire, alert: Alert) -> str:
    document = {
        "title": alert["subject"],
        "body": _body(fire, alert),
        "level": alert["level"],
        "link": fire.settings.site_url,
    }
    status = send(fire.settings, "POST", fire.settings.owner_webhook_url, document)
    if not 200 <= status < 300:
        raise ConnectionError(f"the webhook answered {status}")
    return str(status)


def _body(fire: Fire, alert: Alert) -> str:
    """On a desk it says so, so that no mail of a simulated day frightens anybody."""
    return f"{alert['body']}\n{f'({fire.settings.desk})' if fire.settings.desk else ''}".rstrip()
