"""Deploys on an instance that the stack made: its master user is no superuser, and rds_iam says who needs a token."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from company.aws import login_parameter
from migrate.work import answer
from tests.support.rds import PASSWORD_OF_FOUNDER, Instance, sign_short_tokens, token_of
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


def test_migrate_works_on_an_instance_on_which_its_login_administers_none_of_rds_roles(
    deploy: Deploy, instance: Instance, cloud: LocalAws
) -> None:
    for _ in range(2):
        assert deploy("password")["roles"] >= 16

        for role in ("ceo", "owner", "migrate"):
            assert proofs_of(instance, cloud, role) == {"password"}
