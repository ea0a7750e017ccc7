"""A webhook takes an alert in its own form; what a feed wrote calls nobody in a chat."""

from typing import Any

import pytest

from company.owner.webhooks import AlertMessage, WebhookMisnamed, request_of

RING = AlertMessage(
    "<!channel> & @everyone", "<!channel> & @everyone\nwatchbill why F-1", "ring", "https://x.example", "c-1", "T"
)
SLACK = "https://hooks.slack.com/services/T0/B0/x"
DISCORD = "https://discord.com/api/webhooks/1/x?thread_id=7"
PAGER = "https://events.pagerduty.com/v2/enqueue?routing_key=R1"


PLAIN = {"title", "body", "level", "link"}
CHAT = {"content", "allowed_mentions"}
EVENT = {"routing_key", "event_action", "dedup_key", "payload", "links"}


@pytest.mark.parametrize(
    ("url", "posted_to", "fields"),
    [
        (SLACK, "", {"text"}),
        ("slack+http://127.0.0.1:9/hook", "http://127.0.0.1:9/hook", {"text"}),
        ("https://hooks.slack.com/triggers/T0/1/x", "", PLAIN),
        (DISCORD, "", CHAT),
        ("https://discordapp.com/api/v10/webhooks/1/x", "", CHAT),
        (PAGER, "https://events.pagerduty.com/v2/enqueue", EVENT),
        (PAGER.replace("events.", "events.eu."), "https://events.eu.pagerduty.com/v2/enqueue", EVENT),
        ("https://example.com/a+b?slack+c=1", "", PLAIN),
        (f"json+{DISCORD}", DISCORD, PLAIN),
        (f"JSON+{DISCORD}", DISCORD, PLAIN),
        ("https://ptb.discord.com/api/webhooks/1/x", "", CHAT),
        ("https://discord.com/api/webhooks/1/x/slack", "", {"text"}),
        ("https://hooks.slack.com.evil.example/services/T0/B0/x", "", PLAIN),
    ],
)
def test_the_form_follows_from_the_address(url: str, posted_to: str, fields: set[str]) -> None:
    """posted_to is empty where that is the address itself."""
    address, document = request_of(url, RING)

    assert (address, set(document)) == (posted_to or url, fields)


def test_a_text_from_a_feed_calls_nobody_and_is_not_said_twice() -> None:
    _, slack = request_of(SLACK, RING)
    _, discord = request_of(DISCORD, RING)

    assert slack["text"] == "T ring\n&lt;!channel&gt; &amp; @everyone\nwatchbill why F-1\nhttps://x.example"
    assert discord["allowed_mentions"] == {"parse": []}


def test_a_long_text_is_cut_to_what_each_takes() -> None:
    long = AlertMessage("t" * 3000, "b" * 9000, "today", "", "c-1", "T")

    sizes = [len(request_of(SLACK, long)[1]["text"]), len(request_of(DISCORD, long)[1]["content"])]
    pager: Any = request_of(PAGER, long)[1]

    assert (*sizes, len(pager["payload"]["summary"])) == (3000, 2000, 1024)
    assert (pager["payload"]["severity"], "links" in pager, pager["dedup_key"]) == ("warning", False, "c-1")


def test_what_is_cut_keeps_its_link_and_no_half_of_an_escaped_sign() -> None:
    long = AlertMessage("t", "&" * 9000, "ring", "https://x.example", "c-1", "T")

    slack, discord = request_of(SLACK, long)[1]["text"], request_of(DISCORD, long)[1]["content"]

    assert slack.endswith("&amp;\nhttps://x.example") and discord.endswith("&\nhttps://x.example")
    assert len(discord) == 2000


def test_a_pagers_address_without_its_key_says_what_is_missing() -> None:
    with pytest.raises(WebhookMisnamed, match="routing_key=<key>"):
        request_of("https://events.pagerduty.com/v2/enqueue", RING)
