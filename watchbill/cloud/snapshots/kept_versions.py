"""Lambda's versions in a snapshot: what a deployed change has published, and which of it the aliases fire.

A cloud that the loader has filled has each function's first version; the others are published again, in their order, so
that each has the number that the brain knows it by.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from company.json_values import JsonObject
from watchbill.cloud.aws import AwsClient, LocalAws

CHANGES = "-changes"
"""How the name of a company's layer of changes ends."""


def read_versions(cloud: LocalAws, _: Path) -> list[JsonObject]:
    """A row for each version of a layer of changes, then one for each function that has such a layer."""
    client = cloud.client("lambda")
    layers = [layer["LayerName"] for layer in client.list_layers()["Layers"] if layer["LayerName"].endswith(CHANGES)]
    if not layers:
        return []
    return [*_layers(client, layers), *_functions(client)]


def restore_versions(cloud: LocalAws, _: Path, rows: list[JsonObject]) -> None:
    """Publishes them again. The content of the layers is in the bucket already."""
    client = cloud.client("lambda")
    for row in rows:
        if "layer" in row:
            client.publish_layer_version(
                LayerName=row["layer"], Description=row["description"], Content={"ZipFile": b"kept in the bucket"}
            )
        else:
            _restore_function(client, row)


def _layers(client: AwsClient, names: list[str]) -> Iterator[JsonObject]:
    for name in names:
        versions = client.list_layer_versions(LayerName=name)["LayerVersions"]
        for version in sorted(versions, key=lambda one: int(one["Version"])):
            yield {"layer": name, "description": version["Description"]}


def _functions(client: AwsClient) -> Iterator[JsonObject]:
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            if any(layer.split(":")[6].endswith(CHANGES) for layer in _layers_of(function)):
                yield _function(client, function)


def _function(client: AwsClient, newest: JsonObject) -> JsonObject:
    name = newest["FunctionName"]
    listed = client.list_versions_by_function(FunctionName=name)["Versions"]
    published = sorted((one for one in listed if one["Version"] != "$LATEST"), key=lambda one: int(one["Version"]))
    aliases = client.list_aliases(FunctionName=name)["Aliases"]
    return {
        "function": name,
        "versions": [{"layers": _layers_of(one), "description": one.get("Description", "")} for one in published],
        "newest": _layers_of(newest),
        "aliases": {alias["Name"]: alias["FunctionVersion"] for alias in aliases},
    }


def _layers_of(configuration: JsonObject) -> list[str]:
    return [layer["Arn"] for layer in configuration.get("Layers", [])]


def _restore_function(client: AwsClient, row: JsonObject) -> None:
    name = row["function"]
    listed = client.list_versions_by_function(FunctionName=name)["Versions"]
    there = sum(one["Version"] != "$LATEST" for one in listed)
    for version in row["versions"][there:]:
        client.update_function_configuration(FunctionName=name, Layers=version["layers"])
        client.publish_version(FunctionName=name, Description=version["description"])
    client.update_function_configuration(FunctionName=name, Layers=row["newest"])
    for alias, version in row["aliases"].items():
        client.update_alias(FunctionName=name, Name=alias, FunctionVersion=version)
