"""The template repeats of a record only what AWS must know, and repeats it correctly."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from company.brain.connection import statement_limit
from company.fire.fire import session_seconds
from company.settings import Settings
from company.watch.ledger import EVENT_AGE_SECONDS, MOST_ATTEMPTS
from tests.contracts.repository import ROOT, records, released
from watchbill.cloud.template.intrinsics import Resolver
from watchbill.cloud.template.translation import Resource, Stack, resolve_parameters

ROLES = sorted(records())
FIRED = [role for role in ROLES if records()[role].schedule]
INVOKED, VERSION = "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Version"
MOST_RESOURCES, OF_A_STACK = 350, 500
READ_BY_OTHERS = {"SETTINGS", "LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}
"""The first holds settings by their names, the other two are Powertools'."""
STAFF_OF_LATER = 40


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_its_function_by_its_name(stack: Stack, role: str) -> None:
    function = _function(stack, role).properties

    assert function["FunctionName"] == {"Fn::Sub": f"${{Company}}-{role}"}
    assert function["Handler"] == f"{role}.handler.handler"
    variables = function["Environment"]["Variables"]
    assert (variables["ROLE"], variables["POWERTOOLS_SERVICE_NAME"]) == (role, role)


def test_nothing_is_deployed_that_has_no_record(stack: Stack) -> None:
    deployed = {f.properties["Environment"]["Variables"]["ROLE"] for f in _of(stack, "AWS::Lambda::Function")}

    assert deployed == set(ROLES)


@pytest.mark.parametrize("role", FIRED)
def test_the_deployed_schedule_is_the_recorded_one(stack: Stack, role: str) -> None:
    [schedule] = [s.properties for s in _of(stack, "AWS::Scheduler::Schedule") if s.properties["Name"] == role]
    event = json.loads(schedule["Target"]["Input"])

    record = records()[role]
    asked = Resolver(resolve_parameters(stack, {}), {}, stack.conditions)
    assert asked.resolve(schedule["ScheduleExpression"]) == record.schedule
    assert asked.resolve(schedule["ScheduleExpressionTimezone"]) == record.timezone
    assert schedule["GroupName"] == {"Ref": "Schedules"}
    assert (event["role"], event["schedule"]) == (role, role)
    assert schedule.get("State", "ENABLED") == "ENABLED"


def test_no_schedule_is_deployed_that_no_record_knows(stack: Stack) -> None:
    deployed = [s.properties["Name"] for s in _of(stack, "AWS::Scheduler::Schedule")]

    assert sorted(deployed) == FIRED


@pytest.mark.parametrize("role", ROLES)
def test_a_function_outlives_its_session(stack: Stack, role: str) -> None:
    assert _function(stack, role).properties["Timeout"] >= session_seconds(records()[role])


@pytest.mark.parametrize("role", ROLES)
def test_a_function_outlives_each_of_its_statements(stack: Stack, role: str) -> None:
    limit = int(statement_limit(records()[role].budget.seconds).removesuffix("s"))

    assert limit < _function(stack, role).properties["Timeout"]


@pytest.mark.parametrize("role", ROLES)
def test_a_function_has_its_log_group_and_keeps_it_for_a_while(stack: Stack, role: str) -> None:
    group = stack.resources[_function(stack, role).properties["LoggingConfig"]["LogGroup"]["Ref"]].properties

    assert group["LogGroupName"] == {"Fn::Sub": f"/watchbill/${{Company}}/{role}"}
    assert group["RetentionInDays"] > 0


def test_the_ledger_waits_exactly_as_long_as_lambda_tries(stack: Stack) -> None:
    configs = [c.properties for c in _of(stack, "AWS::Lambda::EventInvokeConfig")]
    retries = [s.properties["Target"]["RetryPolicy"] for s in _of(stack, "AWS::Scheduler::Schedule")]

    assert len(configs) == len(ROLES)
    assert {c["MaximumRetryAttempts"] + 1 for c in configs} == {MOST_ATTEMPTS}
    assert {c["MaximumEventAgeInSeconds"] for c in [*configs, *retries]} == {EVENT_AGE_SECONDS}
    assert all(c["DestinationConfig"]["OnFailure"]["Destination"] for c in configs)


def test_what_is_fired_by_its_alias_is_configured_by_it_and_published_for_each_answer(stack: Stack) -> None:
    """A version's name in the stack is of its properties, and those name parameters: another value makes no other."""
    aliased = {r.properties["FunctionName"]["Ref"]: name for name, r in stack.resources.items() if "Aliaslive" in name}
    fired = {
        _camel(s.properties["Name"]): s.properties["Target"]["Arn"] for s in _of(stack, "AWS::Scheduler::Schedule")
    }
    qualifiers = {c.properties["FunctionName"]["Ref"]: c.properties["Qualifier"] for c in _of(stack, INVOKED)}
    published = {v.properties["FunctionName"]["Ref"]: v.properties["Description"] for v in _of(stack, VERSION)}

    assert aliased and set(published) == set(aliased)
    assert {name: arn["Ref"] for name, arn in fired.items() if "Ref" in arn} == aliased
    assert {name for name, qualifier in qualifiers.items() if qualifier == "live"} == set(aliased)
    assert {name for name in qualifiers if name not in aliased} == {n for n, q in qualifiers.items() if q == "$LATEST"}
    assert all(description == {"Fn::GetAtt": ["Migration", "Answers"]} for description in published.values())
    asked = stack.resources["Migration"].properties["Asked"]["Fn::Sub"]
    assert {f"${{{name}}}" for name in stack.parameters} - {"${Company}"} == set(asked.split(";"))


