"""What customers get: once, with the age of its data, and only as far as the owner approved it."""

import json
from datetime import UTC, datetime, time
from typing import Any

import pytest

from company.aws.mail import MailInDoubt
from company.pages.slots import LedgerSlot
from company.pipeline.delivering.deliveries import is_daily_due
from company.vertical import Customer
from patchfirst.deliveries import DELIVERIES
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss, kev, kev_entry, kev_of
from tests.support.refusals import NO_RIGHT, refused

BANK = Customer("Alder Bank", "security@alder-bank.invalid", "brief", {"vendors": ["Harbourgate"]})
FERRY = Customer("Northferry Logistics", "feeds@northferry.invalid", "feed", {"min_score": 0})


def _day(hour: int, minute: int = 0, day: int = 11) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def _scored(works: Works) -> None:
    works.take_in("kev", kev_of(5))
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99"))
    works.run("link", "score")


template_brain = grown(_scored)


def _deliveries(works: Works) -> list[dict[str, Any]]:
    return works.rows("SELECT * FROM company.deliveries ORDER BY id")


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        (None, _day(3), True),
        (_day(7), _day(23), False),
        (_day(7), _day(6, 11, day=12), False),
        (_day(7), _day(6, 12, day=12), True),
        (_day(6, 12), _day(6, 35), False),
    ],
)
def test_a_customer_is_served_once_a_day_from_the_hour_that_the_product_names(
    last: datetime | None, now: datetime, is_due: bool
) -> None:
    assert DELIVERIES.daily_at == time(6, 12)
    assert is_daily_due(last, now, DELIVERIES) is is_due


def test_while_the_action_is_closed_nothing_is_sent_and_the_slot_has_the_reason(works: Works) -> None:

    (fire,) = works.run("deliver")

    assert (fire["outcome"], fire["reason"]) == (
        "skipped",
        "the approval level of deliver is closed; the owner opens it",
    )
    assert _deliveries(works) == []


def test_a_brief_is_mailed_and_a_feed_is_put_into_the_bucket(works: Works) -> None:
    works.open_for(BANK, FERRY)

    (fire,) = works.run("deliver")

    assert fire["evidence"] == {"written": 2, "sent": 2, "refused": 0}
    assert [(d["kind"], d["status"], d["s3_key"]) for d in _deliveries(works)] == [
        ("brief", "sent", None),
        ("feed", "sent", "feeds/2/2026-03-11/0709-daily.json"),
    ]
    outbox = works.rows("SELECT * FROM company.outbox WHERE action = 'deliver' ORDER BY id")
    assert [o["status"] for o in outbox] == ["sent", "sent"]
    assert all(o["receipt"] for o in outbox)


def test_two_alerts_of_a_day_are_two_files_and_the_index_lists_both(works: Works) -> None:
    works.brain.admin.execute("UPDATE company.streams SET max_growth = 9")
    works.open_for(FERRY)
    works.run("deliver")
    for n, at in ((50, "08"), (51, "09")):
        known = [kev_entry(n) for n in (0, 1, 2, 3, 4, *range(50, n + 1))]
        works.take_in("kev", kev(*known, at=f"2026-03-11T{at}:00:00.1234Z"))
        works.run("link", "score", "deliver")

    s3 = works.cloud.client("s3")
    index = json.load(s3.get_object(Bucket="works", Key="feeds/1/index.json")["Body"])
    files = [json.load(s3.get_object(Bucket="works", Key=f"feeds/1/{f['file']}")["Body"]) for f in index["files"]]
    assert [f["occasion"] for f in index["files"]] == ["important", "important", "daily"]
    assert [[i["cve"] for i in f["items"]] for f in files] == [["CVE-2025-90051"], ["CVE-2025-90050"], []]
    assert [f["changes"] for f in index["files"]] == [1, 1, 0]


def test_the_same_is_not_sent_twice(works: Works) -> None:
    works.open_for(BANK)
    works.run("deliver")

    (again,) = works.run("deliver")

    assert again["outcome"] == "skipped"
    assert len(_deliveries(works)) == 1


