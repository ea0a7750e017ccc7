"""A stack in moto, as far as the commands of `--aws` ask of one, whose brain is a test's."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from company.aws.clients import login_parameter
from tests.support.brains import PASSWORD, VERTICAL, TestBrain
from watchbill.cloud.aws import LocalAws

STACK, OWNER = "night-watch", "owner@acme.example"
TEMPLATE = json.dumps({"Parameters": {"Company": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})


@contextmanager
def founded(cloud: LocalAws, brain: TestBrain, *, zone: str = "UTC", **variables: str) -> Iterator[str]:
    """The stack's name while it is there. variables: of its heartbeat, in place of what a deploy would give it."""
    company = brain.company.name
    given = [{"ParameterKey": "Company", "ParameterValue": company}]
    cloud.client("cloudformation").create_stack(StackName=STACK, TemplateBody=TEMPLATE, Parameters=given)
    role = cloud.client("iam").create_role(RoleName=f"of-{brain.name}", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    known = {
        "ROLE": "heartbeat", "COMPANY": company, "VERTICAL": VERTICAL, "BRAIN_DSN": brain.dsn, "OWNER_EMAIL": OWNER,
        "SCHEDULE_GROUP": company, "OWNER_TIMEZONE": zone, "SETTINGS": "COMPANY_MODEL=book",
    }  # fmt: skip
    cloud.client("lambda").create_function(
        FunctionName=f"{company}-heartbeat",
        Runtime="python3.13",
        Handler="x.y",
        Role=role,
        Code={"ZipFile": _some_code()},
        Environment={"Variables": {**known, **variables}},
    )
    for name in ("owner", "migrate", "console"):
        parameter = login_parameter(company, name)
        cloud.client("ssm").put_parameter(Name=parameter, Value=PASSWORD, Type="SecureString", Overwrite=True)
    yield STACK
    cloud.client("cloudformation").delete_stack(StackName=STACK)
    cloud.client("lambda").delete_function(FunctionName=f"{company}-heartbeat")


def point_the_shell_at(cloud: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shell with credentials and a region, of an AWS that is on loopback."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint_url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "desk")
    monkeypatch.setenv("AWS_DEFAULT_REGION", cloud.region)


def _some_code() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("x.txt", "")
    return archive.getvalue()