def test_every_queue_has_a_reader_who_knows_it_and_may_empty_it(stack: Stack) -> None:
    """Its address is a setting of that role, and of nobody else: who does not read it needs none."""
    queues = [name for name, one in stack.resources.items() if one.type == "AWS::SQS::Queue"]

    for queue in queues:
        wait = stack.resources[queue].properties.get("ReceiveMessageWaitTimeSeconds", 0)
        assert wait > 0, f"{queue}: without a wait SQS asks some of its servers alone, and misses what is there"
        [reader] = [tag["Value"] for tag in stack.resources[queue].properties["Tags"] if tag["Key"] == "reader"]
        known = {role: _settings_with(stack, role, {"Ref": queue}) for role in released()}
        assert {role: names for role, names in known.items() if names} == {reader: known[reader]}, queue
        assert [name for name in known[reader] if name.lower() in Settings.model_fields], queue
        assert _may(stack, reader, {"Fn::GetAtt": [queue, "Arn"]}) >= {"sqs:ReceiveMessage", "sqs:DeleteMessage"}, queue


@pytest.mark.parametrize("role", ROLES)
def test_a_function_is_given_nothing_that_nobody_reads(stack: Stack, role: str) -> None:
    given = _function(stack, role).properties["Environment"]["Variables"]

    assert {name for name in given if name.lower() not in Settings.model_fields} == READ_BY_OTHERS


@pytest.mark.parametrize(
    ("tool", "right"),
    [
        ("describe_schedule", "MayReadSchedules"),
        ("switch_schedule_on", "MaySwitchSchedules"),
        ("derive_again", "MayReadRaw"),
        ("stage_document", "MayReadRaw"),
        ("compare_columns", "MayReadRaw"),
        ("draft_rename", "MayReadRaw"),
        ("prove_change", "MayReadRaw"),
    ],
)
def test_who_has_a_tool_has_the_right_that_it_needs(stack: Stack, tool: str, right: str) -> None:
    without = [r for r, record in records().items() if tool in record.tools and {"Ref": right} not in _rights(stack, r)]

    assert not without, f"{tool} needs {right}; add it to the policies of {', '.join(without)}"


def test_nobody_but_its_role_reads_a_logins_password(stack: Stack) -> None:
    for role in FIRED:
        resources = json.dumps(_inline(stack, role))

        assert f"/logins/{role}" in resources
        assert resources.count("/logins/") == 1


def test_every_role_of_this_company_may_be_called_from_the_console_and_none_of_another(stack: Stack) -> None:
    may_call = json.dumps(_inline(stack, "console"))

    assert 'function:${Company}-*"' in may_call
    assert may_call.count(":function:") == 3  # the others are what is denied: migrate, and its versions


def test_forty_roles_still_fit_in_one_stack(stack: Stack) -> None:
    own = [name for name in stack.resources if any(name.startswith(_camel(role)) for role in ROLES)]

    per_role = len(own) / len(ROLES)
    later = len(stack.resources) + (STAFF_OF_LATER - len(ROLES)) * per_role

    assert per_role >= 4, "the count by name no longer finds what belongs to a role"
    assert later < MOST_RESOURCES, f"{later:.0f} resources with {STAFF_OF_LATER} roles"


def test_the_page_on_scale_counts_what_the_template_makes(stack: Stack) -> None:
    """Without the budget, which is an option; a role is function, role, log group, retries and schedule."""
    hired = tuple(map(_camel, records().keys() - released().keys()))
    own = {name: one for name, one in stack.resources.items() if not name.startswith(hired)}
    resources, fired = sum(one.condition != "HasBudget" for one in own.values()), len(set(FIRED) & released().keys())
    page = " ".join((ROOT / "docs" / "scale.md").read_text(encoding="utf-8").split())
    free = OF_A_STACK - resources

    assert f"The template has {resources} with a network" in page
    assert f"holds {fired + free // 5} such roles ({fired} today)" in page
    assert f"{fired + free} schedules a stack" in page


def _camel(role: str) -> str:
    return "".join(word.capitalize() for word in role.split("_"))


def _of(stack: Stack, kind: str) -> list[Resource]:
    return [resource for resource in stack.resources.values() if resource.type == kind]


def _function(stack: Stack, role: str) -> Resource:
    assert _camel(role) in stack.resources, f"infra/template.yaml has no function {_camel(role)}"
    return stack.resources[_camel(role)]


def _role_properties(stack: Stack, role: str) -> Mapping[str, Any]:
    return stack.resources[f"{_camel(role)}Role"].properties


def _rights(stack: Stack, role: str) -> list[Any]:
    return list(_role_properties(stack, role)["ManagedPolicyArns"])


def _settings_with(stack: Stack, role: str, value: object) -> list[str]:
    variables = _function(stack, role).properties["Environment"]["Variables"]
    return [name for name, given in variables.items() if given == value]


def _may(stack: Stack, role: str, resource: object) -> set[str]:
    """The actions that a role's own policies allow on a resource."""
    statements = [s for policy in _inline(stack, role) for s in policy["PolicyDocument"]["Statement"]]
    return {
        action
        for one in statements
        if resource in (one["Resource"] if isinstance(one.get("Resource"), list) else [one.get("Resource")])
        for action in (one["Action"] if isinstance(one["Action"], list) else [one["Action"]])
    }


def _inline(stack: Stack, role: str) -> list[Any]:
    return list(_role_properties(stack, role).get("Policies", []))
