"""infra/template.yaml as the plain resources that AWS makes of it, in an order in which they can be created.

The translation (SAM to CloudFormation) uses AWS's own library offline. Its import takes seconds, so its result is
stored on disk under the hash of its input; parameters stay references and are resolved afterwards.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import version
from pathlib import Path

from company.json_values import JsonObject
from company.text.files import read_utf8
from watchbill.cloud.account import REGION
from watchbill.cloud.template.intrinsics import references
from watchbill.errors import DeskError
from watchbill.scratch import new_scratch

# The translator does not resolve a parameter with such a value: it is CloudFormation's mark for "not known yet".
# So one translation serves every company, database port and release.
_NOT_YET_KNOWN = "{{IntrinsicFunction:watchbill}}"
CUSTOM = "Custom::"
"""How the type of a resource begins that a function of ours creates."""
_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


@dataclass(frozen=True)
class Resource:
    """One resource of the translated template; its properties still refer to others."""

    logical_id: str
    type: str
    properties: JsonObject
    needs: frozenset[str]
    condition: str | None


@dataclass(frozen=True)
class Stack:
    """A translated template: the resources to create, and the declarations of its parameters."""

    path: Path
    resources: Mapping[str, Resource]
    parameters: Mapping[str, JsonObject]
    conditions: JsonObject

    def in_order(self) -> list[Resource]:
        """Everything that a resource refers to is before it; what custom resources need, and they, come first."""
        sorter = TopologicalSorter({name: sorted(resource.needs) for name, resource in self.resources.items()})
        try:
            names = list(sorter.static_order())
        except CycleError as error:
            raise DeskError(
                f"{self.path}: these refer to each other in a circle: {' -> '.join(error.args[1])}"
            ) from error
        early = set[str]()
        for name in reversed(names):
            if name in early or self.resources[name].type.startswith(CUSTOM):
                early |= {name, *self.resources[name].needs}
        return [self.resources[name] for name in sorted(names, key=lambda name: name not in early)]


def read_stack(path: Path, cache: Path) -> Stack:
    """The translated template at `path`; `cache` is a folder with the results of earlier translations."""
    text = read_utf8(path)
    return _stack(path, _cached(text, cache) or _translate_and_keep(path, text, cache))


def resolve_parameters(stack: Stack, given: Mapping[str, str]) -> dict[str, object]:
    """Every parameter's value: the given one, or the template's default. Refuses what CloudFormation would refuse."""
    unknown = sorted(set(given) - set(stack.parameters))
    if unknown:
        raise DeskError(f"{stack.path}: has no parameter {', '.join(unknown)}")
    return {name: _parameter(stack.path, name, rule, given) for name, rule in stack.parameters.items()}


def _parameter(path: Path, name: str, rule: JsonObject, given: Mapping[str, str]) -> object:
    value: object = given.get(name, rule.get("Default"))
    if value is None:
        raise DeskError(f"{path}: parameter {name} has no default and was not given")
    if "AllowedValues" in rule and value not in rule["AllowedValues"]:
        raise DeskError(f"{path}: parameter {name} is {value!r}; allowed: {', '.join(map(str, rule['AllowedValues']))}")
    if "AllowedPattern" in rule and re.fullmatch(rule["AllowedPattern"], str(value)) is None:
        reason = rule.get("ConstraintDescription", f"must match {rule['AllowedPattern']}")
        raise DeskError(f"{path}: parameter {name} is {value!r}; {reason}")
    return value


def _key(text: str) -> str:
    key = f"{version('aws-sam-translator')}\n{_NOT_YET_KNOWN}\n{text}"
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _cached(text: str, cache: Path) -> JsonObject | None:
    try:
        document: JsonObject = json.loads((cache / f"{_key(text)}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document


def _translate_and_keep(path: Path, text: str, cache: Path) -> JsonObject:
    document = _translate(path, _parse(path, text))
    cache.mkdir(parents=True, exist_ok=True)
    with new_scratch(cache, "draft-") as draft:
        fresh = draft / "translation.json"
        fresh.write_text(json.dumps(document), encoding="utf-8")
        fresh.replace(cache / f"{_key(text)}.json")
    return document


def _parse(path: Path, text: str) -> JsonObject:
    import yaml
    from samtranslator.yaml_helper import yaml_parse

    try:
        document: JsonObject = yaml_parse(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise DeskError(f"{path}: is not YAML: {error}") from error
    resources = document.get("Resources") if isinstance(document, dict) else None
    if not isinstance(resources, dict) or not resources:
        raise DeskError(f"{path}: has no Resources")
    for name, resource in resources.items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise DeskError(f"{path}: {name} has no Type")
    for part in ("Parameters", "Globals", "Conditions"):
        if not isinstance(document.get(part, {}), dict):
            raise DeskError(f"{path}: {part} is not a mapping")
    return document


def _translate(path: Path, document: JsonObject) -> JsonObject:
    """With a region: otherwise the translator would look for one in the owner's AWS profile."""
    import boto3
    from samtranslator.model.exceptions import InvalidDocumentException, InvalidTemplateException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    _mark_code_as_uploaded(document)
    values = dict.fromkeys(document.get("Parameters") or {}, _NOT_YET_KNOWN)
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    try:
        translated: JsonObject = translator.translate(document, values)
    except InvalidDocumentException as error:
        raise DeskError(f"{path}: {'; '.join(cause.message for cause in error.causes)}") from error
    except InvalidTemplateException as error:
        raise DeskError(f"{path}: {error.message}") from error
    return translated


def _mark_code_as_uploaded(document: JsonObject) -> None:
    """Replaces each local code folder by an S3 location, as `sam package` would: local paths are refused."""
    uses_globals = document.get("Globals", {}).get("Function", {})
    if isinstance(uses_globals.get("CodeUri"), str):
        uses_globals["CodeUri"] = {"Bucket": "desk", "Key": uses_globals["CodeUri"]}
    for resource in document["Resources"].values():
        properties, key = resource.get("Properties") or {}, _CODE.get(resource["Type"])
        if key and isinstance(properties.get(key), str):
            properties[key] = {"Bucket": "desk", "Key": properties[key]}


def _stack(path: Path, document: JsonObject) -> Stack:
    declared = document["Resources"]
    return Stack(
        path=path,
        resources={name: _resource(path, name, body, declared) for name, body in declared.items()},
        parameters=document.get("Parameters") or {},
        conditions=document.get("Conditions") or {},
    )


def _resource(path: Path, name: str, body: JsonObject, declared: JsonObject) -> Resource:
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
