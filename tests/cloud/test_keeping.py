"""What changes in the cloud is on disk before the request that changed it is answered; a kill loses nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cloud.companies import messages, run_of
from tests.cloud.test_snapshot import opened, reopened, schedule
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.logs import LogWriter, tail
from watchbill.cloud.mail import sent_mail
from watchbill.cloud.snapshots.keeping import keeping
from watchbill.drill.mechanics import plant_mute


class Killed(BaseException):
    """The process ends here: nothing after it runs in a real kill, and nothing after it is needed."""


def act(cloud: LocalAws, logs: LogWriter) -> None:
    """One change of each kind."""
    plant_mute(cloud, "small", "early")
    for body in (b"first", b"second"):
        cloud.client("s3").put_object(Bucket="small-bucket", Key="page", Body=body)
    cloud.client("s3").put_object(Bucket="small-bucket", Key="gone", Body=b"gone")
    cloud.client("s3").delete_object(Bucket="small-bucket", Key="gone")
    cloud.client("ssm").put_parameter(Name="/watchbill/small/a", Value="secret", Type="SecureString")
    content = {"Simple": {"Subject": {"Data": "Brief"}, "Body": {"Text": {"Data": "All well."}}}}
    to = {"ToAddresses": ["o@example.invalid"]}
    cloud.client("sesv2").send_email(FromEmailAddress="small@example.invalid", Destination=to, Content=content)
    logs.write(run_of("small-early", "1", "ok", None, "a line"))
    logs.flush()


def test_every_change_survives_a_kill_that_follows_it(tmp_path: Path) -> None:
    with pytest.raises(Killed), opened(tmp_path) as cloud:
        logs = LogWriter(cloud)
        with keeping(cloud, logs, tmp_path / "snapshot"):
            act(cloud, logs)
            raise Killed

    with reopened(tmp_path, tmp_path / "snapshot") as later:
        assert schedule(later, "early")["State"] == "DISABLED"
        [kept] = later.client("s3").list_objects_v2(Bucket="small-bucket")["Contents"]
        assert later.client("s3").get_object(Bucket="small-bucket", Key=kept["Key"])["Body"].read() == b"second"
        found = later.client("ssm").get_parameter(Name="/watchbill/small/a", WithDecryption=True)
        assert found["Parameter"]["Value"] == "secret"
        assert [mail.subject for mail in sent_mail(later)] == ["Brief"]
        assert [line.message for line in tail(later, "/watchbill/")] == ["a line"]


def test_a_message_that_was_received_and_not_deleted_is_there_again(tmp_path: Path) -> None:
    with pytest.raises(Killed), opened(tmp_path) as cloud:
        sqs = cloud.client("sqs")
        url = sqs.get_queue_url(QueueName="small-Failed")["QueueUrl"]
        with keeping(cloud, LogWriter(cloud), tmp_path / "snapshot"):
            for number in range(3):
                sqs.send_message(QueueUrl=url, MessageBody=str(number))
            [first, *_] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
            raise Killed

    with reopened(tmp_path, tmp_path / "snapshot") as later:
        assert sorted(messages(later, "small-Failed")) == [1, 2]


def test_a_line_that_was_being_written_at_the_kill_costs_only_itself(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        logs = LogWriter(cloud)
        with keeping(cloud, logs, tmp_path / "snapshot"):
            act(cloud, logs)
    with (tmp_path / "snapshot" / "logs.json").open("a") as file:
        file.write('{"group": "/watchbill/small/ea')

    with reopened(tmp_path, tmp_path / "snapshot") as later:
        assert [line.message for line in tail(later, "/watchbill/")] == ["a line"]


def test_what_is_reopened_is_kept_on_without_being_written_again(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot"
    with opened(tmp_path) as cloud, keeping(cloud, LogWriter(cloud), snapshot):
        cloud.client("s3").put_object(Bucket="small-bucket", Key="old", Body=b"old")
    [old] = (snapshot / "objects").iterdir()
    written = old.stat().st_mtime_ns

    with reopened(tmp_path, snapshot) as later, keeping(later, LogWriter(later), snapshot):
        later.client("s3").put_object(Bucket="small-bucket", Key="new", Body=b"new")

    assert old.stat().st_mtime_ns == written
    assert len(list((snapshot / "objects").iterdir())) == 2


def test_reading_writes_nothing(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot"
    with opened(tmp_path) as cloud, keeping(cloud, LogWriter(cloud), snapshot):
        before = {path.name: path.stat().st_ino for path in snapshot.iterdir()}
        cloud.client("s3").list_objects_v2(Bucket="small-bucket")
        cloud.client("scheduler").list_schedules()
        cloud.client("ssm").get_parameters_by_path(Path="/watchbill", Recursive=True)
        cloud.client("sqs").list_queues()

        assert {path.name: path.stat().st_ino for path in snapshot.iterdir()} == before
