"""Attacks the loader: what the template lists is in the cloud afterwards, and nothing is dropped in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cloud.houses import small_house, translations
from watchbill.cloud import resources
from watchbill.cloud.aws import Cloud
from watchbill.cloud.errors import DeskError
from watchbill.cloud.loader import deploy


def test_an_invalid_schedule_is_refused_by_name_and_never_reaches_the_cloud(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match=r"EarlyFire .*schedule early: .*minutes: 0-59"):
        small_house(cloud, tmp_path, lambda text: text.replace("cron(0/30 * * * ? *)", "cron(61 * * * ? *)"))

    assert "early" not in {item["Name"] for item in cloud.client("scheduler").list_schedules()["Schedules"]}


def test_a_rate_without_a_start_date_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="needs a start date"):
        small_house(cloud, tmp_path, lambda text: text.replace("cron(0/30 * * * ? *)", "rate(30 minutes)"))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("{Type: AWS::S3::Bucket}", "{Type: AWS::SecretsManager::Secret}", "AWS::SecretsManager::Secret.*not know"),
        ("{Type: AWS::S3::Bucket}", "{Type: AWS::S3::Bucket, Properties: {WebsiteConfiguration: {}}}", "Website"),
        ("{Type: AWS::S3::Bucket}", "{Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Ghost}}", "Ghost"),
        ("Environment: {Variables: {ROLE: late}}", "MemorySizes: 1", "MemorySizes"),
        ("Timeout: 60", "Timeout: soon", "Early"),
    ],
)
def test_what_the_loader_does_not_know_is_refused_by_name(
    cloud: Cloud, tmp_path: Path, old: str, new: str, named: str
) -> None:
    with pytest.raises(DeskError, match=named):
        small_house(cloud, tmp_path, lambda text: text.replace(old, new, 1))


def test_a_cloud_that_says_yes_and_keeps_nothing_is_found_out(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pretend(*_: object) -> resources.Physical:
        return resources.Physical("http://localhost/queue", {"Arn": "arn:aws:sqs:::queue"})

    monkeypatch.setitem(resources.CREATORS, "AWS::SQS::Queue", lambda *given: given[2].clear() or pretend())

    with pytest.raises(DeskError, match="2 AWS::SQS::Queue were created, the cloud lacks"):
        small_house(cloud, tmp_path)


def test_two_companies_share_a_cloud(cloud: Cloud, tmp_path: Path) -> None:
    small_house(cloud, tmp_path)

    other = deploy(cloud, tmp_path / "template.yaml", {"Company": "other"}, translations())

    assert [function.name for function in other.functions] == ["other-early", "other-late"]


def test_mail_is_taken_from_the_company_and_from_nobody_else(cloud: Cloud, tmp_path: Path) -> None:
    small_house(cloud, tmp_path)
    mail = {
        "Destination": {"ToAddresses": ["a@example.invalid"]},
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}},
    }

    cloud.client("sesv2").send_email(FromEmailAddress="small@example.invalid", **mail)

    with pytest.raises(cloud.client("sesv2").exceptions.MessageRejected):
        cloud.client("sesv2").send_email(FromEmailAddress="stranger@example.invalid", **mail)
