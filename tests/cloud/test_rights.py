"""The desk's cloud refuses a function what its role's policies do not allow, in the words of the service."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.companies import translations
from watchbill.cloud.asked_rights import AskedRight
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.rights import is_allowed, read_statements
from watchbill.cloud.template.loader import Deployed, deploy

TEMPLATE = Path(__file__).resolve().parents[2] / "infra" / "template.yaml"
PARAMETERS = {
    "Company": "acme", "BrainDsn": "postgresql://127.0.0.1:5433/desk", "Network": "lean",
    "OwnerEmail": "me@acme.example",
}  # fmt: skip


@pytest.fixture(scope="module")
def acme() -> Iterator["Acme"]:
    """The whole company in one cloud, and clients of any role."""
    with desk_cloud() as cloud:
        acme = Acme(cloud, deploy(cloud, TEMPLATE, PARAMETERS, translations()))
        for name in ("logins/ceo", "logins/deliver", "settings/ping_url", "link_key"):
            cloud.client("ssm").put_parameter(Name=f"/watchbill/acme/{name}", Value="v", Type="SecureString")
        for key in ("raw/a", "marks/a"):
            cloud.client("s3").put_object(Bucket=acme.deployed.bucket, Key=key, Body=b"x")
        yield acme


class Acme:
    """Calls of one role; what is refused comes as the error's code."""

    def __init__(self, cloud: LocalAws, deployed: Deployed) -> None:
        self.cloud, self.deployed = cloud, deployed
        self._clients: dict[tuple[str, str], Any] = {}

    def call(self, role: str, service: str, action: str, **given: Any) -> str:
        """'ok', or the code of AWS's error."""
        key = (role, service)
        if key not in self._clients:
            self._clients[key] = self.cloud.client_of(service, f"acme-{role}", "desk")
        try:
            getattr(self._clients[key], action)(**given)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"


REFUSED = "AccessDeniedException"


@pytest.mark.parametrize(
    ("role", "name", "answer"),
    [
        ("ceo", "logins/ceo", "ok"),
        ("ceo", "logins/deliver", REFUSED),
        ("deliver", "link_key", "ok"),
        ("heartbeat", "link_key", REFUSED),
        ("migrate", "logins/deliver", "ok"),
    ],
)
def test_a_secret_is_read_by_its_reader_alone(acme: Acme, role: str, name: str, answer: str) -> None:
    assert acme.call(role, "ssm", "get_parameter", Name=f"/watchbill/acme/{name}", WithDecryption=True) == answer


def test_of_several_names_one_that_is_not_allowed_refuses_all(acme: Acme) -> None:
    names = [f"/watchbill/acme/settings/{name}" for name in ("ping_url", "feed_proxies")]

    assert acme.call("heartbeat", "ssm", "get_parameters", Names=names[:1]) == "ok"
    assert acme.call("heartbeat", "ssm", "get_parameters", Names=names) == REFUSED


def test_the_bucket_is_open_to_each_as_far_as_its_work_goes(acme: Acme) -> None:
    bucket = acme.deployed.bucket

    def asked(role: str, action: str, key: str, **more: Any) -> str:
        return acme.call(role, "s3", action, Bucket=bucket, Key=key, **more)

    assert asked("data_auditor", "get_object", "raw/a") == "ok"
    assert asked("deliver", "get_object", "raw/a") == "AccessDenied"
    assert asked("scrape_kev", "put_object", "raw/b", Body=b"x" * 100_000) == "ok"
    assert asked("data_auditor", "put_object", "raw/b", Body=b"x") == "AccessDenied"
    assert asked("scrape_kev", "delete_object", "raw/a") == "AccessDenied"
    assert acme.call("heartbeat", "s3", "list_objects_v2", Bucket=bucket, Prefix="marks/left/") == "ok"
    assert acme.call("heartbeat", "s3", "list_objects_v2", Bucket=bucket, Prefix="raw/") == "AccessDenied"
    assert acme.call("heartbeat", "s3", "list_objects_v2", Bucket=bucket) == "AccessDenied"


