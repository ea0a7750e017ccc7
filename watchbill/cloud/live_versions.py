"""What the alias `live` of each function points to: the desk runs that version with its layers, as AWS would.

A function whose alias nobody has moved runs what the template deployed. A version with a layer of another name than the
template's runs that layer's content in the place of the product's; the content is in the bucket under the key that the
layer's description names.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.runtime import FunctionSpec, Runtime
from watchbill.cloud.template.loader import Deployed, DeployedFunction

ALIAS = "live"


class LiveVersions:
    """Before a run: a function whose alias was moved since is defined anew, so that its next run is a cold start."""

    def __init__(self, cloud: LocalAws, deployed: Deployed, runtime: Runtime, folder: Path) -> None:
        self._cloud, self._deployed, self._runtime, self._folder = cloud, deployed, runtime, folder
        self._seeded = set(deployed.refs("AWS::Lambda::LayerVersion"))
        aliased = {arn.split(":")[6] for arn in deployed.refs("AWS::Lambda::Alias")}
        self._functions = [function for function in deployed.functions if function.name in aliased]
        self._running: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._changes_read = self._changes()

    def follow(self, name: str) -> None:
        """Reads the aliases again when one may have moved; of another emulator than moto the named one, each time."""
        changes = self._changes()
        if changes is None:
            self._read([function for function in self._functions if function.name == name])
        elif changes != self._changes_read:
            self._changes_read = changes
            self._read(self._functions)

    def _changes(self) -> int | None:
        return self._cloud.change_counter.alias_changes if self._cloud.change_counter else None

    def _read(self, functions: list[DeployedFunction]) -> None:
        for function in functions:
            found = self._cloud.client("lambda").get_function_configuration(FunctionName=function.name, Qualifier=ALIAS)
            others = tuple(layer["Arn"] for layer in found.get("Layers", []) if layer["Arn"] not in self._seeded)
            running = (found["Version"], others)
            if others != self._running.get(function.name, ("", ()))[1]:
                self._runtime.define(self._spec(function.spec, *running))
            self._running[function.name] = running

    def _spec(self, spec: FunctionSpec, version: str, others: tuple[str, ...]) -> FunctionSpec:
        """The spec with the content of each layer that the template does not have; without any it is the template's."""
        if not others:
            return spec
        folders = [self._content(arn) for arn in others]
        replaced = {path.name: folder for folder in folders for path in folder.iterdir()}
        return replace(spec, version=version, replaced_layers=replaced)

    def _content(self, arn: str) -> Path:
        """The unpacked content of a layer's version, from the bucket."""
        *_, name, number = arn.split(":")
        described = self._cloud.client("lambda").get_layer_version(LayerName=name, VersionNumber=int(number))
        key = str(described["Description"]).rpartition(" ")[2]
        folder = self._folder / Path(key).stem
        if not folder.exists():
            body = self._cloud.client("s3").get_object(Bucket=self._deployed.bucket, Key=key)["Body"].read()
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                packed.extractall(folder)
        return folder / "python"
