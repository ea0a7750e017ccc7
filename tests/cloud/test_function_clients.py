"""What a function's own clients of AWS give, on the desk's cloud."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from company.aws import clients
from company.aws.clients import ASKS_BEFORE_BYTES, Cloud
from watchbill.cloud.account import REGION
from watchbill.cloud.aws import LocalAws

BUCKET = "one-bucket"
TARGET = {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "RoleArn": "arn:aws:iam::000000000000:role/r"}


@pytest.fixture
def own(cloud: LocalAws) -> Iterator[Cloud]:
    """As on AWS: everything comes from the environment, and the machine stands in another time zone."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": cloud.endpoint_url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "desk",
            "AWS_SECRET_ACCESS_KEY": "desk",
            "TZ": "Asia/Tokyo",
        }.items():
            environment.setenv(name, value)
        time.tzset()
        clients._session.cache_clear()
        yield Cloud()
    time.tzset()
    clients._session.cache_clear()


def test_moments_are_utc_wherever_the_machine_stands(own: Cloud, cloud: LocalAws) -> None:
    """A number of seconds, as Scheduler answers, and a text, as S3 does."""
    window = {"Mode": "OFF"}
    own.client("scheduler").create_schedule(
        Name="s", ScheduleExpression="rate(1 day)", Target=TARGET, FlexibleTimeWindow=window
    )
    own.client("s3").create_bucket(Bucket=BUCKET)
    own.client("s3").put_object(Bucket=BUCKET, Key="k", Body=b"x")

    [schedule] = own.client("scheduler").list_schedules()["Schedules"]
    [found] = own.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]

    [same] = cloud.client("scheduler").list_schedules()["Schedules"]
    assert schedule["CreationDate"] == same["CreationDate"]
    for moment in (schedule["CreationDate"], found["LastModified"]):
        assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(("length", "asks"), [(0, False), (ASKS_BEFORE_BYTES - 1, False), (ASKS_BEFORE_BYTES, True)])
def test_a_small_body_is_sent_at_once_and_a_large_one_when_s3_wants_it(own: Cloud, length: int, asks: bool) -> None:
    s3, sent = own.client("s3"), list[bool]()
    s3.create_bucket(Bucket=BUCKET)
    s3.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.append("Expect" in request.headers))

    s3.put_object(Bucket=BUCKET, Key="k", Body=b"x" * length)

    assert sent == [asks]
    assert s3.head_object(Bucket=BUCKET, Key="k")["ContentLength"] == length


@pytest.mark.parametrize("region", ["eu-south-1", "il-central-1", "eu-central-1"])
def test_a_link_names_the_region_of_its_bucket(own: Cloud, cloud: LocalAws, region: str) -> None:
    """S3 answers a link to the host of all regions by SignatureDoesNotMatch, in the regions since 2019."""
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("AWS_DEFAULT_REGION", region)
        at_the_desk = _link(own)
        elsewhere.delenv("AWS_ENDPOINT_URL")
        clients._session.cache_clear()
        on_aws = _link(Cloud())

    assert on_aws.startswith(f"https://{BUCKET}.s3.{region}.amazonaws.com/feeds/k?")
    assert at_the_desk.startswith(f"{cloud.endpoint_url}/{BUCKET}/feeds/k?")


def _link(cloud: Cloud) -> str:
    client = cloud.client_of("s3", "an-id", "a-secret")
    return str(client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "feeds/k"}))
