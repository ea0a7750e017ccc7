"""Attacks the loader: what the template lists is in the cloud afterwards, and nothing is ignored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cloud.companies import small_company, translations
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.desk_addresses import DESK_PORT, desk_address
from watchbill.cloud.template import resources
from watchbill.cloud.template.loader import deploy
from watchbill.cloud.template.stack_target import CreatedResource
from watchbill.errors import DeskError


def test_an_invalid_schedule_is_refused_by_name_and_never_reaches_the_cloud(cloud: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match=r"EarlyFire .*schedule early: .*minutes: 0-59"):
        small_company(cloud, tmp_path, lambda text: text.replace("cron(0/30 * * * ? *)", "cron(61 * * * ? *)"))

    assert "early" not in {item["Name"] for item in cloud.client("scheduler").list_schedules()["Schedules"]}


def test_a_rate_without_a_start_date_is_refused(cloud: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="needs a start date"):
        small_company(cloud, tmp_path, lambda text: text.replace("cron(0/30 * * * ? *)", "rate(30 minutes)"))


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
    cloud: LocalAws, tmp_path: Path, old: str, new: str, named: str
) -> None:
    with pytest.raises(DeskError, match=named):
        small_company(cloud, tmp_path, lambda text: text.replace(old, new, 1))


def test_a_cloud_that_accepts_a_schedule_and_does_not_keep_it_is_found(
    cloud: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pretend(*_: object) -> CreatedResource:
        return CreatedResource("http://localhost/queue", {"Arn": "arn:aws:sqs:::queue"})

    monkeypatch.setitem(resources.CREATORS, "AWS::SQS::Queue", lambda *given: given[2].clear() or pretend())

    with pytest.raises(DeskError, match="2 AWS::SQS::Queue were created, not listed by the cloud"):
        small_company(cloud, tmp_path)


def test_two_companies_share_a_cloud(cloud: LocalAws, tmp_path: Path) -> None:
    small_company(cloud, tmp_path)

    other = deploy(cloud, tmp_path / "template.yaml", {"Company": "other"}, translations())

    assert [function.name for function in other.functions] == ["other-early", "other-late"]


def test_mail_is_taken_from_the_company_and_from_nobody_else(cloud: LocalAws, tmp_path: Path) -> None:
    small_company(cloud, tmp_path)
    mail = {
        "Destination": {"ToAddresses": ["a@example.invalid"]},
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}},
    }

    cloud.client("sesv2").send_email(FromEmailAddress="small@example.invalid", **mail)

    with pytest.raises(cloud.client("sesv2").exceptions.MessageRejected):
        cloud.client("sesv2").send_email(FromEmailAddress="stranger@example.invalid", **mail)


def test_a_function_url_is_there_for_anybody_and_leads_to_this_machine(cloud: LocalAws, tmp_path: Path) -> None:
    asked = "Environment: {Variables: {ROLE: late}}\n      FunctionUrlConfig: {AuthType: NONE}"
    variables = "{ROLE: early, LATE_URL: !GetAtt LateUrl.FunctionUrl}"

    deployed = small_company(
        cloud,
        tmp_path,
        lambda text: text.replace("Environment: {Variables: {ROLE: late}}", asked).replace("{ROLE: early}", variables),
    )

    client = cloud.client("lambda")
    assert client.get_function_url_config(FunctionName="small-late")["AuthType"] == "NONE"
    policy = json.loads(client.get_policy(FunctionName="small-late")["Policy"])
    assert "lambda:InvokeFunctionUrl" in {statement["Action"] for statement in policy["Statement"]}
    assert deployed.function("early").spec.environment["LATE_URL"] == desk_address(DESK_PORT)


def test_an_unknown_property_of_a_function_url_is_refused(cloud: LocalAws, tmp_path: Path) -> None:
    url = "  Odd: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Late, AuthType: NONE, Colour: red}}\n"

    with pytest.raises(DeskError, match=r"Odd \(AWS::Lambda::Url\): .*Colour"):
        small_company(cloud, tmp_path, lambda text: text.replace("Resources:\n", f"Resources:\n{url}", 1))
