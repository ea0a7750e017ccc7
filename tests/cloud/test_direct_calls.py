"""The desk's own calls of moto go without a socket, and are answered as those over HTTP are."""

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any, Literal

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from watchbill.cloud.account import REGION
from watchbill.cloud.aws import AwsClient, LocalAws, desk_cloud
from watchbill.cloud.quick_moto.direct_calls import ask_directly

KEY = "a folder/ключ +&?=%.txt"
FORMS: tuple[Callable[[], Any], ...] = (lambda: b"bytes", lambda: "text ü", lambda: io.BytesIO(b"a file" * 20_000))
BUCKETS = ("direct", "over-http")


def over_http(cloud: LocalAws, service: Literal["s3", "ssm"]) -> AwsClient:
    """A client of boto3 that knows nothing of moto, and asks once."""
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    key = "desk"
    return boto3.client(
        service,
        endpoint_url=cloud.endpoint_url,
        region_name=REGION,
        config=config,
        aws_access_key_id=key,
        aws_secret_access_key=key,
    )


@pytest.fixture
def both(cloud: LocalAws) -> Iterator[tuple[AwsClient, AwsClient]]:
    """S3 by a direct client and over HTTP, each with a bucket of its own."""
    clients = cloud.client("s3"), over_http(cloud, "s3")
    for client, bucket in zip(clients, BUCKETS, strict=True):
        client.create_bucket(Bucket=bucket)
    yield clients
    clients[1].close()


def without_chance(answer: dict[str, Any]) -> dict[str, Any]:
    """What does not differ from one call to the next."""
    told = {name.lower(): value for name, value in answer["ResponseMetadata"]["HTTPHeaders"].items()}
    chance = {
        "date",
        "server",
        "connection",
        "x-amz-id-2",
        "x-amzn-requestid",
        "x-amz-request-id",
        "last-modified",
        "content-length",
    }
    rest = {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "LastModified", "Body")}
    return {**rest, "headers": {name: value for name, value in told.items() if name not in chance}}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_put_is_got_by_either_with_the_same_answers(
    both: tuple[AwsClient, AwsClient], form: Callable[[], Any]
) -> None:
    put = [one.put_object(Bucket=b, Key=KEY, Body=form()) for one, b in zip(both, BUCKETS, strict=True)]
    got = [one.get_object(Bucket=b, Key=KEY) for one, b in zip(both, BUCKETS, strict=True)]
    heads = [one.head_object(Bucket=b, Key=KEY) for one, b in zip(both, BUCKETS, strict=True)]

    wanted = form()
    wanted = wanted.encode() if isinstance(wanted, str) else getattr(wanted, "getvalue", lambda: wanted)()
    assert [answer["Body"].read() for answer in got] == [wanted, wanted]
    for direct, by_http in (put, got, heads):
        assert without_chance(direct) == without_chance(by_http)
    assert [answer["ContentLength"] for answer in heads] == [len(wanted)] * 2
    listed = [one.list_objects_v2(Bucket=b)["Contents"][0]["Key"] for one, b in zip(both, BUCKETS, strict=True)]
    assert listed == [KEY, KEY]


def test_what_one_made_the_other_reads(both: tuple[AwsClient, AwsClient]) -> None:
    direct, by_http = both
    direct.upload_fileobj(io.BytesIO(b"in parts"), "over-http", "k")

    assert by_http.get_object(Bucket="over-http", Key="k")["Body"].read() == b"in parts"


def test_the_path_is_handed_over_as_a_server_does(cloud: LocalAws) -> None:
    seen: list[str] = []

    def noting(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return []

    client = over_http(cloud, "s3")
    ask_directly(client, noting)

    client.put_object(Bucket="b", Key=KEY)

    assert [path.encode("latin-1").decode() for path in seen] == [f"/b/{KEY}"]


def test_a_query_is_read(cloud: LocalAws) -> None:
    direct = cloud.client("scheduler")
    for name in ("one", "two"):
        direct.create_schedule_group(Name=name)

    groups = direct.list_schedule_groups(NamePrefix="tw")["ScheduleGroups"]

    assert [group["Name"] for group in groups] == ["two"]


def test_an_error_is_the_same_error(both: tuple[AwsClient, AwsClient]) -> None:
    errors = []
    for client in both:
        for ask in (client.get_object, client.head_object):
            with pytest.raises(ClientError) as refused:
                ask(Bucket="direct", Key="missing")
            errors.append(refused.value.response["Error"]["Code"])

    assert errors == ["NoSuchKey", "404"] * 2


def test_no_connection_is_made(cloud: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection"))

    cloud.client("ssm").put_parameter(Name="/a", Value="b", Type="String")

    assert cloud.client("ssm").get_parameter(Name="/a")["Parameter"]["Value"] == "b"


def test_a_client_that_outlives_its_cloud_does_not_reach_the_next_one() -> None:
    with desk_cloud() as first:
        kept = first.client("ssm")

    with desk_cloud() as second, pytest.raises(ClientError, match="500"):
        kept.put_parameter(Name="/a", Value="b", Type="String")

    assert second.is_moto


def test_a_broken_application_answers_500(cloud: LocalAws, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_environ: object, _start_response: object) -> Any:
        raise ValueError("the application is broken")

    client = over_http(cloud, "ssm")
    ask_directly(client, broken)

    with caplog.at_level(logging.ERROR), pytest.raises(ClientError) as failed:
        client.get_parameter(Name="/a")

    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "the application is broken" in caplog.text
