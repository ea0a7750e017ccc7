"""An office for the staff: the pipeline, and the schedules as EventBridge has them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.left_out_steps import LeftOutSteps
from tests.functions.office import Office, office_of
from tests.functions.release import HOLDS, release
from tests.functions.shop import opened
from tests.pipeline import conftest as pipeline
from tests.pipeline.works import Works
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.mail import verify_sender

works = pipeline.works


@pytest.fixture
def office(works: Works) -> Office:
    return office_of(works)


@pytest.fixture(autouse=True)
def left_out_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[LeftOutSteps]:
    """Each step that a beat of a test leaves out is done all the same: it must have had nothing to do."""
    steps = LeftOutSteps()
    monkeypatch.setattr("heartbeat.work._leave_out", steps.leave_out)
    yield steps
    assert steps.had_something == []


BUCKET, OWNER, SENDER = "company", "owner@example.invalid", "company@example.invalid"


@pytest.fixture
def on_aws(cloud: LocalAws) -> Iterator[dict[str, Any]]:
    """A bucket, and a sender that SES knows; what a fire of the CEO needs besides the brain."""
    cloud.client("s3").create_bucket(Bucket=BUCKET)
    verify_sender(cloud, SENDER)
    yield {"cloud": cloud, "bucket": BUCKET, "owner_email": OWNER, "mail_from": SENDER, "desk": "sample data"}


def page(cloud: LocalAws, suffix: str) -> str:
    """The brief of the prepared days, as it is kept in the bucket."""
    answer = cloud.client("s3").get_object(Bucket=BUCKET, Key=f"pages/brief/2026-03-12.{suffix}")
    return str(answer["Body"].read().decode())


@pytest.fixture
def proved(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A release, beside a change for a renamed column, which the next fire of build_auditor proves.

    For modules whose brains begin where workshop.built ended.
    """
    monkeypatch.setattr("build_auditor.tools.try_change", lambda *_: HOLDS)
    office.product_layer = release(office)
    return office


@pytest.fixture
def shop(office: Office) -> Office:
    """Two customers, things that are scored, and the action deliver at level ask."""
    return opened(office)


@pytest.fixture
def sparing(office: Office) -> Iterator[None]:
    """SQS may give fewer messages than there are, and than it was asked for: here one at a time."""
    events, read = office.works.cloud.client("sqs").meta.events, "provide-client-params.sqs.ReceiveMessage"

    def spare(params: dict[str, Any], **_: object) -> None:
        params["MaxNumberOfMessages"] = 1

    events.register(read, spare)
    yield
    events.unregister(read, spare)
