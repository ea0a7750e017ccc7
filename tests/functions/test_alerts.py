"""Alerts are sent to the owner's topic and to her webhook, each once; and pings to a clock outside AWS."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from company.errors import BrainUnreachable
from company.owner.pings import run_with_pings
from company.settings import Settings
from tests.functions.office import Office
from tests.support.acts import open_finding
from tests.support.brains import TestBrain
from watchbill.cloud.mail import sent_mail
from watchbill.cloud.notices import Notices


@dataclass
class Outside:
    """A webhook and an outside clock, on loopback: the requests that came, and the answer that it gives."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    answers: int = 200


@pytest.fixture
def outside() -> Iterator[Outside]:
    there = Outside()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            there.asked.append(self.path + self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            self.send_response(there.answers)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Taker)
    there.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


def owners_topic(office: Office, email: str | None = "owner@example.invalid") -> str:
    """The owner's topic, with her address subscribed and confirmed unless it is None."""
    sns = office.works.cloud.client("sns")
    topic = str(sns.create_topic(Name="owner")["TopicArn"])
    if email:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=email)
    return topic


def beat(office: Office, request: str, **settings: Any) -> int:
    container = office.works.fire.container(
        "heartbeat", cloud=office.works.cloud, schedule_group=Office.GROUP, **settings
    )
    office.works.brain.wait(minutes=5)
    answer = office.works.fire("heartbeat", container=container, request_id=request, schedule=f"beat-{request}")
    return int(answer["evidence"]["alerts_sent"])


def test_a_ring_reaches_the_topic_and_the_webhook_once_each(office: Office, outside: Outside) -> None:
    topic = owners_topic(office)
    open_finding(office.works.brain, level="ring", title="the feed is gone")
    channels = {"owner_topic_arn": topic, "owner_webhook_url": outside.url}

    sent = [beat(office, "one", **channels), beat(office, "two", **channels)]

    [notice] = Notices(office.works.cloud).collect(office.works.brain.now())
    [posted] = outside.asked
    assert sent == [1, 0]
    assert notice.title.endswith("ring: the feed is gone") and "watchbill why F-" in notice.text
    assert '"title":"the feed is gone"' in posted and '"level":"ring"' in posted


def test_a_channel_that_refused_is_tried_again_and_the_other_is_not(office: Office, outside: Outside) -> None:
    topic = owners_topic(office)
    open_finding(office.works.brain, level="ring")
    channels = {"owner_topic_arn": topic, "owner_webhook_url": outside.url}
    outside.answers = 500
    first = beat(office, "one", **channels)
    outside.answers = 200

    second = beat(office, "two", **channels)

    assert (first, second, len(outside.asked)) == (0, 1, 2)
    assert len(Notices(office.works.cloud).collect(office.works.brain.now())) == 1


def test_a_topic_that_nobody_hears_is_no_channel_and_the_company_mails_the_owner(office: Office) -> None:
    open_finding(office.works.brain, level="ring", title="the feed is gone")

    sent = beat(office, "one", owner_topic_arn=owners_topic(office, email=None))

    [mail] = sent_mail(office.works.cloud)
    assert (sent, mail.to) == (1, ("owner@example.invalid",))
    assert mail.subject.endswith("ring: the feed is gone")
    assert Notices(office.works.cloud).collect(office.works.brain.now()) == []


def test_a_ring_that_neither_topic_nor_ses_takes_is_not_counted_as_sent(office: Office) -> None:
    open_finding(office.works.brain, level="ring")
    silent = {"owner_topic_arn": owners_topic(office, email=None), "mail_from": "nobody@elsewhere.invalid"}

    assert beat(office, "one", **silent) == 0
    assert office.value("SELECT sent_at FROM company.alerts") is None


def test_a_chat_takes_an_alert_in_its_own_form(office: Office, outside: Outside) -> None:
    open_finding(office.works.brain, level="ring", title="a <feed> is gone")

    assert beat(office, "one", owner_webhook_url=f"slack+{outside.url}/hook") == 1
    assert outside.asked[0].startswith('/hook{"text":') and "a &lt;feed&gt; is gone" in outside.asked[0]


@pytest.mark.parametrize(
    ("url", "pinged"),
    [
        ("/p/uuid?create=1&rid=a/b", ["/p/uuid/start?create=1&rid=a/b", "/p/uuid?create=1&rid=a/b"]),
        ("/p/uuid/?create=1#top", ["/p/uuid/start?create=1", "/p/uuid?create=1"]),
        ("/p/uuid/", ["/p/uuid/start", "/p/uuid"]),
    ],
)
def test_a_ping_keeps_the_query_of_its_address_behind_the_path(
    brain: TestBrain, fire: Any, outside: Outside, url: str, pinged: list[str]
) -> None:
    ping(fire, "heartbeat", outside.url + url, lambda: {"outcome": "done"})

    assert outside.asked == pinged


def test_a_desk_sends_nothing_beyond_its_machine(office: Office) -> None:
    open_finding(office.works.brain, level="ring")

    sent = beat(office, "one", owner_webhook_url="https://hooks.example.com/x", desk="sample data")

    assert sent == 0
    assert "a desk sends no request to hooks.example.com" in office.value("SELECT receipt FROM company.alerts")


def ping(fire: Any, role: str, url: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    container = fire.container(role, lambda _: None, ping_url=url)
    return run_with_pings(container.settings, container.ping_url, work)


def test_an_outside_clock_is_pinged_at_start_and_at_success(brain: TestBrain, fire: Any, outside: Outside) -> None:
    ping(fire, "heartbeat", outside.url, lambda: {"outcome": "done"})

    assert outside.asked == ["/start", "/"]


@pytest.mark.parametrize("ending", ["raises", "fails"])
def test_an_outside_clock_is_pinged_at_a_failure_also_with_the_brain_out_of_reach(
    brain: TestBrain, fire: Any, outside: Outside, ending: str
) -> None:
    def work() -> dict[str, Any]:
        if ending == "raises":
            raise BrainUnreachable("connection refused")
        return {"outcome": "failed"}

    try:
        ping(fire, "heartbeat", outside.url, work)
    except BrainUnreachable:
        assert ending == "raises"

    assert outside.asked == ["/start", "/fail"]


def test_a_clock_that_does_not_answer_stops_no_fire(brain: TestBrain, fire: Any) -> None:
    assert ping(fire, "heartbeat", "http://127.0.0.1:9", lambda: {"outcome": "done"})


def test_a_role_that_is_not_watched_from_outside_pings_nobody(brain: TestBrain, fire: Any, outside: Outside) -> None:
    ping(fire, "check", outside.url, lambda: {"outcome": "done"})

    assert outside.asked == []


def test_the_channels_to_the_owner_are_settings() -> None:
    named = {"OWNER_TOPIC_ARN": "t", "OWNER_WEBHOOK_URL": "w", "PING_URL": "p", "BRIEF_PING_URL": "b"}

    read = Settings.from_environment({"ROLE": "x", "COMPANY": "x", "VERTICAL": "x", "BRAIN_DSN": "x", **named})

    assert (read.owner_topic_arn, read.owner_webhook_url, read.ping_url, read.brief_ping_url) == ("t", "w", "p", "b")
