"""What a resource of the template is created in, and what it is afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watchbill.cloud.aws import LocalAws

Properties = dict[str, Any]


@dataclass(frozen=True)
class CreatedResource:
    """A created resource: the values of Ref and Fn::GetAtt."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StackTarget:
    """Where resources are created: the cloud, and the stack, whose name starts the names of unnamed resources."""

    cloud: LocalAws
    stack_name: str

    def name_for(self, logical_id: str) -> str:
        return f"{self.stack_name}-{logical_id}"


def taken(properties: Properties, *names: str) -> Properties:
    return {name: properties.pop(name) for name in names if name in properties}
