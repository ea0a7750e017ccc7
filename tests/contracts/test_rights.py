"""What each role may do on AWS: by moto's own reading of its policies, and what no policy may say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from tests.contracts.repository import as_released, records
from watchbill.cloud.template.intrinsics import Resolver
from watchbill.cloud.template.translation import Resource, Stack, resolve_parameters

ROLES = sorted(records())
OURS = {"AWS::Partition": "aws", "AWS::AccountId": "1", "AWS::Region": "eu-central-1", "AWS::NoValue": ""}
ARN = "arn:aws:{}:eu-central-1:1:{}"
WITHOUT_RESOURCE = {"scheduler:ListSchedules"}
"""Listing has no resource to name."""
ANYWHERE = "arn:aws:bedrock:*"
"""A global inference profile leads to models in any region."""
READS_RAW = {
    "data_auditor", "build_worker", "build_auditor", "scraping_worker", "ingest_worker",
}  # fmt: skip
WRITES_RAW = {"scraping_worker", "scrape_kev", "scrape_epss", "scrape_cves", "scrape_exploits"}


def _attributes(stack: Stack) -> dict[str, dict[str, str]]:
    """An ARN for each resource, by its logical id, where the template asks for one."""
    named = {"Bucket": "arn:aws:s3:::bucket"}
    kinds = ("Arn", "FunctionUrl", "DbiResourceId", "MasterUserSecret.SecretArn", "Endpoint.Address", "QueueName")
    return {name: dict.fromkeys(kinds, named.get(name, f"arn:of:{name}")) for name in stack.resources}


@pytest.fixture(scope="module")
def resolver(stack: Stack) -> Resolver:
    return _resolver(stack, {"BrainDsn": "postgresql://h/b", "Network": "lean"})


def _resolver(stack: Stack, given: dict[str, str]) -> Resolver:
    answers = {"Company": "acme", "OwnerEmail": "me@acme.example", **given}
    names = {name: f"ref-{name}" for name in stack.resources} | {"Schedules": "acme", "Bucket": "bucket"}
    return Resolver({**OURS, **names, **resolve_parameters(stack, answers)}, _attributes(stack), stack.conditions)


@pytest.fixture(scope="module")
def documents(stack: Stack, resolver: Resolver) -> dict[str, list[dict[str, Any]]]:
    """Every policy of each function's role, the shared ones too."""
    return {role: [*_policies(stack, resolver, stack.resources[f"{_camel(role)}Role"])] for role in ROLES}


def _policies(stack: Stack, resolver: Resolver, role: Resource) -> Iterator[dict[str, Any]]:
    for policy in role.properties.get("Policies", []):
        yield resolver.resolve(policy["PolicyDocument"])
    for shared in role.properties.get("ManagedPolicyArns", []):
        if isinstance(shared, dict) and shared.get("Ref") in stack.resources:
            yield resolver.resolve(stack.resources[shared["Ref"]].properties["PolicyDocument"])


def _camel(role: str) -> str:
    return "".join(word.capitalize() for word in role.split("_"))


def may(documents: list[dict[str, Any]], action: str, resource: str) -> bool:
    """As moto enforces it: no policy denies, and one permits. Conditions are read by what they cannot be: left out."""
    results = set()
    for document in documents:
        plain = [{k: v for k, v in one.items() if k != "Condition"} for one in document["Statement"]]
        policy = IAMPolicy({"policy_document": json.dumps({"Version": "2012-10-17", "Statement": plain})})
        results.add(policy.is_action_permitted(action, resource))
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def _parameter(name: str) -> str:
    return ARN.format("ssm", f"parameter/watchbill/acme/{name}")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_its_own_password_and_nobody_elses(documents: dict[str, Any], role: str) -> None:
    readable = [other for other in ROLES if may(documents[role], "ssm:GetParameter", _parameter(f"logins/{other}"))]

    assert readable == (ROLES if role == "migrate" else [role])
    assert may(documents[role], "ssm:PutParameter", _parameter("logins/x")) == (role == "migrate")


def test_secret_settings_are_read_by_who_uses_them(documents: dict[str, Any], stack: Stack) -> None:
    for role in ROLES:
        variables = stack.resources[_camel(role)].properties["Environment"]["Variables"]
        named = variables.get("SECRET_SETTINGS", "").split()
        for name in ("owner_webhook_url", "ping_url", "brief_ping_url", "feed_proxies"):
            allowed = may(documents[role], "ssm:GetParameters", _parameter(f"settings/{name}"))
            assert allowed == (name in named), (role, name)