def test_who_may_not_list_is_not_told_that_a_file_is_missing(acme: Acme) -> None:
    bucket = acme.deployed.bucket

    assert acme.call("heartbeat", "s3", "get_object", Bucket=bucket, Key="marks/none") == "NoSuchKey"
    assert acme.call("data_auditor", "s3", "get_object", Bucket=bucket, Key="raw/none") == "AccessDenied"


def test_mail_leaves_from_the_companys_own_sender_alone(acme: Acme) -> None:
    content = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}

    def sent(role: str, sender: str) -> str:
        to = {"ToAddresses": ["x@acme.example"]}
        return acme.call(role, "sesv2", "send_email", FromEmailAddress=sender, Destination=to, Content=content)

    assert sent("deliver", "me@acme.example") == "ok"
    assert sent("deliver", "other@acme.example") == REFUSED
    assert sent("check", "me@acme.example") == REFUSED


def test_schedules_and_functions_are_each_theirs(acme: Acme) -> None:
    [first] = acme.cloud.client("scheduler").list_schedules(GroupName="acme", MaxResults=1)["Schedules"]
    known = acme.cloud.client("scheduler").get_schedule(GroupName="acme", Name=first["Name"])
    wake = {key: known[key] for key in ("ScheduleExpression", "FlexibleTimeWindow", "Target", "GroupName")}

    assert acme.call("heartbeat", "scheduler", "create_schedule", Name="wake-ceo-1", **wake) == "ok"
    assert acme.call("heartbeat", "scheduler", "create_schedule", Name="ceo-2", **wake) == REFUSED
    assert acme.call("check", "scheduler", "get_schedule", GroupName="acme", Name="ceo") == REFUSED
    assert acme.call("data_manager", "scheduler", "delete_schedule", GroupName="acme", Name="ceo") == REFUSED
    other = {**wake, "Target": {**wake["Target"], "RoleArn": "arn:aws:iam::123456789012:role/admin"}}
    assert acme.call("heartbeat", "scheduler", "create_schedule", Name="wake-ceo-2", **other) == REFUSED
    assert acme.call("build_auditor", "lambda", "get_alias", FunctionName="acme-check", Name="live") == "ok"
    assert acme.call("build_auditor", "lambda", "get_alias", FunctionName="acme-ceo", Name="live") == REFUSED
    assert acme.call("console", "lambda", "invoke", FunctionName="acme-migrate") == REFUSED