def test_at_ask_a_delivery_waits_for_the_owner(works: Works) -> None:
    works.open_for(BANK)
    works.brain.owner.run("set_approval", action="deliver", level="ask")

    works.run("deliver")

    (delivery,) = _deliveries(works)
    assert (delivery["status"], delivery["ended_at"]) == ("waiting", None)


def test_a_delivery_whose_sender_was_killed_is_sent_again_with_the_same_text(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.open_for(FERRY)

    class Killed(BaseException):
        """For the code under it, the same as a SIGKILL."""

    def killed(*_: Any) -> str:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("company.pipeline.delivering.sending._put_feed", killed)
        with pytest.raises(Killed):
            works.run("deliver")
    works.fire.close()
    written = _deliveries(works)[0]["body"]
    works.run("deliver")

    (delivery,) = _deliveries(works)
    assert (delivery["status"], delivery["body"]) == ("sent", written)


def test_an_address_that_is_refused_is_reported_and_does_not_stop_the_others(works: Works) -> None:
    works.open_for(BANK, FERRY)
    works.cloud.client("ses").delete_identity(Identity="company@example.invalid")

    (fire,) = works.run("deliver")

    assert fire["evidence"] == {"written": 2, "sent": 1, "refused": 1}
    assert [d["status"] for d in _deliveries(works)] == ["refused", "sent"]


def test_a_page_that_ses_may_have_taken_is_unknown_and_not_sent_again(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.open_for(BANK)

    def fails_after_taking(*_: Any, **__: Any) -> str:
        raise MailInDoubt("SES may have taken it: 500")

    with monkeypatch.context() as patched:
        patched.setattr("company.aws.mail.send_mail", fails_after_taking)
        (fire,) = works.run("deliver")
    works.run("deliver")

    (delivery,) = _deliveries(works)
    slots = works.brain.owner.rows(
        LedgerSlot, "list_slots", since=_day(0), until=_day(23), schedule=None, role="deliver"
    )
    assert (fire["outcome"], fire["evidence"]["in_doubt"], fire["evidence"]["refused"]) == ("done", 1, 0)
    assert (delivery["status"], delivery["reason"]) == ("unknown", "SES may have taken it: 500")
    assert [slot.end for slot in slots if slot.evidence] == ["undelivered"]


def test_a_day_without_news_is_reported_in_a_short_note(works: Works) -> None:
    works.open_for(BANK)

    works.run("deliver")

    (page,) = _deliveries(works)
    assert (page["subject"], page["items"]) == ("PatchFirst Wed 11 Mar: nothing new", [])
    assert "Nothing new for you since Tue 07:09." in page["body"]


def test_a_customer_reads_only_of_the_vendors_it_named(works: Works) -> None:
    works.open_for(BANK, FERRY)
    works.run("deliver")

    added = [kev_entry(50, vendorProject="Vellmora"), kev_entry(51)]
    works.take_in("kev", kev(*(kev_entry(n) for n in range(5)), *added[:1], at="2026-03-11T06:00:00.1234Z"))
    works.run("link", "score", "deliver")
    works.brain.admin.execute("UPDATE company.streams SET max_growth = 9")
    works.take_in("kev", kev(*(kev_entry(n) for n in range(5)), *added, at="2026-03-11T06:30:00.1234Z"))
    works.run("link", "score", "deliver")

    items = [
        (d["customer_id"], [i["cve"] for i in d["items"]]) for d in _deliveries(works) if d["occasion"] == "important"
    ]
    assert items == [(2, ["CVE-2025-90050"]), (1, ["CVE-2025-90051"]), (2, ["CVE-2025-90051"])]


@pytest.mark.parametrize("role", ["deliver", "data_manager", "ceo"])
def test_only_the_owner_adds_customers(works_at_rest: Works, role: str) -> None:
    with refused(NO_RIGHT):
        works_at_rest.brain.as_role(role).run("add_customer", name="X", email="x@x.invalid", kind="brief", filters={})
