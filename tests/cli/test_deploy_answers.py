"""`watchbill deploy`: with which answers a stack is deployed that is there already."""

import json
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Watchbill
from tests.cli.stacks import point_the_shell_at
from watchbill.cli.commands import deploy
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.doctor import deploy_checks

TEMPLATE = json.dumps(
    {
        "Parameters": {name: {"Type": "String"} for name in ("Company", "OwnerEmail", "BriefAt", "BrainDsn")},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue"}},
    }
)
GIVEN = {"Company": "acme", "OwnerEmail": "me@acme.example", "BriefAt": "7:15 Europe/Berlin", "BrainDsn": "rds"}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """An AWS in which acme was deployed by its owner, as the stack night."""
    with desk_cloud() as running:
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in GIVEN.items()]
        running.client("cloudformation").create_stack(StackName="night", TemplateBody=TEMPLATE, Parameters=parameters)
        point_the_shell_at(running, monkeypatch)
        monkeypatch.setattr(deploy_checks, "CHECKS", ())
        monkeypatch.setattr(deploy, "wait_for_beat", lambda *_, **__: None)
        yield running


def test_a_deploy_of_what_is_there_keeps_its_owners_answers(
    watchbill: Watchbill, cloud: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(deploy, "_sam", lambda *arguments: ran.append(arguments))

    assert watchbill("deploy", "--yes", "--stack", "night", "--set", "BriefAt=8:00 Europe/Berlin").code == 0

    overrides = set(ran[-1])
    assert {'Company="acme"', 'OwnerEmail="me@acme.example"', 'BriefAt="8:00 Europe/Berlin"'} <= overrides
    assert 'Network="private"' in overrides


def test_a_new_stack_begins_with_the_templates_answers(cloud: LocalAws) -> None:
    assert deploy.deployed_answers(cloud, "day") == {}


@pytest.mark.parametrize(("address", "is_said"), [("rds", False), ("postgresql://brain.acme.example/acme", True)])
def test_the_check_says_that_another_address_leaves_the_database_which_the_stack_made(
    watchbill: Watchbill, cloud: LocalAws, address: str, is_said: bool
) -> None:
    done = watchbill("deploy", "--check", "--json", "--stack", "night", "--set", f"BrainDsn={address}")

    [found] = json.loads(done.out)
    assert found["is_ok"] and ("leaves the database" in found["what"]) == is_said
