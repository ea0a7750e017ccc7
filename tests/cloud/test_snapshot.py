"""Attacks the snapshot of the last day: the contents of the cloud are restored when the desk is opened later."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.companies import run_of, small_company
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.logs import LogWriter, put_lines, tail
from watchbill.cloud.mail import sent_mail
from watchbill.cloud.snapshots.snapshot import restore, save
from watchbill.drill.mechanics import plant_mute
from watchbill.errors import DeskError


@contextmanager
def opened(folder: Path) -> Iterator[LocalAws]:
    """A fresh cloud with the small company in it."""
    with desk_cloud() as cloud:
        small_company(cloud, folder)
        yield cloud


def reopened(cloud_folder: Path, snapshot: Path) -> Any:
    @contextmanager
    def restored() -> Iterator[LocalAws]:
        with opened(cloud_folder) as cloud:
            restore(cloud, snapshot)
            yield cloud

    return restored()


def schedule(cloud: LocalAws, name: str) -> Any:
    return cloud.client("scheduler").get_schedule(GroupName="small", Name=name)


def test_schedules_are_restored_as_they_were_at_the_end_of_the_day(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        plant_mute(cloud, "small", "early")
        kept = {part: schedule(cloud, "late")[part] for part in ("Target", "FlexibleTimeWindow")}
        once = {"ScheduleExpression": "at(2026-03-12T09:00:00)", "ActionAfterCompletion": "DELETE"}
        cloud.client("scheduler").create_schedule(GroupName="small", Name="wake-late-1", **kept, **once)
        cloud.client("scheduler").delete_schedule(GroupName="small", Name="late")
        save(cloud, tmp_path / "snapshot")

    with reopened(tmp_path, tmp_path / "snapshot") as later:
        names = {item["Name"] for item in later.client("scheduler").list_schedules()["Schedules"]}
        assert names == {"early", "wake-late-1"}
        assert schedule(later, "early")["State"] == "DISABLED"
        assert schedule(later, "wake-late-1")["ActionAfterCompletion"] == "DELETE"


def test_an_unchanged_schedule_is_not_changed_by_restoring(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        save(cloud, tmp_path / "snapshot")

    with opened(tmp_path) as later:
        before = schedule(later, "early")["LastModificationDate"]
        restore(later, tmp_path / "snapshot")

        assert schedule(later, "early")["LastModificationDate"] == before


def test_log_lines_objects_parameters_and_mail_are_there_again(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        put_lines(cloud, "/watchbill/small/early", "stream", [(int(time.time() * 1000), "a line")])
        cloud.client("s3").put_object(
            Bucket="small-bucket", Key="pages/org page.html", Body=b"<p>", ContentType="text/html", Metadata={"a": "b"}
        )
        cloud.client("ssm").put_parameter(Name="/watchbill/small/logins/early", Value="secret", Type="SecureString")
        content = {"Simple": {"Subject": {"Data": "Brief"}, "Body": {"Text": {"Data": "All well."}}}}
        cloud.client("sesv2").send_email(
            FromEmailAddress="small@example.invalid",
            Destination={"ToAddresses": ["o@example.invalid"]},
            Content=content,
        )
        save(cloud, tmp_path / "snapshot")

    with reopened(tmp_path, tmp_path / "snapshot") as later:
        page = later.client("s3").get_object(Bucket="small-bucket", Key="pages/org page.html")
        found = later.client("ssm").get_parameter(Name="/watchbill/small/logins/early", WithDecryption=True)
        (mail,) = sent_mail(later)
        assert [line.message for line in tail(later, "/watchbill/")] == ["a line"]
        assert (page["Body"].read(), page["ContentType"], page["Metadata"]) == (b"<p>", "text/html", {"a": "b"})
        assert (found["Parameter"]["Value"], found["Parameter"]["Type"]) == ("secret", "SecureString")
        assert (mail.to, mail.subject, mail.body) == (("o@example.invalid",), "Brief", "All well.")


def test_every_waiting_message_is_kept_with_what_stands_beside_it(tmp_path: Path) -> None:
    def waiting(cloud: LocalAws) -> dict[str, str]:
        sqs = cloud.client("sqs")
        url = sqs.get_queue_url(QueueName="small-Failed")["QueueUrl"]
        found: dict[str, str] = {}
        asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 60, "MessageAttributeNames": ["All"]}
        while batch := sqs.receive_message(QueueUrl=url, **asked).get("Messages"):
            found |= {one["Body"]: one["MessageAttributes"]["ERROR_CODE"]["StringValue"] for one in batch}
        return found

    sent = {f"message {number}": f"code {number}" for number in range(23)}
    with opened(tmp_path) as cloud:
        url = cloud.client("sqs").get_queue_url(QueueName="small-Failed")["QueueUrl"]
        for body, code in sent.items():
            beside = {"ERROR_CODE": {"DataType": "String", "StringValue": code}}
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody=body, MessageAttributes=beside)
        save(cloud, tmp_path / "snapshot")
        assert waiting(cloud) == sent

    with reopened(tmp_path, tmp_path / "snapshot") as later:
        assert waiting(later) == sent


def test_lines_of_a_desk_unused_for_a_month_are_still_readable(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        put_lines(cloud, "/watchbill/small/early", "stream", [(int(time.time() * 1000), "long ago")])
        save(cloud, tmp_path / "snapshot")
    kept = json.loads((tmp_path / "snapshot" / "logs.json").read_text())
    kept["lines"][0][0] -= 30 * 24 * 3600 * 1000
    (tmp_path / "snapshot" / "logs.json").write_text(json.dumps(kept) + "\n")

    with reopened(tmp_path, tmp_path / "snapshot") as later:
        assert [line.message for line in tail(later, "/watchbill/")] == ["long ago"]


def test_lines_alone_are_restored_into_an_empty_cloud(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        put_lines(cloud, "/watchbill/small/early", "stream", [(int(time.time() * 1000), "a line")])
        save(cloud, tmp_path / "snapshot")

    with desk_cloud() as empty:
        restore(empty, tmp_path / "snapshot", ["logs"])

        assert [line.message for line in tail(empty, "/watchbill/small/early")] == ["a line"]


def test_a_snapshot_is_for_its_owner_only_and_holds_nothing_of_before(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot"
    with opened(tmp_path) as cloud:
        cloud.client("s3").put_object(Bucket="small-bucket", Key="old", Body=b"old")
        save(cloud, snapshot)
        cloud.client("s3").delete_object(Bucket="small-bucket", Key="old")
        save(cloud, snapshot)

    assert stat.S_IMODE(snapshot.stat().st_mode) == 0o700
    assert list((snapshot / "objects").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("snapshot")] == ["snapshot"]


def test_a_damaged_snapshot_is_named_with_what_to_do(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        save(cloud, tmp_path / "snapshot")
        (tmp_path / "snapshot" / "messages.json").write_text("[{\n")

        with pytest.raises(DeskError, match=r"messages\.json: .*run a day again"):
            restore(cloud, tmp_path / "snapshot")


def test_a_day_of_logs_is_restored_within_a_second(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        writer = LogWriter(cloud)
        for number in range(500):
            writer.write(run_of("small-early", str(number), "ok", None, *(f"{number} line {n}" for n in range(10))))
        writer.flush()
        save(cloud, tmp_path / "snapshot")

    with opened(tmp_path) as later:
        began = time.process_time()
        restore(later, tmp_path / "snapshot")
        spent = time.process_time() - began

        assert len(list(tail(later, "/watchbill/"))) == 5000
        assert spent < 1.0