OWNERS_KEYS = {
    "deliver": {"link_key", "handle/key"},
    "console": {"console/key", "handle/key"},
    "migrate": {"console/key", "handle/key"},
    "scrape_exploits": {"feeds/*"},
    "scraping_worker": {"feeds/*"},
}
"""What else of SSM each role names, beside its password, its settings and, of an employee, the model's key."""


@pytest.mark.parametrize("role", ROLES)
def test_of_ssm_a_role_names_what_its_work_reads_and_nothing_else(documents: dict[str, Any], role: str) -> None:
    statements = [one for document in documents[role] for one in document["Statement"] if "ssm" in str(one["Action"])]
    named = {arn.partition("/watchbill/acme/")[2] for one in statements for arn in _listed(one["Resource"])}

    login = "logins/*" if role == "migrate" else f"logins/{role}"
    model = {"anthropic_api_key"} if records()[role].is_employee else set()
    assert {one for one in named if not one.startswith("settings/")} == {login} | model | OWNERS_KEYS.get(role, set())


@pytest.mark.parametrize("brain_auth", ["password", "iam"])
def test_a_role_logs_in_by_token_as_itself_and_migrate_as_the_founder_too_whatever_the_setting_is(
    stack: Stack, brain_auth: str
) -> None:
    """A deploy that goes back to passwords finds the database as the one before left it."""
    resolver = _resolver(stack, {"BrainDsn": "rds", "Network": "private", "Settings": f"BRAIN_AUTH={brain_auth}"})
    instance = resolver.resolve(stack.resources["Brain"].properties)
    as_it_logs_in = {"founder": instance["MasterUsername"], **{role: f"acme_{role}" for role in ROLES}}

    for role in ROLES:
        policies = [*_policies(stack, resolver, stack.resources[f"{_camel(role)}Role"])]
        users = {name: ARN.format("rds-db", f"dbuser:arn:of:Brain/{login}") for name, login in as_it_logs_in.items()}
        logins = {name for name, arn in users.items() if may(policies, "rds-db:connect", arn)}
        assert logins == ({"founder", role} if role == "migrate" else {role} if brain_auth == "iam" else set())
    assert instance["EnableIAMDatabaseAuthentication"] is True


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_touch_schedules_exactly_as_far_as_its_tools_do(documents: dict[str, Any], role: str) -> None:
    tools, one = records()[role].tools, ARN.format("scheduler", "schedule/acme/ceo")

    reads = "describe_schedule" in tools or role in ("heartbeat", "build_auditor")
    assert may(documents[role], "scheduler:GetSchedule", one) == reads
    assert may(documents[role], "scheduler:UpdateSchedule", one) == ("switch_schedule_on" in tools)


def test_raw_bytes_are_read_and_written_by_few_and_deleted_by_none(documents: dict[str, Any]) -> None:
    raw = "arn:aws:s3:::bucket/raw/a"

    assert as_released(role for role in ROLES if may(documents[role], "s3:GetObject", raw)) == READS_RAW
    assert as_released(role for role in ROLES if may(documents[role], "s3:PutObject", raw)) == WRITES_RAW
    assert not [role for role in ROLES if may(documents[role], "s3:DeleteObject", raw)]