LAYER = "arn:aws:lambda:{}:{}:layer:{}"
DEPLOYS: dict[str, dict[str, Any]] = {
    "update_function_configuration": {"Timeout": 60},
    "publish_version": {},
    "get_function_configuration": {"Qualifier": "live"},
    "get_alias": {"Name": "live"},
    "update_alias": {"Name": "live", "FunctionVersion": "1"},
}
"""Every call of a deployment on a function, with what it is given besides the name."""
NEVER: dict[str, dict[str, Any]] = {
    "update_function_code": {"ZipFile": b"x"},
    "delete_function": {},
    "add_permission": {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"},
    "put_function_concurrency": {"ReservedConcurrentExecutions": 0},
    "create_alias": {"Name": "other", "FunctionVersion": "1"},
    "invoke": {},
}


def test_a_change_is_deployed_to_the_products_functions_alone(acme: Acme) -> None:
    def asked(call: str, name: str, **more: Any) -> str:
        return acme.call("build_auditor", "lambda", call, FunctionName=name, **more)

    product = {"check", "deliver", "scrape_kev", "data_auditor"}
    others = {"ceo", "build_auditor", "migrate", "console", "heartbeat", "build_worker"}
    names = {f"acme-{role}": role in product for role in product | others}
    names |= dict.fromkeys(("acme-check-ceo", "acme-linked", "beta-check", "acme-publisher"), False)
    for call, given in DEPLOYS.items():
        refused = {name: asked(call, name, **given) == REFUSED for name in names}
        assert refused == {name: not is_products for name, is_products in names.items()}, call
    assert {asked(call, "acme-check", **given) for call, given in NEVER.items()} == {REFUSED}


def test_a_change_is_deployed_with_its_own_layer_and_those_of_the_release_alone(acme: Acme) -> None:
    """Lambda asks for each layer of a function that is changed, so that none of another's account comes in."""
    own = acme.cloud.client("lambda").get_function_configuration(FunctionName="acme-check")["Layers"]
    known = [layer["Arn"] for layer in own]
    region, account = known[0].split(":")[3:5]

    def published(layer: str) -> str:
        return acme.call("build_auditor", "lambda", "publish_layer_version", LayerName=layer, Content={"ZipFile": b""})

    def pointed(*layers: str) -> str:
        given = {"FunctionName": "acme-check", "Layers": list(layers)}
        return acme.call("build_auditor", "lambda", "update_function_configuration", **given)

    assert REFUSED not in {published("acme-changes"), pointed(*known)}
    for version in (1, 12):
        assert pointed(*known[:2], f"{LAYER.format(region, account, 'acme-changes')}:{version}", known[3]) != REFUSED
    assert {published(name) for name in ("acme-changes-2", "beta-changes", known[0].split(":")[6])} == {REFUSED}
    for other in ("beta-changes:1", "evil:1", f"{known[2].split(':')[6]}:99"):
        assert pointed(*known[:2], LAYER.format(region, account, other), known[3]) == REFUSED, other
    assert pointed(LAYER.format(region, "999999999999", "acme-changes:1")) == REFUSED
    assert pointed(LAYER.format("us-west-1", account, "acme-changes:1")) == REFUSED


def test_a_topic_and_queues_answer_who_uses_them(acme: Acme) -> None:
    topic = next(one for one in acme.deployed.refs("AWS::SNS::Topic") if one.endswith(":acme-owner"))
    [failed] = [one for one in acme.deployed.refs("AWS::SQS::Queue") if one.endswith("FailedFires")]

    assert acme.call("ceo", "sns", "publish", TopicArn=topic, Message="m") == "ok"
    assert acme.call("data_worker", "sns", "publish", TopicArn=topic, Message="m") == "AuthorizationError"
    assert acme.call("scraping_manager", "sqs", "receive_message", QueueUrl=failed) == "ok"
    assert acme.call("heartbeat", "sqs", "receive_message", QueueUrl=failed) == REFUSED


def test_no_role_reaches_a_service_that_no_policy_names(acme: Acme) -> None:
    assert acme.call("migrate", "iam", "create_user", UserName="x") == "AccessDenied"
    assert acme.call("ceo", "secretsmanager", "list_secrets") == REFUSED
    assert acme.call("ceo", "lambda", "list_functions") == REFUSED


def statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/a*", **more}


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([], False),
        ([statement()], True),
        ([statement(), statement(Effect="Deny")], False),
        ([statement(), statement(Effect="Deny", Resource="arn:aws:s3:::c/*")], True),
        ([statement(Action=["s3:PutObject", "s3:Get*"])], True),
        ([statement(Resource=["arn:aws:s3:::c", "arn:aws:s3:::b/a.?"])], True),
        ([statement(Resource="arn:aws:s3:::b/a.")], False),
        ([statement(Resource="arn:aws:s3:::b/[a].b")], False),
        ([statement(Condition={"StringEquals": {"k": "v*"}})], False),
        ([statement(Condition={"StringLike": {"k": ["x", "v*"]}})], True),
        ([statement(Condition={"StringLike": {"other": "*v*"}})], False),
    ],
)
def test_statements_are_read_as_iam_reads_them(statements: list[dict[str, Any]], allowed: bool) -> None:
    asked = AskedRight("s3:GetObject", "arn:aws:s3:::b/a.b", {"k": "value"})

    assert is_allowed(read_statements([{"Statement": statements}]), asked) is allowed


def test_a_condition_that_the_desk_cannot_judge_stops_the_deploy() -> None:
    with pytest.raises(ValueError, match="IpAddress"):
        read_statements([{"Statement": [statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})]}])


def test_every_function_is_held_to_its_policies(acme: Acme) -> None:
    assert acme.cloud._rights_keeper is not None
    assert set(acme.cloud._rights_keeper.statements) == {function.name for function in acme.deployed.functions}
