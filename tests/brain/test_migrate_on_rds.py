"""Deploys on an instance that the stack made: its master user is no superuser, and rds_iam says who needs a token."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from company.aws.clients import login_parameter
from company.errors import BrainUnreachable, SettingsError
from migrate.work import answer
from tests.support.rds import PASSWORD_OF_FOUNDER, Counted, Instance, sign_short_tokens, token_of
from watchbill.cloud.aws import LocalAws

SECRET = "founder"
Deploy = Callable[[str], dict[str, Any]]


@pytest.fixture
def deploy(instance: Instance, cloud: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """deploy("iam") runs migrate's function as a deploy with BRAIN_AUTH=iam does."""
    named = {"username": instance.founder, "password": PASSWORD_OF_FOUNDER}
    cloud.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(named))
    sign_short_tokens(monkeypatch)
    for name, value in {
        "ROLE": "migrate",
        "COMPANY": instance.company,
        "VERTICAL": "patchfirst",
        "BRAIN_DSN": instance.address,
        "FOUNDER_SECRET": SECRET,
        "AWS_ENDPOINT_URL": cloud.endpoint_url,
    }.items():
        monkeypatch.setenv(name, value)

    def deploy(brain_auth: str) -> dict[str, Any]:
        monkeypatch.setenv("SETTINGS", f"BRAIN_AUTH={brain_auth}")
        return dict(answer({"RequestType": "Update"}, None))

    return deploy


def proofs_of(instance: Instance, cloud: LocalAws, role: str) -> set[str]:
    """By what the login of a role is let in."""
    name = login_parameter(instance.company, role)
    password = cloud.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    proofs = {"password": password, "iam": token_of(f"{instance.company}_{role}")}
    return {proof for proof, shown in proofs.items() if instance.lets_in(instance.dsn(role, shown))}


@pytest.mark.parametrize(
    ("counted", "deploys"),
    [
        ("every member", ["password", "password", "iam", "iam", "password", "password"]),
        ("who inherits", ["iam", "iam", "password"]),
    ],
)
def test_a_deploy_is_followed_by_any_other(
    deploy: Deploy, instance: Instance, cloud: LocalAws, counted: Counted, deploys: list[str]
) -> None:
    instance.rds.counted = counted

    for brain_auth in deploys:
        assert deploy(brain_auth)["roles"] >= 16
        for role in ("ceo", "owner", "migrate"):
            assert proofs_of(instance, cloud, role) == {brain_auth}


def test_the_master_user_has_her_password_back_when_nobody_logs_in_by_iam(deploy: Deploy, instance: Instance) -> None:
    deploy("iam")
    assert not instance.lets_in(instance.founders_dsn())

    deploy("password")

    assert instance.lets_in(instance.founders_dsn())


def test_by_iam_a_login_needs_an_instance_that_the_stack_made(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOUNDER_SECRET")

    with pytest.raises(SettingsError, match="BRAIN_AUTH=iam is for the instance that the stack makes"):
        deploy("iam")


def test_a_founder_whom_the_server_refuses_is_named_with_both_refusals(deploy: Deploy, instance: Instance) -> None:
    refused = rf"did not answer {instance.founder}: .*not permitted.*; then: .*failed"
    with instance.rds.server.connect() as rdsadmin:
        rdsadmin.execute(f"ALTER ROLE {instance.founder} NOLOGIN".encode())

    with pytest.raises(BrainUnreachable, match=refused):
        deploy("password")