@pytest.mark.parametrize(
    ("action", "resource", "who"),
    [
        ("scheduler:CreateSchedule", ARN.format("scheduler", "schedule/acme/wake-ceo"), {"heartbeat"}),
        ("scheduler:CreateSchedule", ARN.format("scheduler", "schedule/acme/ceo"), set()),
        ("scheduler:DeleteSchedule", ARN.format("scheduler", "schedule/acme/ceo"), set()),
        ("lambda:InvokeFunction", ARN.format("lambda", "function:acme-deliver"), {"console"}),
        ("lambda:InvokeFunction", ARN.format("lambda", "function:acme-migrate"), set()),
        ("lambda:InvokeFunction", ARN.format("lambda", "function:acme-migrate:$LATEST"), set()),
        ("lambda:UpdateFunctionCode", ARN.format("lambda", "function:acme-ceo"), set()),
        ("lambda:UpdateAlias", ARN.format("lambda", "function:acme-check:live"), {"build_auditor"}),
        ("lambda:UpdateFunctionConfiguration", ARN.format("lambda", "function:acme-scrape_kev"), {"build_auditor"}),
        ("lambda:UpdateFunctionConfiguration", ARN.format("lambda", "function:acme-build_auditor"), set()),
        ("lambda:PublishVersion", ARN.format("lambda", "function:acme-ceo"), set()),
        ("lambda:PublishVersion", ARN.format("lambda", "function:other-check"), set()),
        ("lambda:PublishLayerVersion", ARN.format("lambda", "layer:acme-changes"), {"build_auditor"}),
        ("lambda:PublishLayerVersion", ARN.format("lambda", "layer:acme-company"), set()),
        ("lambda:DeleteLayerVersion", ARN.format("lambda", "layer:acme-changes:1"), set()),
        ("iam:CreateRole", ARN.format("iam", "role/x"), set()),
        ("sts:AssumeRole", ARN.format("iam", "role/x"), set()),
        ("ses:SendEmail", ARN.format("ses", "identity/x"), {"ceo", "deliver", "heartbeat", "schedule_auditor"}),
        ("scheduler:ListSchedules", "*", {"heartbeat", "build_auditor"}),
        ("scheduler:GetScheduleGroup", ARN.format("scheduler", "schedule-group/acme"), set()),
        ("sqs:GetQueueAttributes", "arn:of:FailedFires", set()),
        ("sqs:ReceiveMessage", "arn:of:MailEvents", {"heartbeat"}),
        ("secretsmanager:GetSecretValue", ARN.format("secretsmanager", "secret:x"), set()),
    ],
)
def test_who_may_act_on_others_is_a_short_list(
    documents: dict[str, Any], action: str, resource: str, who: set[str]
) -> None:
    assert as_released(role for role in ROLES if may(documents[role], action, resource)) == who


def test_scheduler_fires_what_a_schedule_names_and_nothing_else(stack: Stack, resolver: Resolver) -> None:
    found = [*_policies(stack, resolver, stack.resources["SchedulerRole"])]

    fired = {r for r in ROLES if may(found, "lambda:InvokeFunction", ARN.format("lambda", f"function:acme-{r}"))}
    assert fired == {role for role in ROLES if records()[role].schedule}
    for version in ("live", "$LATEST", "7"):
        named = {r: ARN.format("lambda", f"function:acme-{r}:{version}") for r in ROLES}
        assert {role for role, arn in named.items() if may(found, "lambda:InvokeFunction", arn)} == fired


def test_no_statement_names_everything(stack: Stack, resolver: Resolver, documents: dict[str, Any]) -> None:
    for role, found in documents.items():
        for statement in (one for document in found for one in document["Statement"]):
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            resources = statement["Resource"]
            for resource in [resources] if isinstance(resources, str) else resources:
                assert resource != "*" or set(actions) <= WITHOUT_RESOURCE, (role, actions)
                assert ":*:" not in resource or resource.startswith(ANYWHERE), (role, resource)
            assert not [action for action in actions if "*" in action], (role, actions)


def test_the_bucket_takes_tls_only_and_forgets_what_was_replaced(stack: Stack) -> None:
    [statement] = stack.resources["BucketPolicy"].properties["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    rules = stack.resources["Bucket"].properties["LifecycleConfiguration"]["Rules"]
    assert not [rule for rule in rules if "ExpirationInDays" in rule], "what the brain cites would be gone"


def test_a_guided_deploy_asks_six_things_and_enter_answers_each(stack: Stack) -> None:
    assert len(stack.parameters) == 6
    assert not [name for name, one in stack.parameters.items() if one.get("NoEcho") or "Default" not in one]
    resolve_parameters(stack, {})
    # SAM asks of these whether they may be open, and Enter means no.
    functions = [r.properties for r in stack.resources.values() if r.type == "AWS::Lambda::Function"]
    assert not [one for one in functions if "FunctionUrlConfig" in one]


def test_no_function_is_given_a_secret(stack: Stack) -> None:
    for resource in stack.resources.values():
        if resource.type == "AWS::Lambda::Function":
            variables = resource.properties["Environment"]["Variables"]
            names = {name for name, value in variables.items() if value != ""}
            assert not names & {"OWNER_WEBHOOK_URL", "PING_URL", "BRIEF_PING_URL", "FEED_PROXIES", "BRAIN_PASSWORD"}


@pytest.mark.parametrize(
    "at", ["6:50 CEST", "6:50 UTC+2", "6:50 europe/berlin", "10:00 UTC", "16:50 UTC", "6:50", "6:5 UTC"]
)
def test_an_hour_or_a_zone_that_is_none_is_refused_at_once(stack: Stack, at: str) -> None:
    with pytest.raises(Exception, match="BriefAt"):
        resolve_parameters(stack, {"BriefAt": at})
