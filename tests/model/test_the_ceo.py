"""The CEO by model: sentences from the model, all else from the book; and no morning is without its brief."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.model.conftest import RunByModel
from tests.support import days
from tests.support.acts import send_message
from tests.support.brains import TestBrain
from tests.support.messages_api import Body, Fails, Reply, finishes, uses
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.mail import sent_mail, verify_sender

NOON_FIRE = datetime(2026, 3, 11, 12, 50, tzinfo=UTC)
SENDER = "company@example.invalid"
GOOD: Body = {
    "verdict": "All three customers were served. 2 open: a stale feed, a muted schedule. One decision: 2 minutes.",
    "findings": {"F-1": {"effect": "scores stand on the edition before"}},
}
BAD = GOOD | {"findings": {"F-1": {"effect": "scores are 77 h behind"}}}


def writes(sentences: Body) -> Reply:
    return uses(("write_brief", {"sentences": sentences}))


@pytest.fixture
def on_aws(cloud: LocalAws) -> Iterator[dict[str, Any]]:
    """A bucket, and a sender that SES knows."""
    cloud.client("s3").create_bucket(Bucket="company")
    verify_sender(cloud, SENDER)
    yield {
        "cloud": cloud,
        "bucket": "company",
        "owner_email": "o@example.invalid",
        "mail_from": SENDER,
        "desk": "sample",
    }


def last_brief(brain: TestBrain) -> dict[str, Any]:
    row = brain.owner.one("read_brief", brief_date=None)
    assert row is not None
    return row


def last_line(brain: TestBrain) -> str:
    return str(last_brief(brain)["facts"]["page"]["last"])


def test_the_models_sentences_are_mailed_and_the_rest_is_the_books(
    brain: TestBrain, run_by_model: RunByModel, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    ran = run_by_model([uses(("company_today", {})), writes(GOOD), finishes(handled=1)], role="ceo", **on_aws)

    (mail,) = sent_mail(cloud)
    assert GOOD["verdict"] in mail.body.replace("\n", " ")
    assert last_line(brain).startswith("Written by ceo with the model, slot ceo 06:50. Checklist 14/14.")
    assert last_brief(brain)["body"].startswith("SIMULATED DAY, sample, with the model")
    assert ran.session["worked_by"] == "model"
    assert ran.session["by_book_because"] is None
    assert (ran.answer["evidence"]["checks_passed"], ran.answer["evidence"]["sent"]) == (14, 1)


def test_a_rejected_page_is_tried_once_more(brain: TestBrain, run_by_model: RunByModel, on_aws: dict[str, Any]) -> None:
    days.a_bad_day(brain)

    ran = run_by_model([writes(BAD), writes(GOOD), finishes()], role="ceo", **on_aws)

    [refusal] = ran.api.results(1)
    assert refusal["is_error"]
    assert 'F-1 effect: "77" is not among its facts' in refusal["content"]
    assert "with the model" in last_line(brain)
    assert [line["body"] for line in ran.log if line["kind"] == "page_rejected"] == [
        'F-1 effect: "77" is not among its facts'
    ]


def test_a_page_rejected_twice_is_written_by_the_book_in_the_same_fire(
    brain: TestBrain, run_by_model: RunByModel, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    ran = run_by_model([writes(BAD), writes(BAD), finishes()], role="ceo", **on_aws)

    [answer] = ran.api.results(2)
    assert '"by": "book"' in answer["content"]
    assert 'by the book (the model\'s page was rejected: F-1 effect: "77" is not among its facts)' in last_line(brain)
    assert "77" not in last_brief(brain)["body"].split("Written by")[0]
    assert ran.session["worked_by"] == "model"
    assert ran.session["by_book_because"].startswith("the brief: the model's page was rejected")
    assert len(sent_mail(cloud)) == 1


def test_when_a_model_finishes_without_a_brief_the_book_writes_it(
    brain: TestBrain, run_by_model: RunByModel, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    ran = run_by_model([finishes(handled=0)], role="ceo", **on_aws)

    assert "by the book (the model gave no sentences)" in last_line(brain)
    assert len(sent_mail(cloud)) == 1
    assert ran.answer["evidence"]["brief_lines"] == last_brief(brain)["body"].count("\n")
    assert ran.session["by_book_because"] == "the brief: the model gave no sentences"


def test_when_the_model_is_down_the_book_writes_the_brief_and_says_why(
    brain: TestBrain, run_by_model: RunByModel, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    ran = run_by_model([uses(("company_today", {})), Fails(401, "no such key")], role="ceo", **on_aws)

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert "by the book (" in last_line(brain)
    assert "no such key" in last_line(brain)
    assert last_brief(brain)["body"].startswith("SIMULATED DAY, sample, no model")
    assert len(sent_mail(cloud)) == 1


@pytest.mark.parametrize("level", ["open", "closed"])
def test_a_page_that_passed_stays_when_the_model_stops_answering_after_it(
    brain: TestBrain, run_by_model: RunByModel, on_aws: dict[str, Any], level: str
) -> None:
    days.a_bad_day(brain)
    brain.owner.run("set_approval", action="brief", level=level)

    ran = run_by_model([writes(GOOD), Fails(401)], role="ceo", **on_aws)

    assert ran.session["worked_by"] == "book"
    assert "with the model" in last_line(brain)
    assert ran.answer["evidence"]["checks_passed"] == 14


def test_a_page_that_the_owner_read_is_kept(
    brain: TestBrain, run_by_model: RunByModel, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)
    run_by_model([writes(GOOD), finishes()], role="ceo", **on_aws)
    read = last_brief(brain)["body"]

    other = GOOD | {"findings": {}}
    run_by_model([writes(other), finishes()], role="ceo", schedule="by-hand-ceo", request_id="another", **on_aws)

    assert last_brief(brain)["body"] == read
    assert len(sent_mail(cloud)) == 1


def test_no_brief_is_written_outside_the_owners_morning(
    brain: TestBrain, run_by_model: RunByModel, on_aws: dict[str, Any]
) -> None:
    brain.set_now(NOON_FIRE)

    ran = run_by_model([writes(GOOD), finishes()], role="ceo", **on_aws)

    [refusal] = ran.api.results(1)
    assert "the fire of the owner's morning" in refusal["content"]
    assert brain.owner.one("read_brief", brief_date=None) is None


def test_work_that_a_model_left_is_done_after_its_finish(
    brain: TestBrain, run_by_model: RunByModel, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)
    brain.set_now(datetime(2026, 3, 12, 12, 50, tzinfo=UTC))
    seen = {"checked": "both editions of tides.txt", "showed": "40 rows differ, all of the north coast"}
    send_message(brain, "data_manager", "ceo", "escalation", subject="two feeds disagree", evidence=seen)

    ran = run_by_model([finishes(handled=5, answered=99)], role="ceo", **on_aws)

    evidence = ran.answer["evidence"]
    assert {name: evidence[name] for name in ("handled", "left_over", "answered", "silence_answered")} == {
        "handled": 5,
        "left_over": 1,
        "answered": 1,
        "silence_answered": 1,
    }
    assert brain.as_role("ceo").all("unanswered_messages") == []


def test_an_escalation_without_investigation_is_returned_before_a_model_accepts_it(
    brain: TestBrain, run_by_model: RunByModel, on_aws: dict[str, Any]
) -> None:
    brain.set_now(NOON_FIRE)
    hollow = {"checked": "it", "showed": "nothing"}
    message = send_message(brain, "data_manager", "ceo", "escalation", subject="x", evidence=hollow)

    fine = ("answer_message", {"message_id": message, "answer": "fine"})

    ran = run_by_model([uses(fine, ("company_today", {})), finishes()], "ceo", **on_aws)

    assert ran.api.results(1)[0]["is_error"]
    assert ran.answer["evidence"]["sent_back"] == 1
    [note] = brain.as_role("data_manager").all("read_inbox")
    assert note["body"].startswith("Sent back.")


def test_the_status_that_everybody_reads_is_the_books(
    brain: TestBrain, run_by_model: RunByModel, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)
    rosy = {"key": "PROJECT_STATUS", "content": "All 99 things are well."}

    run_by_model([uses(("write_page", rosy)), finishes()], role="ceo", **on_aws)

    [page] = brain.owner.all("read_brain_pages", keys=["PROJECT_STATUS"])
    assert page["content"].startswith("As of Thu 06:50.")


def test_the_places_for_sentences_come_first_and_within_what_a_model_reads(
    brain: TestBrain, run_by_model: RunByModel, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    ran = run_by_model([uses(("company_today", {})), finishes()], role="ceo", **on_aws)

    result = ran.api.results(1)[0]["content"]
    assert '"F-2 effect": {"book": "nobody has said yet", "most_characters": 210}' in result
    assert result.index('"places"') < result.index('"facts"')
    assert "[cut:" not in result
