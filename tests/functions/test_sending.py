"""A paused customer gets nothing, also not what was written before the pause; the page after it makes up for that."""

from typing import Any

import pytest

from company.fire.fire import Fire
from company.pipeline.delivering import sending
from company.pipeline.delivering.sending import Delivery, send_delivery
from tests.functions.office import Office, office_of
from tests.functions.shop import BANK, FERRY, deliveries, opened, question, set_level
from tests.pipeline.grown import grown
from tests.support.killed_fires import killed_at
from tests.support.refusals import refused
from watchbill.cloud.mail import sent_mail

template_brain = grown(lambda works: opened(office_of(works)))


@pytest.fixture
def shop(office: Office) -> Office:
    """As the template has it: two customers, things that are scored, and the action deliver at level ask."""
    return office


def pause(shop: Office, name: str = BANK.name, *, rests: bool = True) -> None:
    shop.works.brain.owner.run("pause_customer", name=name, rests=rests)


def states(shop: Office) -> list[tuple[str, str | None]]:
    return [(row["status"], row["reason"]) for row in deliveries(shop)]


def test_a_page_that_waits_for_a_yes_is_not_sent_to_a_customer_who_was_paused(shop: Office) -> None:
    shop.run("deliver")
    pause(shop)
    asked = question(shop)
    shop.answer("yes")

    sent = shop.run("deliver")

    assert sent_mail(shop.works.cloud) == []
    assert states(shop) == [("declined", "Alder Bank is paused"), ("sent", None)]
    assert asked["question"] == "Send this page to its customer?"
    assert asked["options"]["yes"] == "sent as it was written, once"
    assert asked["background"].endswith(" Not among them any more: Alder Bank is paused.")
    assert (sent["evidence"]["sent"], question(shop)["outcome"]) == (1, "1 of 2 sent")


def test_a_question_of_which_nothing_is_left_is_over_and_the_next_one_is_asked(shop: Office) -> None:
    pause(shop, FERRY.name)
    shop.run("deliver")

    pause(shop)

    over = question(shop)
    assert (over["answer"], over["answer_text"]) == ("no", "Alder Bank is paused")
    assert over["outcome"] == "nothing of it was left to send"
    pause(shop, FERRY.name, rests=False)
    assert shop.run("deliver")["evidence"]["asked"] == 1
    assert question(shop)["id"] == over["id"] + 1


def test_a_page_that_was_approved_is_not_sent_to_a_customer_who_is_paused_after_the_yes(shop: Office) -> None:
    shop.run("deliver")
    shop.answer("yes")
    pause(shop)
    pause(shop, FERRY.name)

    assert shop.run("deliver")["outcome"] == "done"

    assert sent_mail(shop.works.cloud) == []
    assert {row["status"] for row in deliveries(shop)} == {"declined"}
    assert shop.works.cloud.client("s3").list_objects_v2(Bucket="works", Prefix="feeds/").get("Contents", []) == []


def test_a_page_that_a_killed_fire_had_recorded_is_not_sent_to_a_paused_customer(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_level(shop, "open")
    with killed_at(monkeypatch, "company.pipeline.delivering.deliveries.send_delivery"):
        shop.run("deliver")
    shop.works.fire.close()
    pause(shop)

    sent = shop.run("deliver")

    assert sent_mail(shop.works.cloud) == []
    assert [status for status, _ in states(shop)] == ["declined", "sent"]
    assert sent["evidence"] == {"written": 0, "sent": 1, "refused": 0, "held_back": 1}


def test_a_fire_that_has_nothing_but_pages_of_paused_customers_is_done(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause(shop, FERRY.name)
    set_level(shop, "open")
    with killed_at(monkeypatch, "company.pipeline.delivering.deliveries.send_delivery"):
        shop.run("deliver")
    shop.works.fire.close()
    pause(shop)

    assert shop.run("deliver")["outcome"] == "done"
    assert shop.run("deliver")["outcome"] == "skipped"


def test_a_customer_who_is_paused_while_a_fire_sends_gets_nothing(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_level(shop, "open")

    def paused_first(fire: Fire, delivery: Delivery) -> str:
        pause(shop, delivery.name)
        return send_delivery(fire, delivery)

    monkeypatch.setattr("company.pipeline.delivering.deliveries.send_delivery", paused_first)
    shop.run("deliver")

    assert sent_mail(shop.works.cloud) == []
    assert states(shop) == [("declined", "its customer is paused")] * 2


def test_a_customer_who_is_paused_while_a_fire_writes_is_passed_over(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = sending.clean_page

    def paused_first(page: Any) -> Any:
        pause(shop)
        return kept(page)

    monkeypatch.setattr("company.pipeline.delivering.deliveries.clean_page", paused_first)
    written = shop.run("deliver")

    assert (written["outcome"], written["evidence"]["written"]) == ("done", 1)
    assert shop.rows("SELECT to_whom FROM company.outbox") == [{"to_whom": "feeds/2/"}]


def test_the_first_page_after_a_pause_covers_what_the_pause_had_held_back(shop: Office) -> None:
    set_level(shop, "open")
    shop.run("deliver")
    set_level(shop, "ask")
    shop.run("deliver", days=1)
    pause(shop)
    set_level(shop, "open")
    shop.run("deliver", days=1)
    pause(shop, rests=False)

    shop.run("deliver", days=1)

    before, held_back, after = [row for row in deliveries(shop) if row["customer_id"] == 1]
    assert (before["status"], held_back["status"], after["status"]) == ("sent", "declined", "sent")
    assert after["covers_from"] == held_back["covers_from"] == before["covers_to"]


def test_the_brain_keeps_no_page_for_a_paused_customer(shop: Office) -> None:
    shop.run("deliver")
    pause(shop)
    page = (
        "SELECT company.write_delivery(1, 'daily', '2026-03-10', '2026-03-11', 'brief', 's', 'b', '[]', 'waiting',"
        " 1, NULL)"
    )

    with refused("a_paused_customer_gets_nothing"):
        shop.works.brain.sql("deliver", page)
