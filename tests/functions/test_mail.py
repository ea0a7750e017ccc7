"""What happens to mail after SES took it: read by heartbeat from SES's events, apart from how the run ended."""

import json
from typing import Any

import pytest

from company.json_values import JsonObject
from company.vertical import Customer
from heartbeat.work import STEPS
from tests.functions.office import Office
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss, kev_of
from tests.support.brains import TestBrain
from tests.support.refusals import NO_RIGHT, refused
from watchbill.cloud.mail_events import event_of

BANK = Customer("Alder Bank", "security@alder-bank.invalid", "brief", {})
QUEUE = "mail-events"


def _sent(works: Works) -> None:
    """One page went to one customer by mail, and SES took it."""
    works.take_in("kev", kev_of(5))
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99"))
    works.run("link", "score")
    works.open_for(BANK)
    [answer] = works.run("deliver")
    assert answer["evidence"]["sent"] == 1


template_brain = grown(_sent)


def url(office: Office) -> str:
    return str(office.works.cloud.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"])


def beat(office: Office, *records: JsonObject | str) -> dict[str, Any]:
    """SES's records are in the queue; heartbeat beats at the next full hour, when it always reads the queue."""
    for record in records:
        body = record if isinstance(record, str) else json.dumps(record)
        office.works.cloud.client("sqs").send_message(QueueUrl=url(office), MessageBody=body)
    office.works.brain.wait(minutes=60 - office.works.brain.now().minute)
    container = office.works.fire.container(
        "heartbeat", cloud=office.works.cloud, bucket="works", schedule_group=office.GROUP, mail_events_url=url(office)
    )
    office.fired += 1
    return office.works.fire("heartbeat", container=container, request_id=f"beat-{office.fired}")


def entry(office: Office) -> dict[str, Any]:
    return office.rows("SELECT * FROM company.outbox WHERE action = 'deliver' ORDER BY id DESC LIMIT 1")[0]


def record(office: Office, kind: str, **details: Any) -> dict[str, Any]:
    """A record as SES publishes it, about the last page."""
    mail = {
        "timestamp": "2026-03-11T07:10:00.012Z",
        "source": "company@example.invalid",
        "messageId": entry(office)["receipt"],
        "destination": [BANK.email],
        "tags": {"ses:configuration-set": ["patchfirst-mail"], "act": [str(entry(office)["id"])]},
    }
    place = kind[0].lower() + kind[1:]
    return {"eventType": kind, "mail": mail, place: {"timestamp": "2026-03-11T07:10:02.669Z", **details}}


def bounce(office: Office) -> dict[str, Any]:
    recipient = {
        "emailAddress": BANK.email,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    }
    return record(office, "Bounce", bounceType="Permanent", bounceSubType="General", bouncedRecipients=[recipient],
                  feedbackId="f-1", reportingMTA="dsn; mta.example.com")  # fmt: skip


def transient(office: Office, subtype: str, **recipient: str) -> dict[str, Any]:
    return record(office, "Bounce", bounceType="Transient", bounceSubType=subtype, feedbackId="f-3",
                  bouncedRecipients=[{"emailAddress": BANK.email, **recipient}])  # fmt: skip


def delivery(office: Office) -> dict[str, Any]:
    details = {"smtpResponse": "250 2.6.0 Message received", "reportingMTA": "mta.example.com"}
    return record(office, "Delivery", processingTimeMillis=546, recipients=[BANK.email], **details)


def delay(office: Office) -> dict[str, Any]:
    recipient = {
        "emailAddress": BANK.email,
        "status": "4.4.1",
        "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host",
    }
    return record(office, "DeliveryDelay", delayType="TransientCommunicationFailure", delayedRecipients=[recipient],
                  expirationTime="2026-03-11T21:25:51.000Z")  # fmt: skip


def complaint(office: Office) -> dict[str, Any]:
    return record(office, "Complaint", complainedRecipients=[{"emailAddress": BANK.email}], feedbackId="f-2",
                  complaintFeedbackType="abuse", userAgent="Mail/1", arrivalDate="2026-03-11T07:10:02Z")  # fmt: skip


def test_a_mail_without_an_event_is_unknown(office: Office) -> None:
    assert beat(office)["evidence"]["mail_events"] == 0
    assert (entry(office)["status"], entry(office)["mail_status"]) == ("sent", None)


def test_a_run_that_succeeded_and_a_mail_that_bounced_are_two_facts(office: Office) -> None:
    beat(office, bounce(office))

    session = office.rows("SELECT outcome FROM company.sessions WHERE role = 'deliver'")
    found = office.finding("mail_bounced")
    assert session == [{"outcome": "done"}]
    assert (entry(office)["status"], entry(office)["mail_status"]) == ("sent", "bounced")
    assert (found["subject"], found["watcher"], found["level"]) == ("Alder Bank", "data_manager", "brief")
    assert found["title"].endswith("Permanent; General; smtp; 550 5.1.1 user unknown")


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ([delivery], "accepted"),
        ([delay], "delayed"),
        ([delay, delivery], "accepted"),
        ([delivery, delay], "accepted"),
        ([bounce, delivery], "bounced"),
        ([delivery, complaint], "complained"),
        ([complaint, delivery, delivery], "complained"),
    ],
)
def test_the_worst_event_counts_in_any_order(office: Office, records: list[Any], status: str) -> None:
    for make in records:
        beat(office, make(office))

    assert entry(office)["mail_status"] == status


