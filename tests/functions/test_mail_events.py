"""What SES reports of mails is read until its queue is empty, and proves that what a kill left behind has gone."""

from typing import Any

import pytest

from company.vertical import Customer
from tests.functions.office import Office
from tests.functions.shop import deliveries, question, set_level
from tests.functions.test_mail import BANK, beat, delivery, entry
from tests.pipeline.works import Works, epss, kev_of
from tests.support.acts import session_of
from tests.support.killed_fires import killed_at
from watchbill.cloud.mail import sent_mail


def mailed_and_killed(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """SES took a page, and its fire was killed before it said so: what SES reports of it."""
    _scored(office.works)
    office.works.open_for(BANK)
    with killed_at(monkeypatch, "company.pipeline.delivering.sending._confirm"):
        office.run("deliver")
    office.works.fire.close()
    office._containers.clear()
    event = delivery(office)
    event["mail"]["messageId"] = "ses-1"
    return event


def _scored(works: Works) -> None:
    works.take_in("kev", kev_of(5))
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99"))
    works.run("link", "score")


@pytest.mark.usefixtures("sparing")
def test_a_beat_reads_each_event_however_few_come_at_once(office: Office) -> None:
    assert beat(office, "one", "two", "three")["evidence"]["mail_events"] == 3


@pytest.mark.parametrize("is_open_still", [False, True])
def test_a_page_that_has_arrived_is_not_sent_again_after_a_kill(
    office: Office, monkeypatch: pytest.MonkeyPatch, is_open_still: bool
) -> None:
    """Also where the session of the killed fire is not over by its deadline yet."""
    event = mailed_and_killed(office, monkeypatch)
    if is_open_still:
        office.works.brain.admin.execute("UPDATE company.sessions SET deadline_at = deadline_at + interval '1 day'")

    beat(office, event)
    page, act = deliveries(office)[0], entry(office)
    office.works.brain.admin.execute("UPDATE company.sessions SET deadline_at = company.now() - interval '1 minute'")
    office.run("deliver", hours=1)

    assert (act["status"], act["mail_status"], act["receipt"]) == ("sent", "accepted", "ses-1")
    assert (page["status"], page["ended_at"] is not None) == ("sent", True)
    assert len(sent_mail(office.works.cloud)) == 1


def test_a_sender_may_confirm_what_an_event_has_proved_already(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    mailed_and_killed(office, monkeypatch)
    brain, act = office.works.brain, entry(office)
    note = "SELECT company.note_mail_event('ses-1', %(id)s, %(to)s, 'accepted', company.now(), '', 'k')"
    brain.sql("heartbeat", note, id=act["id"], to=BANK.email)
    session = session_of(brain, "deliver")

    confirm = "SELECT company.confirm_outbox_entry(%(id)s, %(session)s, true, 'ses-1')"
    brain.sql("deliver", confirm, id=act["id"], session=session)

    assert (entry(office)["status"], entry(office)["receipt"]) == ("sent", "ses-1")


def test_a_question_about_a_page_that_had_left_is_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    event = mailed_and_killed(office, monkeypatch)
    set_level(office, "ask")
    office.run("deliver")
    asked = question(office)

    beat(office, event)

    assert (asked["answered_at"], entry(office)["status"]) == (None, "sent")
    assert question(office)["id"] == asked["id"]
    assert (question(office)["answered_by"], question(office)["acted_at"] is not None) == ("silence", True)
    assert question(office)["outcome"] == f"nothing of it is left to send: the mail to {BANK.email} had left"


def test_a_question_counts_what_is_left_of_it_when_one_page_had_left(shop: Office) -> None:
    other = Customer("Birch Bank", "birch@birch-bank.invalid", "brief", {})
    shop.works.brain.owner.run("add_customer", **vars(other))
    shop.run("deliver")
    asked = question(shop)
    [first, *_] = shop.rows("SELECT id, to_whom FROM company.outbox WHERE to_whom LIKE '%%@%%' ORDER BY id")
    note = "SELECT company.note_mail_event('ses-1', %(id)s, %(to)s, 'accepted', company.now(), '', 'k')"

    shop.works.brain.sql("heartbeat", note, id=first["id"], to=first["to_whom"])

    left = question(shop)
    assert (left["id"], left["answered_at"]) == (asked["id"], None)
    assert left["question"] != asked["question"]
    assert left["background"].endswith(f"Not among them any more: the mail to {first['to_whom']} had left.")
