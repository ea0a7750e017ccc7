"""For tests of deployments: the product's functions on Lambda, with the alias that schedules invoke."""

import io
import json
import zipfile
from typing import Any

from build_auditor.code_facts import CodeFacts
from tests.functions.office import Office
from watchbill.cloud.account import ACCOUNT, REGION

PRODUCT = ("scrape_kev", "check", "promote")
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/x"


HOLDS = CodeFacts(
    applies=1,
    failed_without=1,
    passed_with=1,
    own_tests=9,
    rows=30,
    rows_before=30,
    is_within_limits=True,
    keys_kept=1.0,
    others=1,
)
"""What a trial shows of a change that holds."""


def open_deploy(office: Office, level: str = "open") -> None:
    office.works.brain.owner.run("set_approval", action="deploy", level=level)


def deployment(office: Office) -> dict[str, Any]:
    """The newest one."""
    return office.rows("SELECT * FROM company.deployments ORDER BY id DESC LIMIT 1")[0]


def release(office: Office, *roles: str) -> str:
    """Functions, versions, aliases and schedules as the owner's deploy makes them; the ARN of the product's layer."""
    client = office.works.cloud.client("lambda")
    iam = office.works.cloud.client("iam")
    iam.create_role(RoleName="x", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    layers = [_layer(office, name) for name in ("deps", "product")]
    for role in roles or PRODUCT:
        client.create_function(
            FunctionName=f"x-{role}",
            Runtime="python3.13",
            Role=ROLE_ARN,
            Handler=f"{role}.handler.handler",
            Code={"ZipFile": _archive()},
            Layers=layers,
        )
        version = client.publish_version(FunctionName=f"x-{role}")["Version"]
        client.create_alias(FunctionName=f"x-{role}", Name="live", FunctionVersion=version)
        _schedule(office, role)
    return layers[1]


def release_again(office: Office, *roles: str) -> None:
    """The owner deploys: her own product layer, new versions, the alias on them."""
    client = office.works.cloud.client("lambda")
    layers = [_layer(office, name) for name in ("deps", "product")]
    for role in roles or PRODUCT:
        client.update_function_configuration(FunctionName=f"x-{role}", Layers=layers)
        version = client.publish_version(FunctionName=f"x-{role}")["Version"]
        client.update_alias(FunctionName=f"x-{role}", Name="live", FunctionVersion=version)


def alias_of(office: Office, role: str) -> str:
    found = office.works.cloud.client("lambda").get_alias(FunctionName=f"x-{role}", Name="live")
    return str(found["FunctionVersion"])


def live_layers(office: Office, role: str, qualifier: str = "live") -> list[str]:
    """The names and versions of the layers of what a schedule fires."""
    client = office.works.cloud.client("lambda")
    found = client.get_function_configuration(FunctionName=f"x-{role}", Qualifier=qualifier)
    return [str(layer["Arn"]).partition(":layer:")[2] for layer in found["Layers"]]


def in_layer(office: Office, layer: str, file: str) -> str:
    """A file of a version of the layer of changes, by the layer's name and number."""
    name, _, number = layer.partition(":")
    described = office.works.cloud.client("lambda").get_layer_version(LayerName=name, VersionNumber=int(number))
    key = str(described["Description"]).rpartition(" ")[2]
    body = office.works.cloud.client("s3").get_object(Bucket="works", Key=key)["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return packed.read(file).decode()


def _layer(office: Office, name: str) -> str:
    made = office.works.cloud.client("lambda").publish_layer_version(LayerName=name, Content={"ZipFile": _archive()})
    return str(made["LayerVersionArn"])


def _schedule(office: Office, role: str) -> None:
    target: dict[str, Any] = {
        "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:x-{role}:live",
        "RoleArn": ROLE_ARN,
        "Input": json.dumps({"role": role}),
    }
    office.works.cloud.client("scheduler").create_schedule(
        GroupName=office.GROUP,
        Name=role,
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )


def _archive() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        packed.writestr("python/nothing.py", "")
    return body.getvalue()