def test_somebody_out_of_office_got_the_mail(office: Office) -> None:
    evidence = beat(office, transient(office, "General"))["evidence"]

    assert (entry(office)["mail_status"], evidence["mail_troubles"]) == ("accepted", 0)
    assert office.rows("SELECT FROM company.findings WHERE kind LIKE 'mail_%%'") == []


@pytest.mark.parametrize("recipient", [{}, {"action": "failed"}, {"status": "4.4.7"}, {"status": "5.2.2"}])
def test_a_transient_bounce_of_another_kind_did_not_arrive(office: Office, recipient: dict[str, str]) -> None:
    beat(office, transient(office, "General" if recipient else "MailboxFull", **recipient))

    assert entry(office)["mail_status"] == "bounced"


def test_the_same_event_twice_is_kept_once(office: Office) -> None:
    evidence = beat(office, bounce(office), bounce(office))["evidence"]

    assert (evidence["mail_events"], evidence["mail_troubles"]) == (2, 1)
    assert office.value("SELECT count(*) FROM company.mail_events") == 1
    assert office.finding("mail_bounced")["times_seen"] == 1


def test_the_second_mail_in_a_row_that_bounces_is_a_matter_of_today_and_a_later_arrival_ends_it(office: Office) -> None:
    beat(office, bounce(office))
    office.run("deliver", days=1)
    beat(office, bounce(office))
    level = office.finding("mail_bounced")["level"]

    office.run("deliver", days=1)
    beat(office, delivery(office))

    assert level == "today"
    assert office.finding("mail_bounced")["resolution"].startswith("a later mail was accepted")


def test_a_record_in_snss_envelope_is_read_too(office: Office) -> None:
    beat(office, {"Type": "Notification", "MessageId": "n", "Message": json.dumps(delivery(office))})

    assert entry(office)["mail_status"] == "accepted"


@pytest.mark.parametrize(
    "body", ["", "[]", '{"eventType": "Delivery"}', '{"eventType": "Open", "mail": {}}', "null", "7"]
)
def test_what_cannot_be_read_is_noted_and_skipped(office: Office, body: str) -> None:
    answer = beat(office, body or "not json", delivery(office))

    assert answer["outcome"] == "done"
    assert entry(office)["mail_status"] == "accepted"
    assert office.value("SELECT count(*) FROM company.session_log WHERE kind = 'unread_mail_event'") == 1


def test_an_event_of_a_mail_that_is_not_ours_is_ignored(office: Office) -> None:
    foreign = delivery(office)
    foreign["mail"] |= {"messageId": "another", "destination": ["stranger@elsewhere.invalid"]}

    beat(office, foreign)

    assert entry(office)["mail_status"] is None


