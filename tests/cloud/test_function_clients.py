"""What a function's own clients of AWS give, on the desk's cloud."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from company import aws
from company.aws import Cloud
from watchbill.cloud.account import REGION
from watchbill.cloud.aws import LocalAws

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
        aws._session.cache_clear()
        yield Cloud()
    time.tzset()
    aws._session.cache_clear()


def test_moments_are_utc_wherever_the_machine_stands(own: Cloud, cloud: LocalAws) -> None:
    """A number of seconds, as Scheduler answers, and a text, as S3 does."""
    window = {"Mode": "OFF"}
    own.client("scheduler").create_schedule(
        Name="s", ScheduleExpression="rate(1 day)", Target=TARGET, FlexibleTimeWindow=window
    )
    own.client("s3").create_bucket(Bucket="bucket")
    own.client("s3").put_object(Bucket="bucket", Key="k", Body=b"x")

    [schedule] = own.client("scheduler").list_schedules()["Schedules"]
    [found] = own.client("s3").list_objects_v2(Bucket="bucket")["Contents"]

    [same] = cloud.client("scheduler").list_schedules()["Schedules"]
    assert schedule["CreationDate"] == same["CreationDate"]
    for moment in (schedule["CreationDate"], found["LastModified"]):
        assert moment.utcoffset() == timedelta(0)
