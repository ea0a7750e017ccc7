"""The rights to ask the model, as deployed: one parameter or Bedrock's models, for employees only."""

import json
from typing import Any

import pytest

from company.aws.clients import model_key_parameter
from tests.contracts.repository import records
from watchbill.cloud.template.intrinsics import Resolver
from watchbill.cloud.template.translation import Stack, resolve_parameters

EMPLOYEES = sorted(role for role, record in records().items() if record.is_employee)
OURS = {"AWS::Partition": "aws", "AWS::AccountId": "123456789012", "AWS::Region": "eu-central-1"}


def model_statement(stack: Stack, model: str) -> dict[str, Any]:
    """The one statement of MayThink in a company that asks this model."""
    known = {**OURS, **resolve_parameters(stack, {"Company": "acme", "Settings": f"DAILY_USD=1;COMPANY_MODEL={model}"})}
    document = stack.resources["MayThink"].properties["PolicyDocument"]
    [statement] = Resolver(known, {}, stack.conditions).resolve(document)["Statement"]
    return dict(statement)


@pytest.mark.parametrize("model", ["book", "anthropic"])
def test_a_key_is_one_parameter_and_bedrock_is_not_allowed(stack: Stack, model: str) -> None:
    statement = model_statement(stack, model)

    assert statement["Action"] == "ssm:GetParameter"
    assert statement["Resource"] == f"arn:aws:ssm:eu-central-1:123456789012:parameter{model_key_parameter('acme')}"


def test_bedrock_allows_its_models_and_no_parameter(stack: Stack) -> None:
    statement = model_statement(stack, "bedrock")

    assert statement["Action"] == "bedrock:InvokeModel"
    assert statement["Resource"] == [
        "arn:aws:bedrock:*::foundation-model/anthropic.*",
        "arn:aws:bedrock:*:123456789012:inference-profile/*anthropic.*",
    ]


def test_every_employee_may_ask_the_model_and_no_machine_may(stack: Stack) -> None:
    may = {
        name.removesuffix("Role")
        for name, resource in stack.resources.items()
        if resource.type == "AWS::IAM::Role" and {"Ref": "MayThink"} in resource.properties.get("ManagedPolicyArns", [])
    }

    assert may == {"".join(word.capitalize() for word in role.split("_")) for role in EMPLOYEES}


def test_no_role_reads_the_models_key_or_asks_bedrock_in_another_way(stack: Stack) -> None:
    others = {name: r.properties for name, r in stack.resources.items() if "IAM" in r.type and name != "MayThink"}

    text = json.dumps(others)
    assert "anthropic_api_key" not in text
    assert "bedrock:" not in text
