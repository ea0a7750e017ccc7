"""A stack can be taken back: what a custom resource's function needs to answer outlasts the custom resource."""

from collections.abc import Iterable

from watchbill.cloud.template.translation import CUSTOM, Resource, Stack

NETWORK = "AWS::EC2::"


def test_a_custom_resource_is_deleted_while_its_function_can_still_answer(stack: Stack) -> None:
    custom = {name for name, one in stack.resources.items() if one.type.startswith(CUSTOM)}
    network = {name for name, one in stack.resources.items() if one.type.startswith(NETWORK)}

    left = _left_when_nothing_else_can_go(stack.resources.values(), custom)

    assert custom and all("VpcConfig" in _function(stack, name).properties for name in custom)
    gone = sorted(network - left)
    assert not gone, f"name {', '.join(gone)} in {', '.join(sorted(custom))}: else its function cannot answer Delete"


def _left_when_nothing_else_can_go(resources: Iterable[Resource], waiting: set[str]) -> set[str]:
    """CloudFormation deletes at once whatever nothing needs any more; it waits for the answer of a custom resource."""
    left = {resource.logical_id: resource.needs for resource in resources}
    while free := set(left) - waiting - set().union(*left.values()):
        left = {name: needs for name, needs in left.items() if name not in free}
    return set(left)


def _function(stack: Stack, custom: str) -> Resource:
    return stack.resources[stack.resources[custom].properties["ServiceToken"]["Fn::GetAtt"][0]]
