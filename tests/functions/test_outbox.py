"""What a killed fire had recorded at open is no yes: it is asked about at ask, and taken back by closing."""

from typing import Any

import pytest

from company.fire.fire import Fire
from company.pipeline.delivering.sending import Delivery, send_delivery
from tests.functions.office import Office, office_of
from tests.functions.shop import deliveries, opened, question, set_level
from tests.pipeline.grown import grown
from tests.support.killed_fires import killed_at
from watchbill.cloud.mail import sent_mail

MAY_HAVE_LEFT = "(its fire was killed, and it may have left before)"

template_brain = grown(lambda works: opened(office_of(works)))


@pytest.fixture
def shop(office: Office) -> Office:
    """As the template has it: two customers, things that are scored, and the action deliver at level ask."""
    return office


@pytest.fixture
def killed(shop: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """At open, deliver wrote two pages and was killed before it sent one."""
    set_level(shop, "open")
    with killed_at(monkeypatch, "company.pipeline.delivering.deliveries.send_delivery"):
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

    monkeypatch.setattr("company.pipeline.delivering.deliveries.send_delivery", set_after)
    shop.run("deliver")

    assert statuses(shop) == ["sent", end]
    assert MAY_HAVE_LEFT not in (question(shop)["background"] if level == "ask" else "")


def test_a_page_that_is_asked_about_and_proves_to_have_left_is_not_sent_again(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_level(shop, "open")
    with killed_at(monkeypatch, "company.pipeline.delivering.sending.confirm_entry"):
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
