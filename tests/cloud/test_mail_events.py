"""The delivery result of a mail on the desk: SES is simulated; topic, queue and rights are those of the template."""

from collections.abc import Iterator
from typing import Any

import pytest

from company.aws.mail import read_event
from tests.cloud.companies import MORNING, translations
from tests.cloud.test_deployed_company import PARAMETERS, TEMPLATE
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.mail_events import BOUNCES, COMPLAINS, MailEventPublisher
from watchbill.cloud.notices import Notices
from watchbill.cloud.template.loader import Deployed, deploy

SENDER = "owner@example.invalid"
"""The owner's address, from which mail comes unless the settings name another."""


@pytest.fixture(scope="module")
def company_cloud() -> Iterator[LocalAws]:
    with desk_cloud() as running:
        yield running


@pytest.fixture(scope="module")
def deployed(company_cloud: LocalAws) -> Deployed:
    return deploy(company_cloud, TEMPLATE, PARAMETERS, translations())


def queue(deployed: Deployed) -> str:
    return deployed.resources["MailEvents"][1]


def mail(cloud: LocalAws, to: str) -> str:
    answer = cloud.client("sesv2").send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}},
        ConfigurationSetName="desk_one-mail",
    )
    return str(answer["MessageId"])


def received_events(cloud: LocalAws, deployed: Deployed) -> list[Any]:
    messages = cloud.client("sqs").receive_message(QueueUrl=queue(deployed), MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        cloud.client("sqs").delete_message(QueueUrl=queue(deployed), ReceiptHandle=message["ReceiptHandle"])
    return [read_event(message["Body"]) for message in messages]


def test_who_reads_the_desks_queues_never_waits(company_cloud: LocalAws, deployed: Deployed) -> None:
    """On AWS a read waits for a second; here that would be a real second for each of a simulated day's."""
    for url in deployed.refs("AWS::SQS::Queue"):
        found = company_cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert (found["ReceiveMessageWaitTimeSeconds"], found["MessageRetentionPeriod"]) == ("0", "1209600")


@pytest.mark.parametrize(
    ("to", "status"), [("desk@alder.invalid", "accepted"), (BOUNCES, "bounced"), (COMPLAINS, "complained")]
)
def test_the_delivery_result_of_a_mail_is_in_the_queue(
    company_cloud: LocalAws, deployed: Deployed, to: str, status: str
) -> None:
    postman = MailEventPublisher(company_cloud, deployed)
    message_id = mail(company_cloud, to)

    published = postman.publish_new(MORNING), postman.publish_new(MORNING)

    [event] = received_events(company_cloud, deployed)
    assert published == (1, 0)
    assert (event.message_id, event.recipient, event.status, event.at) == (message_id, to, status, MORNING)


def test_an_event_of_ses_is_no_notice_to_the_owner(company_cloud: LocalAws, deployed: Deployed) -> None:
    postman, notices = MailEventPublisher(company_cloud, deployed), Notices(company_cloud)
    mail(company_cloud, "desk@alder.invalid")

    postman.publish_new(MORNING)

    assert notices.collect(MORNING) == []
    assert len(received_events(company_cloud, deployed)) == 1


def test_heartbeat_is_told_the_queue_and_only_ses_writes_into_its_topic(
    company_cloud: LocalAws, deployed: Deployed
) -> None:
    topic = company_cloud.client("sns").get_topic_attributes(TopicArn=deployed.resources["MailTopic"][1])["Attributes"]

    assert "ses.amazonaws.com" in topic["Policy"]
    assert deployed.function("heartbeat").spec.environment["MAIL_EVENTS_URL"] == queue(deployed)
    assert deployed.function("deliver").spec.environment["MAIL_SET"] == "desk_one-mail"