def test_an_entry_unknown_after_a_kill_is_known_once_the_recipients_server_has_it(office: Office) -> None:
    event = delivery(office)
    office.works.brain.sql(
        "migrate",
        "UPDATE company.outbox SET status = 'unknown', confirmed_at = NULL, receipt = NULL WHERE action = 'deliver'",
    )

    beat(office, event)

    assert (entry(office)["status"], entry(office)["receipt"]) == ("sent", event["mail"]["messageId"])


def test_the_owners_own_brief_that_bounces_rings(office: Office) -> None:
    office.works.brain.sql(
        "migrate",
        "INSERT INTO company.outbox (action, dedupe_key, to_whom, status, by_role, confirmed_at, receipt)"
        " VALUES ('brief', 'brief:x', 'owner@example.invalid', 'sent', 'ceo', company.now(), 'm-1')",
    )

    beat(office, event_of("m-1", "bounce@simulator.amazonses.com", office.works.brain.now()))

    found = office.finding("mail_bounced")
    assert (found["level"], found["watcher"], found["subject"]) == ("ring", "schedule_auditor", "the owner")


def test_a_queue_out_of_reach_stops_no_beat(office: Office) -> None:
    office.works.brain.wait(minutes=1)
    container = office.works.fire.container(
        "heartbeat",
        cloud=office.works.cloud,
        bucket="works",
        schedule_group=office.GROUP,
        mail_events_url="http://127.0.0.1:9/q",
    )

    answer = office.works.fire("heartbeat", container=container, request_id="far")

    assert (answer["outcome"], answer["evidence"]["items_failed"]) == ("done", 1)
    assert office.finding("item_failed")["subject"] == "steps: mail"
    assert office.value("SELECT left_out FROM company.beats ORDER BY at DESC LIMIT 1") == [
        f"steps: 1 of {len(STEPS)} (mail)"
    ]


@pytest.mark.parametrize("role", ["deliver", "ceo", "data_manager", "owner"])
def test_only_heartbeat_records_what_happened_to_a_mail(steadfast_brain: TestBrain, role: str) -> None:
    event = {
        "message_id": "m",
        "outbox_id": 1,
        "recipient": BANK.email,
        "status": "accepted",
        "at": steadfast_brain.now(),
    }

    with refused(NO_RIGHT):
        steadfast_brain.as_role(role).one("note_mail_event", **event, reason="", key="k")


def test_the_function_itself_accepts_only_heartbeat(steadfast_brain: TestBrain) -> None:
    with refused("only_heartbeat_records_mail_events"):
        steadfast_brain.sql(
            "migrate", "SELECT company.note_mail_event('m', 1, 'x@y.invalid', 'accepted', company.now(), '', 'k')"
        )


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("a_mail_status_is_known", "mail_status = 'perhaps', mail_status_at = company.now()"),
        ("a_mail_status_says_when", "mail_status = 'accepted', mail_status_at = NULL"),
    ],
)
def test_the_table_refuses_a_status_that_means_nothing(steadfast_brain: TestBrain, rule: str, change: str) -> None:
    with refused(rule):
        steadfast_brain.sql("migrate", f"UPDATE company.outbox SET {change}")


def test_an_event_is_kept_once_also_past_the_function(office: Office) -> None:
    twice = (
        "INSERT INTO company.mail_events (event_key, outbox_id, status, at)"
        " SELECT 'k', id, 'accepted', company.now() FROM company.outbox"
    )

    office.works.brain.sql("migrate", twice)
    with refused("a_mail_event_is_kept_once"):
        office.works.brain.sql("migrate", twice)


def test_a_beat_asks_the_queue_only_while_a_mail_is_out_or_at_the_full_hour(office: Office) -> None:
    beat(office, delivery(office))
    office.works.cloud.client("sqs").send_message(QueueUrl=url(office), MessageBody=json.dumps(complaint(office)))

    office.works.brain.wait(minutes=10)
    container = office.works.fire.container(
        "heartbeat", cloud=office.works.cloud, bucket="works", schedule_group=office.GROUP, mail_events_url=url(office)
    )
    between = office.works.fire("heartbeat", container=container, request_id="between")

    assert between["evidence"]["mail_events"] == 0
    assert beat(office)["evidence"]["mail_events"] == 1
