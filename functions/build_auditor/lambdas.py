"""The product's functions on Lambda: those whose schedules invoke the alias `live`; each call repeats without harm."""

import json
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from company.errors import CompanyError, ToolError
from company.fire.fire import Fire

ALIAS = "live"
KEY = "layers/{sha256}.zip"
POLL_SECONDS = 0.5
OF_ANOTHER = ("ResourceConflictException", "PreconditionFailedException")
"""What Lambda answers while another call's update of a function is on its way, or where an alias is not as read."""


@dataclass(frozen=True)
class LiveFunction:
    """A function, its role, the version that its alias points to, and that version's layers."""

    name: str
    role: str
    version: str
    layers: tuple[str, ...]


class AnotherDeploys(CompanyError):
    """Another deploy has moved an alias, or is at work on a function; it wins."""


def live_functions(fire: Fire) -> list[LiveFunction]:
    """Every function that a schedule of the company invokes by its alias, in the order of names."""
    scheduler, group = fire.cloud.client("scheduler"), fire.settings.schedule_group
    found: dict[str, str] = {}  # the role by the function
    for page in scheduler.get_paginator("list_schedules").paginate(GroupName=group):
        for item in page["Schedules"]:
            target = scheduler.get_schedule(GroupName=group, Name=item["Name"])["Target"]
            name, alias = _invoked(target["Arn"])
            if alias == ALIAS:
                found[name] = json.loads(target["Input"])["role"]
    return [_live(fire, name, role) for name, role in sorted(found.items())]


def _invoked(arn: str) -> tuple[str, str]:
    """('x-check', 'live') of arn:aws:lambda:region:account:function:x-check:live."""
    name, _, alias = arn.partition(":function:")[2].partition(":")
    return name, alias


def _live(fire: Fire, name: str, role: str) -> LiveFunction:
    found = fire.cloud.client("lambda").get_function_configuration(FunctionName=name, Qualifier=ALIAS)
    return LiveFunction(name, role, found["Version"], _layers(found))


def version_of(fire: Fire, name: str) -> str:
    """The version that the alias of a function points to now; '' where a deploy has removed the function."""
    client = fire.cloud.client("lambda")
    try:
        return str(client.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"])
    except client.exceptions.ResourceNotFoundException:
        return ""


def layers_of(fire: Fire, name: str, version: str = ALIAS) -> tuple[str, ...]:
    """The layers of a version; none where a deploy has removed the function."""
    client = fire.cloud.client("lambda")
    try:
        return _layers(client.get_function_configuration(FunctionName=name, Qualifier=version))
    except client.exceptions.ResourceNotFoundException:
        return ()


def publish_layer(fire: Fire, change_id: int, body: bytes, sha256: str) -> str:
    """The ARN of a new version of the layer of changes; its bytes are in the bucket before it is published."""
    key = KEY.format(sha256=sha256)
    fire.cloud.client("s3").put_object(Bucket=fire.settings.bucket, Key=key, Body=body)
    made = fire.cloud.client("lambda").publish_layer_version(
        LayerName=layer_name(fire),
        Description=f"C-{change_id} {key}",
        Content={"S3Bucket": fire.settings.bucket, "S3Key": key},
    )
    return str(made["LayerVersionArn"])


def refusal_of_aws() -> type[Exception]:
    """What AWS raises when it refuses a call for good; a busy service was asked again already."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  a fire with nothing to deploy needs none of it

    return ClientError


def layer_name(fire: Fire) -> str:
    return f"{fire.settings.company}-changes"


def publish_version(fire: Fire, function: LiveFunction, layer_arn: str) -> str:
    """Points a function's newest code to the layer and publishes it; the alias is where it was."""
    client = fire.cloud.client("lambda")
    _set_layers(fire, function.name, [_replaced(fire, layer, layer_arn) for layer in function.layers])
    with _another_wins(function.name):
        published = client.publish_version(FunctionName=function.name, Description=f"layer {layer_arn}"[:256])
    return str(published["Version"])


def move_alias(fire: Fire, name: str, version: str, *, seen: Collection[str]) -> None:
    """From here on the schedules fire this version. AnotherDeploys when the alias is at none of the versions seen.

    AWS compares what was read with what is there, so a deploy that comes in between wins.
    """
    client = fire.cloud.client("lambda")
    alias = client.get_alias(FunctionName=name, Name=ALIAS)
    if alias["FunctionVersion"] == version:
        return
    if alias["FunctionVersion"] not in seen:
        raise AnotherDeploys(f"{name} fires version {alias['FunctionVersion']}, which another has deployed")
    read = {"RevisionId": alias["RevisionId"]} if alias.get("RevisionId") else {}
    with _another_wins(name):
        client.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version, **read)


@contextmanager
def _another_wins(name: str) -> Iterator[None]:
    """Raises AnotherDeploys where Lambda says that somebody else changes the function, or has changed its alias."""
    try:
        yield
    except refusal_of_aws() as error:
        if getattr(error, "response", {}).get("Error", {}).get("Code") in OF_ANOTHER:
            raise AnotherDeploys(f"another deploy is at work on {name}: {error}") from error
        raise


def replace_layer(fire: Fire, function: LiveFunction, version: str) -> str:
    """A new version with the product's layer of an earlier version, and all else as it fires now; it is published."""
    own = (layer_name(fire), _name_of(fire.settings.product_layer))
    [layer] = [layer for layer in layers_of(fire, function.name, version) if _name_of(layer) in own]
    return publish_version(fire, function, layer)


def restore_newest(fire: Fire, name: str) -> None:
    """What the alias does not invoke, of which the next version is made, has the layers of what it invokes."""
    if layers := layers_of(fire, name):
        _set_layers(fire, name, list(layers))


def _replaced(fire: Fire, layer: str, by: str) -> str:
    """The product's layer, or an earlier version of the layer of changes, makes room; the others stay."""
    name = _name_of(layer)
    product = _name_of(fire.settings.product_layer)
    return by if name in (layer_name(fire), product) else layer


def _name_of(arn: str) -> str:
    """'x-changes' of arn:aws:lambda:region:account:layer:x-changes:3."""
    return arn.partition(":layer:")[2].partition(":")[0]


def _layers(configuration: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(layer["Arn"]) for layer in configuration.get("Layers", []))


def _set_layers(fire: Fire, name: str, layers: list[str]) -> None:
    """Waits until Lambda has taken it: a version that is published before has the layers of before."""
    client = fire.cloud.client("lambda")
    if list(_layers(client.get_function_configuration(FunctionName=name))) == layers:
        return
    with _another_wins(name):
        client.update_function_configuration(FunctionName=name, Layers=layers)
    while (state := client.get_function_configuration(FunctionName=name)).get("LastUpdateStatus") == "InProgress":
        fire.budget.require_time()
        time.sleep(POLL_SECONDS)
    if state.get("LastUpdateStatus") == "Failed":
        raise ToolError(f"Lambda did not take the layers of {name}: {state.get('LastUpdateStatusReason')}")
