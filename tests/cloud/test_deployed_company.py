"""Checks the whole company as the loader creates it in the cloud: prepared for failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from company.fire.events import read_event
from company.records import read_staff
from tests.cloud.companies import MORNING, translations
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.template.loader import Deployed, deploy
from watchbill.cloud.template.translation import read_stack
from watchbill.cloud.timetable import Timetable

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPLATE = CHECKOUT / "infra" / "template.yaml"
FUNCTIONS = CHECKOUT / "functions"
EVENTS = CHECKOUT / "tests" / "events"
PARAMETERS = {"Company": "desk_one", "BrainDsn": "postgresql://127.0.0.1:5433/desk", "Network": "lean"}
ON_REQUEST = ("console", "lookup", "migrate")
"""No schedule fires these: the owner's browser, and a deploy."""


@pytest.fixture(scope="module")
def company_cloud() -> Iterator[LocalAws]:
    """One for all tests here: they only look."""
    with desk_cloud() as running:
        yield running


@pytest.fixture(scope="module")
def deployed(company_cloud: LocalAws) -> Deployed:
    return deploy(company_cloud, TEMPLATE, PARAMETERS, translations())


def test_the_whole_company_is_in_the_cloud(company_cloud: LocalAws, deployed: Deployed) -> None:

    functions = {
        item["FunctionName"] for item in company_cloud.client("lambda").list_functions(MaxItems=100)["Functions"]
    }
    schedules = company_cloud.client("scheduler").list_schedules(GroupName="desk_one", MaxResults=100)["Schedules"]
    assert functions == {f"desk_one-{function.role}" for function in deployed.functions}
    assert {item["Name"] for item in schedules} == {f.role for f in deployed.functions} - set(ON_REQUEST)
    assert [custom.function for custom in deployed.custom] == ["desk_one-migrate"]


def test_every_function_is_set_up_for_failure(company_cloud: LocalAws, deployed: Deployed) -> None:

    groups = {item["logGroupName"]: item for item in company_cloud.client("logs").describe_log_groups()["logGroups"]}
    for function in deployed.functions:
        assert function.on_failure_queue_url is not None
        assert (function.retries, function.max_event_age_seconds) == (2, 3600)
        assert groups[function.spec.log_group_name]["retentionInDays"] == 30
        assert function.spec.environment["ROLE"] == function.role
        assert function.spec.layers == ("company", "patchfirst")


def test_every_schedule_hands_over_an_event_that_its_function_understands(
    company_cloud: LocalAws, deployed: Deployed
) -> None:
    timetable = Timetable(company_cloud, deployed.schedule_group)

    for entry in timetable.refresh(MORNING):
        event = read_event(entry.event(MORNING, "id"), role=entry.name)

        assert (event.role, event.schedule, event.due_at) == (entry.name, entry.name, MORNING)
        assert entry.function == f"desk_one-{entry.name}"


def test_the_bucket_is_closed_versioned_and_encrypted(company_cloud: LocalAws, deployed: Deployed) -> None:
    bucket = deployed.bucket

    s3 = company_cloud.client("s3")
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]


def test_every_function_has_an_event_to_try_it_with(deployed: Deployed) -> None:
    for function in deployed.functions:
        event = json.loads((EVENTS / f"{function.role}.json").read_text(encoding="utf-8"))

        if function.role in ("console", "lookup"):
            assert event["requestContext"]["http"]["method"] == "GET"
        elif function.role == "migrate":
            assert event["RequestType"] == "Update" and "ResponseURL" not in event
        else:
            assert read_event(event, role=function.role).schedule == f"by-hand-{function.role}"
    strangers = set(read_staff(FUNCTIONS)) - set(read_staff(FUNCTIONS, "patchfirst"))
    assert {path.stem for path in EVENTS.iterdir()} - strangers == {function.role for function in deployed.functions}


def test_nothing_is_deployed_before_the_brain_is_ready_for_it() -> None:
    stack = read_stack(TEMPLATE, translations())

    functions = [one for one in stack.resources.values() if one.type == "AWS::Lambda::Function"]
    assert [one.logical_id for one in functions if "Migration" not in one.needs] == ["Migrate"]


def test_every_function_is_in_its_domains_alarm(company_cloud: LocalAws, deployed: Deployed) -> None:
    alarms = company_cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]

    watched = [
        metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
        for alarm in alarms
        for metric in alarm.get("Metrics", [])
        if metric.get("MetricStat", {}).get("Metric", {}).get("Namespace") == "AWS/Lambda"
    ]
    assert sorted(watched) == [function.name for function in deployed.functions]
    assert all(alarm["AlarmActions"] for alarm in alarms)


def test_a_missing_heartbeat_rings(company_cloud: LocalAws, deployed: Deployed) -> None:
    (alarm,) = company_cloud.client("cloudwatch").describe_alarms(AlarmNames=["desk_one-beat-missing"])["MetricAlarms"]

    assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
    [beats] = [metric["MetricStat"] for metric in alarm["Metrics"] if "MetricStat" in metric]
    assert {metric.get("Expression") for metric in alarm["Metrics"]} == {"FILL(beats, 0)", None}
    assert beats["Period"] * alarm["EvaluationPeriods"] == 10 * 60
