"""Whether the owner gets the brief and the alarms: SES that fails after taking a mail, a topic that nobody hears."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.functions.conftest import OWNER, page
from tests.support import days
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.mail import sent_mail


class SesFailsAfterTaking:
    """A cloud whose SES takes each mail and answers 500."""

    def __init__(self, cloud: LocalAws) -> None:
        self._cloud = cloud

    def client(self, service: str) -> Any:
        return self if service == "sesv2" else self._cloud.client(service)

    def send_email(self, **request: Any) -> None:
        self._cloud.client("sesv2").send_email(**request)
        answer: Any = {"Error": {"Code": "InternalFailure"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
        raise ClientError(answer, "SendEmail")


def test_a_brief_that_ses_may_have_taken_is_mailed_once_and_an_event_of_it_proves_it(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_quiet_day(brain)
    first = fire("ceo", **{**on_aws, "cloud": SesFailsAfterTaking(cloud)})
    brain.wait(minutes=5)
    fire("ceo", schedule="by-hand-ceo", request_id="another", **on_aws)
    [doubted] = brain.sql("owner", "SELECT id, status, receipt FROM company.outbox WHERE action = 'brief'")

    brain.as_role("heartbeat").one(
        "note_mail_event", message_id="m-9", outbox_id=doubted["id"], recipient=OWNER, status="accepted",
        at=brain.now(), reason="", key="k",
    )  # fmt: skip

    assert (first["outcome"], first["evidence"]["sent"], len(sent_mail(cloud))) == ("done", 0, 1)
    assert doubted["status"] == "unknown" and "InternalFailure" in doubted["receipt"]
    [proved] = brain.sql(
        "owner",
        "SELECT o.status, b.sent_at IS NOT NULL AS is_sent, b.written_at FROM company.outbox o"
        " JOIN company.briefs b ON b.id::text = o.payload ->> 'brief_id'",
    )
    assert proved == {"status": "sent", "is_sent": True, "written_at": days.BRIEF_AT}


class Subscribers:
    """A cloud whose SNS lists these subscriptions of any topic."""

    def __init__(self, cloud: LocalAws, *found: tuple[str, str, str]) -> None:
        self._cloud, self._found = cloud, found

    def client(self, service: str) -> Any:
        return self if service == "sns" else self._cloud.client(service)

    def get_paginator(self, operation: str) -> "Subscribers":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        names = ("Protocol", "Endpoint", "SubscriptionArn")
        return [{"Subscriptions": [dict(zip(names, one, strict=True)) for one in self._found]}]


PENDING, GONE, STANDS = "PendingConfirmation", "Deleted", "arn:aws:sns:us-east-1:1:owner:1"


@pytest.mark.parametrize(
    ("found", "level", "said"),
    [
        ([("email", OWNER, PENDING)], "ring", "has not confirmed"),
        ([("email", OWNER, GONE)], "ring", "is not subscribed any more"),
        ([], "ring", "is not subscribed any more"),
        ([("email", "another@example.invalid", PENDING)], "ring", "is not subscribed any more"),
        ([("email", OWNER, PENDING), ("https", "https://pager", STANDS)], "brief", "1 other way of the topic stands"),
    ],
)
def test_an_owner_whom_the_alarms_do_not_reach_reads_so_in_the_brief(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any], found: Any, level: str, said: str
) -> None:
    days.a_quiet_day(brain)

    fire("ceo", **{**on_aws, "cloud": Subscribers(cloud, *found), "owner_topic_arn": STANDS})

    [opened] = brain.owner.all("list_findings", only_open=True, limit=10)
    assert (opened["kind"], opened["level"]) == ("alarms_unheard", level)
    assert said in opened["title"] and "the alarms' mail does not reach you" in page(cloud, "txt")


def test_the_finding_closes_once_the_owner_is_subscribed(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_quiet_day(brain)
    topic = {"owner_topic_arn": STANDS}
    fire("ceo", **{**on_aws, **topic, "cloud": Subscribers(cloud)})
    confirmed = Subscribers(cloud, ("email", OWNER.upper(), STANDS))

    fire("ceo", request_id="later", schedule="by-hand-ceo", **{**on_aws, **topic, "cloud": confirmed})

    assert brain.owner.all("list_findings", only_open=True, limit=10) == []
