"""The form in which a webhook takes an alert: Slack's, Discord's, PagerDuty's, or plain JSON for everything else.

The form follows from the address. For a proxy or a compatible server it is named before it: slack+https://...
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from company.errors import CompanyError
from company.json_values import JsonObject

MOST_SLACK = 3000
"""Signs of a text that Slack shows as one message."""
MOST_DISCORD = 2000
DISCORD = ("discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com")
"""An address of theirs that ends with /slack takes Slack's form."""
MOST_SUMMARY = 1024
"""Signs of PagerDuty's summary."""


class WebhookMisnamed(CompanyError):
    """The webhook's address cannot be used; the message says what it must have."""


@dataclass(frozen=True)
class AlertMessage:
    """What is posted. key is the same for the same alert, however often it is tried; source is who sends it."""

    title: str
    body: str
    level: str
    link: str
    key: str
    source: str


def request_of(url: str, notice: AlertMessage) -> tuple[str, JsonObject]:
    """The address to post to and the document; WebhookMisnamed for an address that lacks something."""
    form, address = _form_of(url.strip())
    return FORMS[form](urlsplit(address), notice)


def _form_of(url: str) -> tuple[str, str]:
    named, plus, rest = url.partition("+")
    if plus and named.lower() in FORMS:
        return named.lower(), rest
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path
    if host in ("hooks.slack.com", "hooks.slack-gov.com") and path.startswith("/services/"):
        return "slack", url
    if host in DISCORD and path.startswith("/api/") and "/webhooks/" in path:
        return ("slack" if path.endswith("/slack") else "discord"), url
    if host in ("events.pagerduty.com", "events.eu.pagerduty.com"):
        return "pagerduty", url
    return "json", url


def _json(address: SplitResult, notice: AlertMessage) -> tuple[str, JsonObject]:
    shown = {"title": notice.title, "body": notice.body, "level": notice.level, "link": notice.link}
    return address.geturl(), shown


def _slack(address: SplitResult, notice: AlertMessage) -> tuple[str, JsonObject]:
    """Slack reads <...> as links and calls of everybody: a feed's text is shown as it is."""
    escaped = _text(notice, MOST_SLACK).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return address.geturl(), {"text": escaped}


def _discord(address: SplitResult, notice: AlertMessage) -> tuple[str, JsonObject]:
    """Nobody is called by @ in a text that came from a feed."""
    return address.geturl(), {"content": _text(notice, MOST_DISCORD), "allowed_mentions": {"parse": []}}


def _pagerduty(address: SplitResult, notice: AlertMessage) -> tuple[str, JsonObject]:
    """Its Events API: the key of the integration stands in the address and is posted in the document."""
    key = dict(parse_qsl(address.query)).get("routing_key")
    if not key:
        raise WebhookMisnamed("PagerDuty's address needs its integration's key: .../v2/enqueue?routing_key=<key>")
    payload = {
        "summary": notice.title[:MOST_SUMMARY],
        "source": notice.source,
        "severity": "critical" if notice.level == "ring" else "warning",
        "custom_details": {"text": notice.body},
    }
    event = {"routing_key": key, "event_action": "trigger", "dedup_key": notice.key, "payload": payload}
    links = {"links": [{"href": notice.link, "text": "the company's pages"}]} if notice.link else {}
    return address._replace(query="").geturl(), {**event, **links}


def _text(notice: AlertMessage, most: int) -> str:
    """As one text of so many signs at most: the body is cut, the link stays; and no title is said twice."""
    body = notice.body if notice.body.startswith(notice.title) else f"{notice.title}\n{notice.body}"
    head, end = f"{notice.source} {notice.level}\n", f"\n{notice.link}" if notice.link else ""
    return (head + body[: max(0, most - len(head) - len(end))] + end)[:most]


FORMS: Mapping[str, Callable[[SplitResult, AlertMessage], tuple[str, JsonObject]]] = {
    "slack": _slack,
    "discord": _discord,
    "pagerduty": _pagerduty,
    "json": _json,
}
