"""For the loader: infra/template.yaml as the plain resources that AWS would make of it, in an order that works.

The translation (SAM to CloudFormation) is AWS's own library, run offline. Its import takes seconds, so its
result is kept on disk under the hash of what went in; parameters stay references in it, resolved afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from watchbill.cloud.aws import REGION
from watchbill.cloud.intrinsics import references
from watchbill.errors import DeskError

# The translator leaves references to a parameter with such a value alone: it is CloudFormation's own mark for
# "not known yet". So one translation serves every company, database port and release.
_NOT_YET_KNOWN = "{{IntrinsicFunction:watchbill}}"
_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


@dataclass(frozen=True)
class Resource:
    """One resource of the translated template; its properties still refer to others."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    needs: frozenset[str]
    condition: str | None


@dataclass(frozen=True)
class Stack:
    """A translated template: what is to be created, and the parameters' declarations."""

    path: Path
    resources: Mapping[str, Resource]
    parameters: Mapping[str, dict[str, Any]]
    conditions: Mapping[str, Any]

    def waves(self) -> Iterator[list[Resource]]:
        """The resources in groups: everything that a group refers to stands in an earlier one."""
        sorter = TopologicalSorter({name: resource.needs for name, resource in self.resources.items()})
        try:
            sorter.prepare()
        except CycleError as error:
            raise DeskError(
                f"{self.path}: these refer to each other in a ring: {' -> '.join(error.args[1])}"
            ) from error
        while sorter.is_active():
            ready = sorter.get_ready()
            yield [self.resources[name] for name in ready]
            sorter.done(*ready)


def read_stack(path: Path, cache: Path) -> Stack:
    """The template at `path`, translated; `cache` is a folder for the results of earlier translations."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeskError(f"{path}: cannot be read: {error}") from error
    return _stack(path, _cached(text, cache) or _translate_and_keep(path, text, cache))


def resolve_parameters(stack: Stack, given: Mapping[str, str]) -> dict[str, Any]:
    """Every parameter's value: as given, or the template's default; refused where CloudFormation would."""
    unknown = sorted(set(given) - set(stack.parameters))
    if unknown:
        raise DeskError(f"{stack.path}: has no parameter {', '.join(unknown)}")
    return {name: _parameter(stack.path, name, rule, given) for name, rule in stack.parameters.items()}


def _parameter(path: Path, name: str, rule: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    value = given.get(name, rule.get("Default"))
    if value is None:
        raise DeskError(f"{path}: parameter {name} has no default and was not given")
    if "AllowedValues" in rule and value not in rule["AllowedValues"]:
        raise DeskError(f"{path}: parameter {name} is {value!r}; allowed: {', '.join(map(str, rule['AllowedValues']))}")
    if "AllowedPattern" in rule and re.fullmatch(rule["AllowedPattern"], str(value)) is None:
        reason = rule.get("ConstraintDescription", f"must match {rule['AllowedPattern']}")
        raise DeskError(f"{path}: parameter {name} is {value!r}; {reason}")
    return value


def _key(text: str) -> str:
    made_of = f"{version('aws-sam-translator')}\n{_NOT_YET_KNOWN}\n{text}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]


def _cached(text: str, cache: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads((cache / f"{_key(text)}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document


def _translate_and_keep(path: Path, text: str, cache: Path) -> dict[str, Any]:
    document = _translate(path, _parse(path, text))
    cache.mkdir(parents=True, exist_ok=True)
    fresh = cache / f"{_key(text)}.{os.getpid()}.tmp"
    fresh.write_text(json.dumps(document), encoding="utf-8")
    fresh.replace(cache / f"{_key(text)}.json")
    return document


def _parse(path: Path, text: str) -> dict[str, Any]:
    import yaml
    from samtranslator.yaml_helper import yaml_parse

    try:
        document: dict[str, Any] = yaml_parse(text)
    except yaml.YAMLError as error:
        raise DeskError(f"{path}: is not YAML: {error}") from error
    resources = document.get("Resources") if isinstance(document, dict) else None
    if not isinstance(resources, dict) or not resources:
        raise DeskError(f"{path}: has no Resources")
    for name, resource in resources.items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise DeskError(f"{path}: {name} has no Type")
    return document


def _translate(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """With a region given: the translator would otherwise look for one in the owner's AWS profile."""
    import boto3
    from samtranslator.model.exceptions import InvalidDocumentException, InvalidTemplateException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    _uploaded(document)
    values = dict.fromkeys(document.get("Parameters") or {}, _NOT_YET_KNOWN)
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    try:
        translated: dict[str, Any] = translator.translate(document, values)
    except InvalidDocumentException as error:
        raise DeskError(f"{path}: {'; '.join(cause.message for cause in error.causes)}") from error
    except InvalidTemplateException as error:
        raise DeskError(f"{path}: {error.message}") from error
    return translated


def _uploaded(document: dict[str, Any]) -> None:
    """Say of each folder of code that it is in S3, as `sam package` would: local paths are refused."""
    uses_globals = document.get("Globals", {}).get("Function", {})
    if isinstance(uses_globals.get("CodeUri"), str):
        uses_globals["CodeUri"] = {"Bucket": "desk", "Key": uses_globals["CodeUri"]}
    for resource in document["Resources"].values():
        properties, key = resource.get("Properties") or {}, _CODE.get(resource["Type"])
        if key and isinstance(properties.get(key), str):
            properties[key] = {"Bucket": "desk", "Key": properties[key]}


def _stack(path: Path, document: dict[str, Any]) -> Stack:
    declared = document["Resources"]
    return Stack(
        path=path,
        resources={name: _resource(path, name, body, declared) for name, body in declared.items()},
        parameters=document.get("Parameters") or {},
        conditions=document.get("Conditions") or {},
    )


def _resource(path: Path, name: str, body: dict[str, Any], declared: Mapping[str, Any]) -> Resource:
    properties = body.get("Properties") or {}
    explicit = body.get("DependsOn") or []
    explicit = [explicit] if isinstance(explicit, str) else explicit
    missing = sorted(set(explicit) - set(declared))
    if missing:
        raise DeskError(f"{path}: {name} depends on {', '.join(missing)}, which the template does not have")
    needs = frozenset((set(explicit) | references(properties)) & set(declared))
    return Resource(
        logical_id=name, type=body["Type"], properties=properties, needs=needs, condition=body.get("Condition")
    )
