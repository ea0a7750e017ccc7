"""`watchbill deploy`: what is checked before, which answers SAM is given, and what counts as alive."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from psycopg.conninfo import conninfo_to_dict

from company.aws.clients import login_parameter
from tests.cli.conftest import Watchbill
from tests.cli.stacks import TEMPLATE, point_the_shell_at
from tests.support.brains import PASSWORD, TestBrain
from watchbill.cli.commands import deploy
from watchbill.cloud.aws import AwsClient, LocalAws, desk_cloud
from watchbill.cloud.logs import put_lines
from watchbill.doctor import deploy_checks
from watchbill.doctor.checks import CheckResult
from watchbill.doctor.deploy_checks import DeployAnswers, DeployTarget, run_deploy_checks
from watchbill.errors import DeskError

ANSWERS = DeployAnswers("acme", "me@acme.example", "6:50 UTC", "rds", "private", "COMPANY_MODEL=book")


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalAws]:
    with desk_cloud() as running:
        yield running


def checked(cloud: LocalAws, answers: DeployAnswers) -> dict[str, CheckResult]:
    return {one.name: one for one in run_deploy_checks(DeployTarget(cloud, answers))}


def test_a_sender_that_ses_does_not_know_is_refused_with_what_to_do(cloud: LocalAws) -> None:
    found = checked(cloud, ANSWERS)["sender"]

    assert not found.is_ok and "create-email-identity --email-identity me@acme.example" in found.do


def test_a_sender_with_a_name_is_looked_up_by_its_address(cloud: LocalAws) -> None:
    answers = replace(ANSWERS, settings="MAIL_FROM=Watch <w@acme.example>")

    assert "w@acme.example is not verified" in checked(cloud, answers)["sender"].what


def test_another_company_is_not_put_in_the_place_of_the_one_that_a_stack_has(
    cloud: LocalAws, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation would replace the database by an empty one, as it replaces whatever has the company's name."""
    point_the_shell_at(cloud, monkeypatch)
    company = [{"ParameterKey": "Company", "ParameterValue": "acme"}]
    cloud.client("cloudformation").create_stack(StackName="night", TemplateBody=TEMPLATE, Parameters=company)

    for stack, answer, is_ok in (("night", "other", False), ("night", "acme", True), ("day", "other", True)):
        done = watchbill("deploy", "--check", "--json", "--stack", stack, "--set", f"Company={answer}")
        [found] = [one for one in json.loads(done.out) if one["name"] == "stack"]
        assert found["is_ok"] == is_ok, found
    cloud.client("cloudformation").delete_stack(StackName="night")


@pytest.mark.parametrize(("held", "enough"), [({}, False), ({"acme-heartbeat": 2, "acme-console": 5}, True)])
def test_what_a_stack_has_reserved_is_not_asked_for_again(held: dict[str, int], enough: bool) -> None:
    def concurrency_of(*, FunctionName: str) -> dict[str, int]:  # noqa: N803  as boto3 names it
        return {"ReservedConcurrentExecutions": held[FunctionName]}

    lambdas = SimpleNamespace(
        get_account_settings=lambda: {"AccountLimit": {"UnreservedConcurrentExecutions": 100}},
        get_function_concurrency=concurrency_of,
        exceptions=SimpleNamespace(ResourceNotFoundException=KeyError),
    )
    target = DeployTarget(SimpleNamespace(client=lambda _: lambdas), replace(ANSWERS, settings="RESERVED=yes"))

    assert deploy_checks._quota(target).is_ok == enough


def test_a_sender_below_a_verified_domain_may_send() -> None:
    verified = {"acme.example"}

    def identity_of(*, EmailIdentity: str) -> dict[str, bool]:  # noqa: N803  as boto3 names it
        return {"VerifiedForSendingStatus": EmailIdentity in verified}

    ses = SimpleNamespace(get_email_identity=identity_of, exceptions=SimpleNamespace(NotFoundException=KeyError))
    clients = SimpleNamespace(client=lambda _: ses)

    for sender, may in (("a@news.acme.example", True), ("a@acme.example", True), ("a@notacme.example", False)):
        answers = replace(ANSWERS, settings=f"MAIL_FROM={sender}")
        assert deploy_checks._sender(DeployTarget(clients, answers)).is_ok == may, sender


@pytest.mark.parametrize("zone", ["CEST", "UTC+2", "europe/berlin", ""])
def test_a_zone_that_somebody_reads_otherwise_stops_the_deploy(cloud: LocalAws, zone: str) -> None:
    assert not checked(cloud, replace(ANSWERS, brief_at=f"6:50 {zone}"))["zone"].is_ok


