"""What a deployed change published is there again when the desk is opened later, under the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cloud.test_snapshot import opened
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.snapshots.snapshot import VERSIONS, restore, save

NAME = "small-early"


def publish(cloud: LocalAws, content: str) -> str:
    """A version of the layer of changes, and a version of the function with it; the alias fires that."""
    client = cloud.client("lambda")
    arn = client.publish_layer_version(
        LayerName="small-changes", Description=f"C-1 layers/{content}.zip", Content={"ZipFile": content.encode()}
    )["LayerVersionArn"]
    client.update_function_configuration(FunctionName=NAME, Layers=[arn])
    version = client.publish_version(FunctionName=NAME, Description=f"layer {arn}")["Version"]
    client.update_alias(FunctionName=NAME, Name="live", FunctionVersion=version)
    return str(version)


def released(cloud: LocalAws) -> None:
    """The first version and its alias, as the loader makes them."""
    client = cloud.client("lambda")
    version = client.publish_version(FunctionName=NAME)["Version"]
    client.create_alias(FunctionName=NAME, Name="live", FunctionVersion=version)


def state(cloud: LocalAws) -> dict[str, Any]:
    client = cloud.client("lambda")
    versions = [client.get_alias(FunctionName=NAME, Name="live")["FunctionVersion"], "1", "2", "3", "$LATEST"]
    found = {v: client.get_function_configuration(FunctionName=NAME, Qualifier=v) for v in versions}
    layers = {v: [layer["Arn"] for layer in one.get("Layers", [])] for v, one in found.items()}
    described = [
        client.get_layer_version(LayerName="small-changes", VersionNumber=number)["Description"] for number in (1, 2)
    ]
    return {"live": versions[0], "layers": layers, "described": described}


def test_versions_layers_and_aliases_have_their_numbers_again(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        released(cloud)
        publish(cloud, "first")
        publish(cloud, "second")
        cloud.client("lambda").update_alias(FunctionName=NAME, Name="live", FunctionVersion="2")
        before = state(cloud)
        save(cloud, tmp_path / "snapshot")

    with opened(tmp_path) as later:
        released(later)
        restore(later, tmp_path / "snapshot")
        assert state(later) == before
        assert before["live"] == "2"


def test_a_checkout_with_another_product_is_deployed_in_their_place(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        released(cloud)
        publish(cloud, "first")
        save(cloud, tmp_path / "snapshot")

    with opened(tmp_path) as later:
        released(later)
        restore(later, tmp_path / "snapshot", without=[VERSIONS])
        assert later.client("lambda").get_alias(FunctionName=NAME, Name="live")["FunctionVersion"] == "1"


def test_a_company_without_a_deployed_change_keeps_no_version_and_an_older_snapshot_has_none(tmp_path: Path) -> None:
    with opened(tmp_path) as cloud:
        released(cloud)
        save(cloud, tmp_path / "snapshot")
        kept = tmp_path / "snapshot" / "versions.json"
        assert kept.read_text() == ""
        kept.unlink()

    with opened(tmp_path) as later:
        restore(later, tmp_path / "snapshot")
