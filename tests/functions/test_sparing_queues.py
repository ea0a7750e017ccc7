"""SQS may give fewer messages than there are, and than it was asked for: who reads a queue asks until it is empty."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.office import Office
from tests.functions.test_mail import beat

READ, ONE_AT_A_TIME = "provide-client-params.sqs.ReceiveMessage", 1


@pytest.fixture(autouse=True)
def sparing(office: Office) -> Iterator[None]:
    events = office.works.cloud.client("sqs").meta.events

    def spare(params: dict[str, Any], **_: object) -> None:
        params["MaxNumberOfMessages"] = ONE_AT_A_TIME

    events.register(READ, spare)
    yield
    events.unregister(READ, spare)


def test_a_beat_reads_each_event_of_a_mail(office: Office) -> None:
    assert beat(office, "one", "two", "three")["evidence"]["mail_events"] == 3


def test_scraping_manager_reads_each_fire_that_was_lost(office: Office) -> None:
    sqs, addresses = office.works.cloud.client("sqs"), {}
    for setting in ("failure_queue_url", "undelivered_queue_url"):
        addresses[setting] = sqs.create_queue(QueueName=setting)["QueueUrl"]
        for body in ("one", "two", "three"):
            sqs.send_message(QueueUrl=addresses[setting], MessageBody=body)

    evidence = office.run("scraping_manager", **addresses)["evidence"]

    assert (evidence["given_up"], evidence["not_handed_over"]) == (3, 3)
