"""The company's template with another product's parts in place of the shipped product's.

infra/template.yaml is the company with the product that it ships, and can be deployed unchanged. Another product has
its parts in infra/<product>.yaml, which upstream never changes; both together are the template of that company. What
belongs to other products is removed: their machines (by their records), log groups, alarm metrics, layer and the
parameters of their feeds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from company.json_values import JsonObject
from company.records import Record, read_staff
from company.text.files import read_utf8
from company.vertical import Vertical
from watchbill.cloud.template.intrinsics import references
from watchbill.errors import DeskError
from watchbill.home import TEMPLATE, default_vertical

Resources = dict[str, JsonObject]
FUNCTION, LAYER, ALARM = "AWS::Serverless::Function", "AWS::Serverless::LayerVersion", "AWS::CloudWatch::Alarm"
OF_THE_COMPANY = {"deps", "company", "sql", "functions"}


def template_of(checkout: Path, product: Vertical, folder: Path) -> Path:
    """The template that deploys this product: the shipped one, or one written into a folder."""
    if product.name == default_vertical():
        return TEMPLATE
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"template.{product.name}.yaml"
    written.write_text(composed(checkout, product), encoding="utf-8")
    return written


BY_ALIAS = {
    "AutoPublishAlias": "live",
    "AutoPublishAliasAllProperties": True,
    "VersionDescription": {"Fn::GetAtt": ["Migration", "Answers"]},
}
"""Of each function of a product, as of those that it shares: build_auditor deploys to what is fired by the alias."""


def composed(checkout: Path, product: Vertical) -> str:
    """The whole template as plain YAML, for the desk and for `sam build --template-file`."""
    part = checkout / "infra" / f"{product.name}.yaml"
    if not part.is_file():
        raise DeskError(f"infra/{product.name}.yaml is missing: it holds the functions of {product.title}.")
    whole, own = _read(checkout / "infra" / "template.yaml"), _read(part)
    staff = read_staff(checkout / "functions")
    removed = _take_out(whole, staff, product.name)
    _put_in(whole, own, part, product, removed)
    _alarms(whole["Resources"], own["Resources"], staff, removed)
    _require_whole(whole, part)
    head = f"# Written by `watchbill template` from infra/template.yaml and {part.name}; change those.\n"
    return head + yaml.safe_dump(whole, sort_keys=False, width=120)


def _read(path: Path) -> JsonObject:
    from samtranslator.yaml_helper import yaml_parse

    try:
        document: JsonObject = json.loads(json.dumps(yaml_parse(read_utf8(path))))
    except (yaml.YAMLError, TypeError) as error:
        raise DeskError(f"{path}: is not YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise DeskError(f"{path}: has no Resources")
    return document


def role_of(resource: JsonObject) -> str | None:
    """The role of a function resource."""
    variables = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
    role = variables.get("ROLE") if resource.get("Type") == FUNCTION else None
    return role if isinstance(role, str) else None


def _take_out(whole: JsonObject, staff: Mapping[str, Record], product: str) -> set[str]:
    """Removes other products' layers, machines and log groups; returns their logical ids."""
    resources: Resources = whole["Resources"]
    foreign_roles = {role for role, record in staff.items() if record.product not in (None, product)}
    removed = {name for name, resource in resources.items() if role_of(resource) in foreign_roles}
    removed |= {resources[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for name in removed}
    removed |= {name for name, resource in resources.items() if _is_products_layer(resource)}
    for name in removed:
        del resources[name]
    return removed


def _is_products_layer(resource: JsonObject) -> bool:
    return resource["Type"] == LAYER and Path(resource["Properties"]["ContentUri"]).name not in OF_THE_COMPANY


def _put_in(whole: JsonObject, own: JsonObject, part: Path, product: Vertical, removed: set[str]) -> None:
    """Adds the product's parts; a name that the company uses already is an error."""
    layer = f"{_camel(product.name)}Layer"
    is_built = (part.parents[1] / "layers" / product.name / "Makefile").is_file()
    made = {
        "Type": LAYER,
        **({"Metadata": {"BuildMethod": "makefile"}} if is_built else {}),
        "Properties": {"ContentUri": f"../layers/{product.name}", "CompatibleRuntimes": ["python3.13"]},
    }
    added = {layer: {**made, "Properties": {**made["Properties"], "RetentionPolicy": "Delete"}}, **own["Resources"]}  # type: ignore[dict-item]
    taken = sorted(set(added) & set(whole["Resources"]))
    if taken:
        raise DeskError(f"{part}: {', '.join(taken)} exists in infra/template.yaml already; give it another name.")
    for function in (one for one in own["Resources"].values() if role_of(one)):
        function["Properties"] = {**BY_ALIAS, **function["Properties"]}
    whole["Resources"].update(added)
    whole["Parameters"].update(own.get("Parameters") or {})
    whole["Parameters"]["Company"]["Default"] = product.name
    shared = whole["Globals"]["Function"]
    shared["Environment"]["Variables"]["VERTICAL"] = product.name
    for holder in (shared, whole["Resources"]["Migration"]["Properties"]):
        kept = [one for one in holder["Layers"] if one["Ref"] in whole["Resources"]]
        holder["Layers"] = [*kept[:2], {"Ref": layer}, *kept[2:]]
    for name, resource in whole["Resources"].items():
        whole["Resources"][name] = _with_layer(resource, removed, layer)


def _with_layer(part: Any, removed: set[str], layer: str) -> Any:
    """The part with the product's layer wherever the shipped product's stood: in rights and in variables."""
    if isinstance(part, list):
        return [_with_layer(one, removed, layer) for one in part]
    if not isinstance(part, dict):
        return part
    if set(part) == {"Ref"} and part["Ref"] in removed and str(part["Ref"]).endswith("Layer"):
        return {"Ref": layer}
    return {name: _with_layer(one, removed, layer) for name, one in part.items()}


def _alarms(resources: Resources, own: Resources, staff: Mapping[str, Record], removed: set[str]) -> None:
    """Removed functions leave the alarms; each new one is added to its manager's alarm."""
    alarms = [
        one["Properties"]["Metrics"]
        for one in resources.values()
        if one["Type"] == ALARM and "Metrics" in one["Properties"]
    ]
    for metrics in alarms:
        metrics[:] = [metric for metric in metrics if not references(metric) & removed]
    for name, resource in own.items():
        role = role_of(resource)
        if role is None:
            continue
        if role not in staff:
            raise DeskError(f"{name} runs the role {role}, but there is no folder functions/{role}.")
        domain = next((m for m in alarms if any(metric["Id"] == staff[role].reports_to for metric in m)), None)
        if domain is None:
            raise DeskError(f"{role} reports to {staff[role].reports_to}, whose functions have no alarm.")
        domain.append(_errors_of(role, name))


def _errors_of(role: str, name: str) -> JsonObject:
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": name}}],
    }
    return {"Id": role, "ReturnData": False, "MetricStat": {"Stat": "Sum", "Period": 3600, "Metric": metric}}


def _require_whole(whole: JsonObject, part: Path) -> None:
    resources: Resources = whole["Resources"]
    # SAM makes this one of a function's own property.
    urls = {f"{name}Url" for name, one in resources.items() if "FunctionUrlConfig" in one.get("Properties", {})}
    declared = {*resources, *whole["Parameters"], *urls}
    missing = {name for name in references(whole) if not name.startswith("AWS::")} - declared
    if missing:
        raise DeskError(f"{part}: {', '.join(sorted(missing))} is referred to but not declared.")


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