def test_an_instance_in_no_network_is_refused(cloud: LocalAws) -> None:
    assert not checked(cloud, replace(ANSWERS, network="lean"))["brain"].is_ok
    assert checked(cloud, ANSWERS)["brain"].is_ok


def test_the_brain_is_tried_as_migrates_login(cloud: LocalAws, brain: TestBrain) -> None:
    answers = replace(ANSWERS, company=brain.company.name, brain_dsn=brain.dsn, network="lean")
    name = login_parameter(brain.company.name, "migrate")
    cloud.client("ssm").delete_parameters(Names=[name])
    assert "ParameterNotFound" in checked(cloud, answers)["brain"].what

    cloud.client("ssm").put_parameter(Name=name, Value=PASSWORD, Type="SecureString")
    found = checked(cloud, answers)["brain"]
    assert found.is_ok and "may make logins" in found.what

    cloud.client("ssm").put_parameter(Name=name, Value="sesame", Type="SecureString", Overwrite=True)
    refused = checked(cloud, answers)["brain"]
    assert not refused.is_ok and "sesame" not in refused.what


def test_a_brain_behind_a_tunnel_is_tried_through_it(
    cloud: LocalAws, brain: TestBrain, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_the_shell_at(cloud, monkeypatch)
    given = conninfo_to_dict(brain.dsn)
    monkeypatch.setenv("WATCHBILL_BRAIN_VIA", f"{given['host']}:{given['port']}")
    name = login_parameter(brain.company.name, "migrate")
    cloud.client("ssm").put_parameter(Name=name, Value=PASSWORD, Type="SecureString", Overwrite=True)
    far = f"postgresql://brain.invalid:1/{brain.name}?sslmode=disable"

    done = watchbill(
        "deploy", "--check", "--json", "--set", f"Company={brain.company.name}", "--set", f"BrainDsn={far}"
    )

    [found] = [one for one in json.loads(done.out) if one["name"] == "brain"]
    assert found["is_ok"] and "may make logins" in found["what"], found


def test_a_login_that_may_not_act_as_what_it_makes_is_refused_with_what_to_do(
    cloud: LocalAws, brain: TestBrain
) -> None:
    answers = replace(ANSWERS, company=brain.company.name, brain_dsn=brain.dsn, network="lean")
    parameter = {"Name": login_parameter(brain.company.name, "migrate")}
    alter = f"ALTER ROLE {brain.company.migrator} SET createrole_self_grant = "

    cloud.client("ssm").put_parameter(**parameter, Value=PASSWORD, Type="SecureString", Overwrite=True)
    brain.admin.execute(f"{alter} 'inherit'".encode())
    try:
        refused = checked(cloud, answers)["brain"]
    finally:
        brain.admin.execute(f"{alter} 'set, inherit'".encode())
        cloud.client("ssm").delete_parameter(**parameter)

    assert not refused.is_ok and f"{alter}'set, inherit'" in refused.do


def test_logins_by_iam_on_a_postgres_of_the_owners_stop_the_deploy(cloud: LocalAws) -> None:
    answers = replace(ANSWERS, brain_dsn="postgresql://brain.example/acme", network="lean", settings="BRAIN_AUTH=iam")

    refused = checked(cloud, answers)["brain"]

    assert not refused.is_ok and refused.what.startswith("BRAIN_AUTH=iam is for an instance of the stack's")
    assert checked(cloud, replace(ANSWERS, settings="BRAIN_AUTH=iam"))["brain"].is_ok


def test_answers_saved_by_sam_are_the_next_defaults(tmp_path: Path) -> None:
    config = tmp_path / "samconfig.toml"
    written = 'parameter_overrides = \'Company="acme" BriefAt="7:15 Europe/Berlin" Network=lean Other=1\''
    config.write_text(f"[default.deploy.parameters]\n{written}\n")

    assert deploy.saved_answers(config) == {"Company": "acme", "BriefAt": "7:15 Europe/Berlin", "Network": "lean"}


def test_the_command_asks_for_what_the_template_asks_for() -> None:
    assert list(deploy._defaults()) == list(deploy.ASKED)


def test_alive_is_a_fire_of_heartbeats_that_closed(cloud: LocalAws) -> None:
    began = int(time.time() * 1000)
    cloud.client("logs").create_log_group(logGroupName="/watchbill/acme/heartbeat")
    with pytest.raises(DeskError, match="closed no fire"):
        deploy.wait_for_beat(cloud, "acme", since_ms=began, seconds=0)

    put_lines(cloud, "/watchbill/acme/heartbeat", "s", [(began + 1, '{"message": "closed", "outcome": "done"}')])
    deploy.wait_for_beat(cloud, "acme", since_ms=began, seconds=0)


def test_a_beat_of_the_code_of_before_does_not_count_as_alive(
    cloud: LocalAws, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAM is at work for minutes, and the heartbeat that is there goes on beating."""
    group = "/watchbill/old/heartbeat"
    cloud.client("logs").create_log_group(logGroupName=group)

    def sam(*_: str) -> None:
        at = int(time.time() * 1000)
        put_lines(cloud, group, f"s{at}", [(at, '{"message": "closed", "outcome": "done"}')])
        time.sleep(0.01)

    monkeypatch.setattr(deploy, "_sam", sam)
    monkeypatch.setattr(deploy_checks, "CHECKS", ())
    monkeypatch.setattr(deploy.wait_for_beat, "__kwdefaults__", {"seconds": 0})
    point_the_shell_at(cloud, monkeypatch)

    done = watchbill("deploy", "--yes", "--set", "Company=old")

    assert done.code == 1 and "closed no fire" in done.err


def test_a_no_to_the_change_that_sam_shows_is_no_deploy(
    cloud: LocalAws, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAM ends with 0 then, and the heartbeat of before beats on."""
    change = {"StackName": "declined", "ChangeSetName": "c", "ChangeSetType": "CREATE", "TemplateBody": TEMPLATE}

    def sam(step: str, *_: str) -> None:
        if step == "deploy":
            cloud.client("cloudformation").create_change_set(**change)

    monkeypatch.setattr(deploy, "_sam", sam)
    monkeypatch.setattr(deploy_checks, "CHECKS", ())
    monkeypatch.setattr(deploy, "wait_for_beat", lambda *_, **__: None)
    point_the_shell_at(cloud, monkeypatch)

    done = watchbill("deploy", "--yes", "--stack", "declined")
    cloud.client("cloudformation").delete_change_set(StackName="declined", ChangeSetName="c")  # moto lists it for all

    assert done.code == 1 and "Nothing was deployed: SAM got no yes" in done.err and "alive" not in done.out


def test_a_beat_behind_an_empty_page_of_cloudwatch_is_seen() -> None:
    pages = iter([{"events": []}, {"events": [{"message": "closed"}]}])
    logs = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: pages))

    deploy.wait_for_beat(SimpleNamespace(client=lambda _: logs), "acme", since_ms=0, seconds=0)

    assert next(pages, None) is None


