"""Attacks the reading of the template: what is wrong in it is named, and what is right is translated once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cloud.companies import SMALL, translations
from watchbill.cloud.template.intrinsics import Resolver, Unresolved, references
from watchbill.cloud.template.translation import read_stack, resolve_parameters
from watchbill.errors import DeskError

NAMES_OF_AN_ACCOUNT = {"BudgetName", "RoleName", "BucketName", "UserName", "ManagedPolicyName"}
TEMPLATE = Path(__file__).resolve().parents[2] / "infra" / "template.yaml"


def written(folder: Path, text: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_resource_comes_after_what_it_refers_to() -> None:
    stack = read_stack(TEMPLATE, translations())

    made: set[str] = set()
    for resource in stack.in_order():
        assert resource.needs <= made
        made.add(resource.logical_id)

    assert made == set(stack.resources)


def test_what_an_account_names_once_for_all_regions_has_the_region_in_its_name() -> None:
    """A company of the same name in a second region is a stack of its own; budgets, roles and buckets meet there."""
    named = {}
    for name, resource in read_stack(TEMPLATE, translations()).resources.items():
        properties = resource.properties
        for place in (properties, properties.get("Budget", {})):
            if words := [str(place[key]) for key in NAMES_OF_AN_ACCOUNT & place.keys()]:
                named[name] = " ".join(words)

    assert "Budget" in named and [name for name, given in named.items() if "${AWS::Region}" not in given] == []


def test_a_second_reading_needs_no_translator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_stack(TEMPLATE, tmp_path)
    for name in [name for name in sys.modules if name.startswith("samtranslator")]:
        monkeypatch.setitem(sys.modules, name, None)

    second = read_stack(TEMPLATE, tmp_path)

    assert second == first


def test_a_damaged_translation_on_disk_is_made_again(tmp_path: Path) -> None:
    first = read_stack(written(tmp_path, SMALL), tmp_path / "cache")
    for kept in (tmp_path / "cache").iterdir():
        kept.write_text('{"Resources": ')

    assert read_stack(tmp_path / "template.yaml", tmp_path / "cache") == first


def test_one_translation_serves_every_company() -> None:
    stack = read_stack(TEMPLATE, translations())

    name = stack.resources["Ceo"].properties["FunctionName"]
    names = {company: Resolver({"Company": company}, {}, {}).resolve(name) for company in ("one", "desk_two")}

    assert names == {"one": "one-ceo", "desk_two": "desk_two-ceo"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Resources: [", "is not YAML"),
        ("Parameters: {}", "has no Resources"),
        ("Resources: {Lonely: {}}", "Lonely has no Type"),
        (SMALL.replace("Type: ScheduleV2", "Type: ScheduleV9"), "Early"),
        (SMALL.replace("Handler: late.handler.handler", "Handlr: late"), "Late"),
        (SMALL.replace("{Type: AWS::S3::Bucket}", "{Type: AWS::S3::Bucket, DependsOn: Elsewhere}"), "Elsewhere"),
    ],
)
def test_a_malformed_template_is_named_with_its_fault(tmp_path: Path, text: str, named: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(DeskError) as refusal:
        read_stack(path, tmp_path / "cache")

    assert str(path) in str(refusal.value)
    assert named in str(refusal.value)


def test_resources_that_refer_to_each_other_in_a_circle_are_named(tmp_path: Path) -> None:
    ring = SMALL.replace("Failed: {Type: AWS::SQS::Queue}", "Failed: {Type: AWS::SQS::Queue, DependsOn: Bucket}")
    ring = ring.replace("{Type: AWS::S3::Bucket}", "{Type: AWS::S3::Bucket, DependsOn: Failed}")
    stack = read_stack(written(tmp_path, ring), tmp_path / "cache")

    with pytest.raises(DeskError, match="in a circle: .*Failed"):
        stack.in_order()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"Company": "Upper Case"}, "Company is 'Upper Case'; lower-case letters"),
        ({"Company": "default"}, "not default"),
        ({"Company": "pg"}, "pg or pg_"),
        ({"Company": "pg_watch"}, "pg or pg_"),
        ({"Network": "fast"}, "Network is 'fast'; allowed: private, lean"),
        ({"Settings": "a=b"}, "NAME=value, divided by semicolons"),
        ({"Settings": "COMPANY_MODEL= bedrock"}, "without blanks around them"),
        ({"Settings": "COMPANY_MODEL=bedrock ;DAILY_USD=2"}, "without blanks around them"),
        ({"OwnerEmail": "you"}, "one address"),
        ({"BrainDsn": "postgresql://me:secret@host/db"}, "no user and no password"),
        ({"Compnay": "x"}, "no parameter Compnay"),
    ],
)
def test_a_parameter_that_aws_would_refuse_is_refused_here(given: dict[str, str], named: str) -> None:
    stack = read_stack(TEMPLATE, translations())

    with pytest.raises(DeskError, match=named):
        resolve_parameters(stack, given)


def test_intrinsics_resolve_as_cloudformation_resolves_them() -> None:
    resolver = Resolver(
        {"Name": "desk", "AWS::Region": "us-east-1"},
        {"Queue": {"Arn": "arn:q"}},
        {"IsDesk": {"Fn::Equals": ["a", "a"]}},
    )

    value = {
        "sub": {"Fn::Sub": "${Name}-${Queue.Arn}-${!literal}"},
        "own": {"Fn::Sub": ["${Own}", {"Own": {"Ref": "Name"}}]},
        "join": {"Fn::Join": ["/", ["a", {"Ref": "AWS::Region"}]]},
        "if": {"Fn::If": ["IsDesk", {"Fn::GetAtt": ["Queue", "Arn"]}, "no"]},
        "gone": {"Ref": "AWS::NoValue"},
        "list": [{"Ref": "AWS::NoValue"}, 1],
        "policy": {"Condition": {"StringEquals": {"a": "b"}}},
    }

    assert resolver.resolve(value) == {
        "sub": "desk-arn:q-${literal}",
        "own": "desk",
        "join": "a/us-east-1",
        "if": "arn:q",
        "list": [1],
        "policy": {"Condition": {"StringEquals": {"a": "b"}}},
    }


@pytest.mark.parametrize(
    ("value", "named"),
    [({"Ref": "Ghost"}, "Ghost"), ({"Fn::GetAtt": "Ghost.Arn"}, "Ghost.Arn"), ({"Fn::Cidr": []}, "Fn::Cidr")],
)
def test_what_cannot_be_resolved_is_named(value: object, named: str) -> None:
    with pytest.raises(Unresolved, match=named):
        Resolver({}, {}, {}).resolve(value)


def test_references_are_found_at_every_place() -> None:
    hidden = [{"a": {"Ref": "One"}}, {"Fn::Sub": ["${Two.Arn} ${Own} ${!No}", {"Own": {"Ref": "Three"}}]}]

    assert references([*hidden, {"Fn::GetAtt": "Four.Arn"}]) == {"One", "Two", "Three", "Four"}
