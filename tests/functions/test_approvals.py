"""At level ask: each sender asks once about all that waits, sends after a yes what was asked, and notes the outcome."""

import html
from datetime import UTC, datetime

import pytest

from company.owner import decision_links
from company.vertical import Customer
from tests.functions.office import Office
from tests.functions.shop import BANK, deliveries, question, set_level
from tests.pipeline.works import epss_of, kev, kev_entry, kev_of
from tests.support import days
from tests.support.consoles import Visitor, site_over
from tests.support.killed_fires import killed_at
from watchbill.cloud.mail import sent_mail, verify_sender


def test_the_pages_of_all_customers_are_one_question_and_a_yes_sends_them(shop: Office) -> None:
    asked = shop.run("deliver")
    again = shop.run("deliver")
    shop.answer("yes")

    sent = shop.run("deliver")

    assert (asked["evidence"]["asked"], again["outcome"], sent["evidence"]["sent"]) == (1, "skipped", 2)
    assert [row["status"] for row in deliveries(shop)] == ["sent", "sent"]
    assert (question(shop)["question"], question(shop)["outcome"]) == (
        "Send these 2 pages to customers?",
        "2 of 2 sent",
    )
    [mail] = sent_mail(shop.works.cloud)
    assert mail.body.strip() == deliveries(shop)[0]["html"].strip(), "of the two forms the server shows the richer"


def test_after_a_no_the_next_daily_page_covers_that_time_too(shop: Office) -> None:
    shop.run("deliver")
    shop.answer("no")
    shop.works.brain.owner.run("set_approval", action="deliver", level="open")

    at_once = shop.run("deliver")
    shop.run("deliver", days=1)

    assert at_once["outcome"] == "skipped"
    first, _, next_one, _ = deliveries(shop)
    assert (first["status"], next_one["status"]) == ("declined", "sent")
    assert next_one["covers_from"] == first["covers_from"]


def test_what_is_important_is_asked_about_once_also_after_a_no(shop: Office) -> None:
    shop.run("deliver")
    shop.answer("no")

    added = kev(*(kev_entry(n) for n in range(5)), kev_entry(50), at="2026-03-11T06:00:00.1234Z")
    shop.works.take_in("kev", added)
    shop.works.run("link", "score")
    shop.run("deliver")
    shop.answer("no")

    assert shop.run("deliver")["outcome"] == "skipped"
    assert {row["occasion"] for row in deliveries(shop)[2:]} == {"important"}


def test_a_delivery_to_another_address_than_was_approved_is_not_sent_and_is_reported(shop: Office) -> None:
    shop.run("deliver")
    shop.works.open_for(Customer(BANK.name, "thief@elsewhere.invalid", "brief", {}))
    shop.works.brain.owner.run("set_approval", action="deliver", level="ask")
    shop.answer("yes")

    shop.run("deliver")

    assert [row["status"] for row in deliveries(shop)] == ["refused", "sent"]
    assert sent_mail(shop.works.cloud) == []
    assert shop.finding("changed_after_yes")["watcher"] == "data_manager"


def test_a_page_whose_sender_was_killed_after_the_yes_is_not_sent_again(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run("deliver")
    shop.answer("yes")
    with killed_at(monkeypatch, "company.pipeline.delivering.sending._mail"):
        shop.run("deliver")
    shop.works.fire.close()
    shop.run("deliver")

    assert [row["status"] for row in deliveries(shop)] == ["unknown", "sent"]
    assert sent_mail(shop.works.cloud) == []


def _posts_at_ask(office: Office) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")
    office.works.brain.owner.run("set_approval", action="publish", level="ask")
    for role in ("content_manager", "content_worker", "content_auditor", "publish"):
        office.run(role)


def test_a_post_at_ask_is_published_after_a_yes(office: Office) -> None:
    _posts_at_ask(office)
    waiting = office.value("SELECT count(*) FROM company.outbox WHERE status = 'waiting'")
    office.answer("yes")

    published = office.run("publish")

    assert waiting == 1
    assert published["evidence"]["published"] == 1
    assert question(office)["outcome"] == "1 of 1 sent"


def test_posts_that_the_owner_refused_are_taken_off_the_queue(office: Office) -> None:
    _posts_at_ask(office)

    office.answer("no")

    assert office.run("publish")["outcome"] == "skipped"
    reasons = {row["reason"] for row in office.rows("SELECT reason FROM company.drafts WHERE status = 'superseded'")}
    assert reasons == {"no to D-1"}


@pytest.mark.parametrize("console_url", ["", "https://x.lambda-url.us-east-1.on.aws/"])
def test_the_brief_at_ask_is_mailed_after_a_yes_as_it_was_written(office: Office, console_url: str) -> None:
    days.a_quiet_day(office.works.brain)
    verify_sender(office.works.cloud, "company@example.invalid")
    office.works.brain.owner.run("set_approval", action="brief", level="ask")
    office.works.brain.set_now(datetime(2026, 3, 12, 6, 49, tzinfo=UTC))

    office.run("ceo", console_url=console_url)
    before = sent_mail(office.works.cloud)
    office.answer("yes")
    office.run("ceo", console_url=console_url)
    office.run("ceo", console_url=console_url)

    assert before == []
    assert len(sent_mail(office.works.cloud)) == 1
    assert office.value("SELECT sent_at IS NOT NULL FROM company.briefs")


def test_the_page_of_the_question_shows_in_full_what_a_yes_sends(shop: Office) -> None:
    shop.run("deliver")
    brain = shop.works.brain
    path = decision_links.issue(brain.as_role("console"), question(shop)["id"])

    shown = Visitor(site_over(brain)).get(path)["body"]

    assert deliveries(shop)[0]["subject"] in html.unescape(shown)
    assert all(deliveries(shop)[n]["body"].strip() in html.unescape(shown) for n in (0, 1))


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
