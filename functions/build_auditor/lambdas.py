"""The product's functions on Lambda: those whose schedules invoke the alias `live`; each call repeats without harm."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from build_auditor.updates import (
    AnotherDeploys,
    another_wins,
    as_read,
    configuration,
    layers_in,
    set_layers,
    wait_until_active,
)
from company.fire.fire import Fire

ALIAS, NEWEST = "live", "$LATEST"
KEY = "layers/{sha256}.zip"


@dataclass(frozen=True)
class LiveFunction:
    """A function, its role, and what its alias fires: the version, its layers, and the digest of its code."""

    name: str
    role: str
    version: str
    layers: tuple[str, ...]
    code_sha256: str


def live_functions(fire: Fire) -> list[LiveFunction]:
    """Every function that a schedule of the company invokes by its alias, in the order of names."""
    scheduler, group = fire.cloud.client("scheduler"), fire.settings.schedule_group
    found: dict[str, str] = {}  # the role by the function
    for page in scheduler.get_paginator("list_schedules").paginate(GroupName=group):
        for item in page["Schedules"]:
            try:
                target = scheduler.get_schedule(GroupName=group, Name=item["Name"])["Target"]
            except scheduler.exceptions.ResourceNotFoundException:
                continue  # a one-off that has fired between the listing and now
            name, alias = _invoked(target["Arn"])
            if alias == ALIAS:
                found[name] = json.loads(target["Input"])["role"]
    return [live_function(fire, name, role) for name, role in sorted(found.items())]


def _invoked(arn: str) -> tuple[str, str]:
    """('x-check', 'live') of arn:aws:lambda:region:account:function:x-check:live."""
    name, _, alias = arn.partition(":function:")[2].partition(":")
    return name, alias


def live_function(fire: Fire, name: str, role: str) -> LiveFunction:
    """What the alias of a function fires now."""
    found = configuration(fire, name, Qualifier=ALIAS)
    return LiveFunction(name, role, found["Version"], layers_in(found), found["CodeSha256"])


def require_nothing_half_deployed(fire: Fire, live: LiveFunction) -> None:
    """AnotherDeploys where the newest code and layers, of which a version is made, are not those that are fired.

    Somebody's deploy has changed them and has not published them: its half would be published with the change. The
    product's own layer may differ: a deployment that goes on has changed it itself.
    """
    newest = configuration(fire, live.name)
    if newest["CodeSha256"] != live.code_sha256 or _others(fire, layers_in(newest)) != _others(fire, live.layers):
        raise AnotherDeploys(f"the newest code or layers of {live.name} are not what it fires: a deploy is half done")


def _others(fire: Fire, layers: Collection[str]) -> list[str]:
    own = _own_layers(fire)
    return [layer for layer in layers if _name_of(layer) not in own]


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
        return layers_in(client.get_function_configuration(FunctionName=name, Qualifier=version))
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


def layer_name(fire: Fire) -> str:
    return f"{fire.settings.company}-changes"


def publish_version(fire: Fire, function: LiveFunction, layer_arn: str) -> str:
    """Points a function's newest code to the layer and publishes it; the alias is where it was.

    Nobody is to fire it before it is Active; AnotherDeploys when somebody else changes the function meanwhile.
    """
    client = fire.cloud.client("lambda")
    replaced = [layer_arn if _name_of(layer) in _own_layers(fire) else layer for layer in function.layers]
    read = set_layers(fire, function.name, replaced)
    with another_wins(function.name):
        published = client.publish_version(FunctionName=function.name, Description=f"layer {layer_arn}"[:256], **read)
    version = str(published["Version"])
    wait_until_active(fire, function.name, version)
    return version


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
    with another_wins(name):
        client.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version, **as_read(alias))


def replace_layer(fire: Fire, function: LiveFunction, version: str) -> str:
    """A new version with the product's layer of an earlier version, and all else as it fires now; it is published.

    CloudFormation deletes a version that it has replaced. It was the release's own, and so had the release's layer.
    """
    before = [layer for layer in layers_of(fire, function.name, version) if _name_of(layer) in _own_layers(fire)]
    return publish_version(fire, function, before[0] if before else fire.settings.product_layer)


def restore_newest(fire: Fire, name: str, layer_arn: str) -> None:
    """What the alias does not invoke, of which the next version is made, loses this layer for what the alias has.

    Nothing else of it is touched: it may be half of somebody's deploy.
    """
    live = [layer for layer in layers_of(fire, name) if _name_of(layer) in _own_layers(fire)]
    newest = layers_of(fire, name, NEWEST)
    if live and layer_arn in newest:
        set_layers(fire, name, [live[0] if layer == layer_arn else layer for layer in newest])


def _own_layers(fire: Fire) -> tuple[str, str]:
    """The names of the layers that are the product's package: the release's, and that of changes."""
    return layer_name(fire), _name_of(fire.settings.product_layer)


def _name_of(arn: str) -> str:
    """'x-changes' of arn:aws:lambda:region:account:layer:x-changes:3."""
    return arn.partition(":layer:")[2].partition(":")[0]
