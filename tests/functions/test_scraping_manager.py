"""scraping_manager: a stale source is investigated before it is reported."""

import json

import pytest

from scraping_manager.book import names_or_number
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of

GIVEN_UP = json.dumps(
    {
        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": {"role": "score", "schedule": "score", "due_at": "2026-03-11T06:25:00Z", "attempt": "1"},
        "responsePayload": {"errorMessage": "the plug was pulled", "errorType": "RuntimeError"},
    }
)


def test_a_stale_source_is_answered_with_what_was_asked_and_a_probe(office: Office) -> None:
    office.works.take_in("epss", epss_of(40), at="2026-03-10T12:55:00Z")
    office.works.brain.wait(hours=30)
    office.works.run("scrape_epss")

    office.run("scraping_manager")
    first = office.finding("stale_source")
    office.run("scraping_worker")
    office.run("scraping_manager")

    assert first["answered_by"] == "scraping_manager"
    assert "not yet (403)" in first["answer"]
    assert "tries every route" in first["answer"]
    second = office.finding("stale_source")["answer"]
    assert "10 Mar 200, 11 Mar 403 from our address: not blocked" in second


def test_a_source_that_is_not_due_yet_is_reported_as_not_due(office: Office) -> None:
    office.works.take_in("epss", epss_of(40, at="2026-03-10T00:00:00Z"), at="2026-03-10T00:00:00Z")
    office.works.run("scrape_epss")

    office.run("scraping_manager")

    assert "not expected before 12:00" in office.finding("stale_source")["answer"]


def test_sources_are_reported_with_age_beside_limit(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))

    answer = office.run("scraping_manager")

    assert (answer["evidence"]["sources"], answer["evidence"]["requests"]) == (7, 1)
    assert "kev 14 h of 96 h" in office.value("SELECT body FROM company.inbox WHERE from_role = 'scraping_manager'")


@pytest.mark.parametrize(
    ("stale", "said"), [(1, "kev asked"), (2, "epss and kev asked"), (3, "3 sources asked"), (7, "7 sources asked")]
)
def test_what_a_note_says_of_sources_is_whole_wherever_a_line_of_the_brief_ends(stale: int, said: str) -> None:
    """Of "cves, epss, kev asked again" the brief, which ends a line at a comma, said "next: cves, epss"."""
    names = ["nvd", "nuclei", "metasploit", "exploitdb", "cves", "epss", "kev"][-stale:]

    assert f"{names_or_number(names)} asked" == said and "," not in names_or_number(names)


@pytest.mark.parametrize("body", [GIVEN_UP, "not what Lambda writes"])
def test_fires_that_lambda_gave_up_on_are_read_and_reported(office: Office, body: str) -> None:
    sqs = office.works.cloud.client("sqs")
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body)

    answer = office.run("scraping_manager", failure_queue_url=url)

    assert answer["evidence"]["given_up"] == 1
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert "was given up" in office.value("SELECT body FROM company.session_log WHERE kind = 'given_up'")


def test_a_deploy_that_failed_is_named_with_its_reason(office: Office) -> None:
    """Lambda tries migrate three times too, and hands its request on; CloudFormation writes no role into it."""
    context = {
        "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:acme-migrate:$LATEST",
        "condition": "RetriesExhausted",
    }
    asked = {"RequestType": "Update", "ResponseURL": "https://cloudformation.invalid/?Signature=sesame"}
    failed = {"requestContext": context, "requestPayload": asked, "responsePayload": {"errorMessage": "0400 failed"}}
    sqs = office.works.cloud.client("sqs")
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(failed))

    office.run("scraping_manager", failure_queue_url=url)

    [line] = office.rows("SELECT body FROM company.session_log WHERE kind = 'given_up'")
    assert line["body"] == "migrate was given up by Lambda: 0400 failed"


