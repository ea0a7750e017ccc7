"""What ministack 1.5 lacks of AWS, and what stands in for it here. Nothing else of the built template is changed.

| it lacks | what stands in |
| --- | --- |
| alarms of metric math (`FILL`, `SUM`) | they are left out; the desk plays them (tests/cloud/test_alarms) |
| Fn::Split in a condition | each condition is worked out here, and the template says yes or no |
| a layer under /opt | SQL_DIR names the files of the SQL layer; Python finds the other layers by itself |
| `<aws.scheduler.*>` in an event | launch.py fills them in |
| another interpreter than its own | it runs on the runtime's: .venv-emulator is made with Python 3.13 |
| the host's environment kept from functions | it is started with an empty one |
| time zones of schedules | every schedule of ours is in UTC |
| alarms that are evaluated, mail that arrives, SNS's confirmation | not tried here; the desk plays them |
| concurrency, throttling, memory and the network's limits | not tried here |
| rights: every caller may do everything | not tried here; the desk's cloud judges them (tests/cloud/test_rights) |
| refusals while an update is on its way; PublishVersion by RevisionId | tests/support/strict_lambda |
| an alias that is moved to no version is refused | moto does (tests/functions/release) |
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from watchbill.cloud.template.intrinsics import Resolver

RELATIVE = ("CodeUri", "ContentUri")


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (!Ref, !GetAtt, !Sub ...) as the long ones."""


def _long_form(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _long_form)


def template_for_ministack(built: Path, sql: Path, changed: Mapping[str, Path], parameters: Mapping[str, str]) -> str:
    """The built template as ministack takes it. built: the folder of `sam build`; sql: the files of the SQL layer.

    changed: for some functions or layers, by their names in the template, another folder. parameters: of the deploy.
    """
    template = yaml.load((built / "template.yaml").read_text("utf-8"), _Loader)
    _settle_conditions(template, parameters)
    resources: dict[str, Any] = template["Resources"]
    for name in [name for name, one in resources.items() if _is_of_metric_math(one)]:
        del resources[name]
    template["Globals"]["Function"]["Environment"]["Variables"]["SQL_DIR"] = str(sql)
    for name, one in resources.items():
        for key in RELATIVE:
            if isinstance(folder := one.get("Properties", {}).get(key), str):
                one["Properties"][key] = str(changed.get(name, built / folder))
    return yaml.safe_dump(template, sort_keys=False)


def _settle_conditions(template: dict[str, Any], parameters: Mapping[str, str]) -> None:
    defaults = {name: one["Default"] for name, one in template["Parameters"].items() if "Default" in one}
    resolver = Resolver({**defaults, **parameters}, {}, template["Conditions"])
    held = {name: resolver.holds(name) for name in template["Conditions"]}
    template["Conditions"] = {name: {"Fn::Equals": ["yes", "yes" if holds else "no"]} for name, holds in held.items()}


def _is_of_metric_math(resource: dict[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]