def test_nothing_is_built_when_a_check_fails(
    cloud: LocalAws, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr(deploy, "_sam", called.append)
    point_the_shell_at(cloud, monkeypatch)

    done = watchbill("deploy", "--yes", "--set", "OwnerEmail=nobody@acme.example")

    assert done.code == 1 and "Nothing was deployed: " in done.err and "sender" in done.err
    assert called == []


def test_the_checks_alone_are_rows_too(cloud: LocalAws, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch) -> None:
    point_the_shell_at(cloud, monkeypatch)

    checks = json.loads(watchbill("deploy", "--check", "--json").out)

    assert {"credentials", "region", "brain"} <= {one["name"] for one in checks if one["is_ok"]}
    assert "--json needs --check" in watchbill("deploy", "--json").err


def test_the_name_of_the_stack_is_checked(watchbill: Watchbill) -> None:
    done = watchbill("deploy", "--check", "--stack", "bad name")

    assert (done.code, "--stack bad name: the name of a stack has letters" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (EndpointConnectionError(endpoint_url="https://x"), deploy_checks.REACH_IT),
        (ReadTimeoutError(endpoint_url="https://x"), deploy_checks.REACH_IT),
        (NoCredentialsError(), deploy_checks.LOG_IN),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "GetAccount"), "the right ses:GetAccount"),
    ],
)
def test_what_never_reached_aws_is_no_missing_right(fault: Exception, remedy: str) -> None:
    def fails(_: str) -> AwsClient:
        raise fault

    found = {one.name: one for one in run_deploy_checks(DeployTarget(SimpleNamespace(client=fails), ANSWERS))}

    assert found["sandbox"].do == remedy


def test_an_answer_that_nobody_asked_for_is_named(watchbill: Watchbill) -> None:
    assert "OwnerMail" in watchbill("deploy", "--yes", "--set", "OwnerMail=x").err


def test_the_region_is_the_one_that_aws_takes(
    cloud: LocalAws, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS's own command line takes AWS_REGION first; boto3 and SAM read AWS_DEFAULT_REGION alone."""
    point_the_shell_at(cloud, monkeypatch)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")

    checks = json.loads(watchbill("deploy", "--check", "--json").out)

    assert [one["what"] for one in checks if one["name"] == "region"] == ["eu-north-1"]