@pytest.mark.parametrize("due_at", ["<aws.scheduler.scheduled-time>", "2026-03-11T06:25:00Z"])
@pytest.mark.parametrize("body", ['{"role": "score", "schedule": "score", "due_at": "%s"}', "no JSON"])
def test_fires_that_scheduler_could_not_hand_to_lambda_are_read_and_reported(
    office: Office, body: str, due_at: str
) -> None:
    """It writes the schedule's own event, and what went wrong in attributes."""
    beside = {
        "ERROR_CODE": "AWS.Lambda.ResourceNotFoundException",
        "ERROR_MESSAGE": "Function not found: acme-score",
        "SCHEDULED_TIME": "2026-03-11T06:25:00Z",
        "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/acme/score",
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in beside.items()}
    sqs = office.works.cloud.client("sqs")
    url = sqs.create_queue(QueueName="undelivered")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body.replace("%s", due_at), MessageAttributes=attributes)

    answer = office.run("scraping_manager", undelivered_queue_url=url)

    assert (answer["evidence"]["given_up"], answer["evidence"]["not_handed_over"]) == (0, 1)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    [line] = office.rows("SELECT body, facts FROM company.session_log WHERE kind = 'given_up'")
    assert line["body"] == "score was given up by Scheduler: Function not found: acme-score"
    assert (line["facts"]["role"], line["facts"]["due_at"]) == ("score", "2026-03-11T06:25:00Z")
    note = office.value("SELECT body FROM company.inbox WHERE from_role = 'scraping_manager'")
    assert "1 fire that Scheduler could not hand over" in note


@pytest.mark.usefixtures("sparing")
def test_each_fire_that_was_lost_is_read_however_few_come_at_once(office: Office) -> None:
    sqs, addresses = office.works.cloud.client("sqs"), {}
    for setting in ("failure_queue_url", "undelivered_queue_url"):
        addresses[setting] = sqs.create_queue(QueueName=setting)["QueueUrl"]
        for body in ("one", "two", "three"):
            sqs.send_message(QueueUrl=addresses[setting], MessageBody=body)

    evidence = office.run("scraping_manager", **addresses)["evidence"]

    assert (evidence["given_up"], evidence["not_handed_over"]) == (3, 3)


def test_a_resting_route_is_reported_and_benched_once_a_day(office: Office) -> None:
    for n in range(3):
        office.works.serve_only("kev", b"<html>%d</html>" % n)
        office.works.run("scrape_kev")

    answer = office.run("scraping_manager")
    office.run("scraping_manager")

    assert (answer["evidence"]["routes_resting"], answer["evidence"]["filed"]) == (1, 1)
    body = office.value("SELECT body FROM company.inbox WHERE from_role = 'scraping_manager' ORDER BY id LIMIT 1")
    assert "1 route, 1 resting: kev primary until" in body
    assert office.value("SELECT count(*) FROM company.task_queue WHERE payload ->> 'kind' = 'bench'") == 1


def test_a_day_between_two_editions_is_asked_for_once_a_day(office: Office) -> None:
    office.works.take_in("epss", epss_of(40, at="2026-03-08T12:55:00Z"), at="2026-03-08T12:55:00Z")
    office.works.take_in("epss", epss_of(40), at="2026-03-10T12:55:00Z")

    first, second = office.run("scraping_manager"), office.run("scraping_manager")

    assert (first["evidence"]["missed_editions"], second["evidence"]["missed_editions"]) == (1, 0)
    [task] = office.rows("SELECT payload FROM company.task_queue WHERE payload ->> 'kind' = 'edition'")
    assert task["payload"] == {"kind": "edition", "source": "epss", "day": "2026-03-09"}
    assert "1 missed edition fetched" in office.value(
        "SELECT body FROM company.inbox WHERE from_role = 'scraping_manager' ORDER BY id LIMIT 1"
    )


def test_a_day_of_long_ago_is_not_asked_for_again(office: Office) -> None:
    for day in ("2026-03-01", "2026-03-03"):
        at = f"{day}T12:55:00Z"
        office.works.take_in("epss", epss_of(40, at=at), at=at)

    answer = office.run("scraping_manager")

    assert answer["evidence"]["missed_editions"] == 0


def test_a_late_beat_is_reported_to_the_ceo_at_once(office: Office) -> None:
    office.deploy("heartbeat", "scraping_manager")
    office.run("heartbeat")

    office.run("scraping_manager", minutes=20)
    late = office.finding("stale_beat")
    office.run("heartbeat")
    office.run("scraping_manager")

    assert (late["watcher"], late["level"], late["accused"]) == ("ceo", "ring", "heartbeat")
    assert "heartbeat beats again" in office.finding("stale_beat")["resolution"]
