"""What a killed fire had recorded at open is no yes: it is asked about at ask, and taken back by closing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from company.fire.fire import Fire
from company.pipeline.sending import Delivery, send_delivery
from tests.functions.office import Office
from tests.functions.shop import deliveries, question, set_level
from tests.pipeline.works import epss_of, kev_of
from tests.support import days
from tests.support.killed_fires import killed_at
from watchbill.cloud.mail import sent_mail, verify_sender

MAY_HAVE_LEFT = "(its fire was killed, and it may have left before)"


@pytest.fixture
def killed(shop: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """At open, deliver wrote two pages and was killed before it sent one."""
    set_level(shop, "open")
    with killed_at(monkeypatch, "company.pipeline.deliveries.send_delivery"):
        shop.run("deliver")
    shop.works.fire.close()
    return shop


def statuses(office: Office) -> list[str]:
    return [row["status"] for row in deliveries(office)]


def test_at_open_what_a_killed_fire_had_recorded_is_sent(killed: Office) -> None:
    killed.run("deliver")

    assert statuses(killed) == ["sent", "sent"]
    assert len(sent_mail(killed.works.cloud)) == 1


def test_at_ask_what_a_killed_fire_had_recorded_is_asked_about_and_sent_after_a_yes(killed: Office) -> None:
    set_level(killed, "ask")

    asked = killed.run("deliver")
    before = sent_mail(killed.works.cloud)

    assert (asked["evidence"]["held_back"], asked["evidence"]["asked"], before) == (2, 1, [])
    assert statuses(killed) == ["waiting", "waiting"]
    assert question(killed)["question"] == "Send these 2 pages to customers?"
    assert question(killed)["background"].count(MAY_HAVE_LEFT) == 2
    killed.answer("yes")
    killed.run("deliver")
    assert statuses(killed) == ["sent", "sent"]
    assert len(sent_mail(killed.works.cloud)) == 1


@pytest.mark.parametrize("later", ["ask", "open"])
def test_closing_takes_back_what_a_killed_fire_had_recorded(killed: Office, later: str) -> None:
    set_level(killed, "closed")
    killed.run("deliver", days=3)
    set_level(killed, later)

    killed.run("deliver")

    assert statuses(killed)[:2] == ["declined", "declined"]
    assert {row["reason"] for row in deliveries(killed)[:2]} == {"deliver was closed by the owner"}
    assert sent_mail(killed.works.cloud) == [] or later == "open"
    assert statuses(killed)[2:] == (["waiting", "waiting"] if later == "ask" else ["sent", "sent"])


def test_closing_takes_back_at_once_what_a_fire_that_is_over_had_recorded(killed: Office) -> None:
    killed.run("heartbeat", hours=2)

    set_level(killed, "closed")

    assert statuses(killed) == ["declined", "declined"]


@pytest.mark.parametrize(("level", "end"), [("ask", "waiting"), ("closed", "declined")])
def test_a_level_that_is_set_while_a_fire_sends_holds_back_the_rest(
    shop: Office, monkeypatch: pytest.MonkeyPatch, level: str, end: str
) -> None:
    set_level(shop, "open")

    def set_after(fire: Fire, delivery: Delivery) -> str:
        ended = send_delivery(fire, delivery)
        set_level(shop, level)
        return ended

    monkeypatch.setattr("company.pipeline.deliveries.send_delivery", set_after)
    shop.run("deliver")

    assert statuses(shop) == ["sent", end]
    assert MAY_HAVE_LEFT not in (question(shop)["background"] if level == "ask" else "")


def test_a_page_that_is_asked_about_and_proves_to_have_left_is_not_sent_again(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_level(shop, "open")
    with killed_at(monkeypatch, "company.pipeline.sending.confirm_entry"):
        shop.run("deliver")
    shop.works.fire.close()
    set_level(shop, "ask")
    shop.run("deliver")
    heard: dict[str, Any] = {"message_id": "m", "outbox_id": 1, "recipient": "security@alder-bank.invalid"}
    said = {"status": "accepted", "at": shop.works.brain.now(), "reason": "", "key": "m:1"}

    shop.works.brain.as_role("heartbeat").one("note_mail_event", **heard, **said)
    shop.answer("yes")
    shop.run("deliver")

    assert statuses(shop) == ["sent", "sent"]
    assert len(sent_mail(shop.works.cloud)) == 1


def test_a_brief_that_a_killed_fire_had_recorded_is_asked_about_at_ask(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.a_quiet_day(office.works.brain)
    verify_sender(office.works.cloud, "company@example.invalid")
    office.works.brain.set_now(datetime(2026, 3, 12, 6, 49, tzinfo=UTC))
    with killed_at(monkeypatch, "ceo.posting._post"):
        office.run("ceo")
    office.works.fire.close()
    set_level(office, "ask", "brief")

    office.run("ceo")

    assert sent_mail(office.works.cloud) == []
    assert question(office)["question"] == "Mail the brief?"
    office.answer("yes")
    office.run("ceo")
    assert len(sent_mail(office.works.cloud)) == 1


def test_a_post_that_a_killed_fire_had_recorded_is_asked_about_at_ask(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")
    set_level(office, "open", "publish")
    for role in ("content_manager", "content_worker", "content_auditor"):
        office.run(role)
    with killed_at(monkeypatch, "publish.work._put"):
        office.run("publish")
    office.works.fire.close()
    set_level(office, "ask", "publish")

    office.run("publish")

    assert question(office)["question"] == "Publish this post?"
    office.answer("yes")
    assert office.run("publish")["evidence"]["published"] == 1
