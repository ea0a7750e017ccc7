"""CloudFormation's intrinsic functions, as far as this project's template uses them.

An unknown intrinsic, or a reference to nothing, is an error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from company.json_values import JsonObject

_IN_SUB = re.compile(r"\$\{(!?)([^}]+)\}")
NOTHING = object()  # what AWS::NoValue resolves to: the key or element that holds it disappears


Pair = str | tuple[str, str]
"""Fn::GetAtt takes ["Name", "Attribute"] or "Name.Attribute"."""
Substitution = str | tuple[str, JsonObject]
"""Fn::Sub takes a text, or a text with values of its own."""


class Unresolved(Exception):
    """A reference or an intrinsic that cannot be resolved; the message says which."""


def references(value: object) -> set[str]:
    """Every name that the value refers to, resources and parameters alike."""
    if isinstance(value, list):
        return set().union(*map(references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(references, value.values())) if value else set()
    if isinstance(value.get("Ref"), str):
        found.add(value["Ref"])
    if "Fn::GetAtt" in value:
        found.add(_attribute(value["Fn::GetAtt"])[0])
    if "Fn::Sub" in value:
        found |= _names_in_sub(value["Fn::Sub"])
    return found


@dataclass(frozen=True)
class Resolver:
    """Turns intrinsics into values. `known` holds what Ref gives, `attributes` what Fn::GetAtt gives."""

    known: JsonObject
    attributes: Mapping[str, JsonObject]
    conditions: JsonObject

    def resolve(self, value: object) -> Any:
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in _INTRINSICS:
                return _INTRINSICS[name](self, argument)
            if name.startswith("Fn::"):
                raise Unresolved(f"{name} is not supported here")
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NOTHING}

    def ref(self, name: str) -> object:
        if name == "AWS::NoValue":
            return NOTHING
        if name not in self.known:
            raise Unresolved(f"{name} is referred to, but neither a parameter nor a resource has that name")
        return self.known[name]

    def attribute(self, argument: Pair) -> object:
        name, attribute = _attribute(argument)
        try:
            return self.attributes[name][attribute]
        except KeyError as error:
            raise Unresolved(f"{name}.{attribute} is asked for, and {name} has no such attribute") from error

    def sub(self, argument: Substitution) -> str:
        text, extra = (argument, {}) if isinstance(argument, str) else argument
        own = {name: self.resolve(value) for name, value in extra.items()}

        def value_of(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            if name in own:
                return str(own[name])
            return str(self.attribute(name) if "." in name else self.ref(name))

        return _IN_SUB.sub(value_of, text)

    def join(self, argument: tuple[str, object]) -> str:
        separator, parts = argument
        return str(separator).join(map(str, self.resolve(parts)))

    def split(self, argument: tuple[str, object]) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def select(self, argument: tuple[object, object]) -> object:
        place, values = int(str(argument[0])), self.resolve(argument[1])
        if not 0 <= place < len(values):
            raise Unresolved(f"Fn::Select asks for number {place} of {len(values)} values")
        return values[place]

    def choose(self, argument: tuple[str, object, object]) -> object:
        condition, when_true, when_false = argument
        return self.resolve(when_true if self.holds(condition) else when_false)

    def holds(self, condition: str) -> bool:
        if condition not in self.conditions:
            raise Unresolved(f"condition {condition} is not declared")
        return bool(self.resolve(self.conditions[condition]))

    def holds_or_keeps(self, argument: object) -> object:
        """A condition by its name; a policy's own Condition, which is a mapping, stays what it is."""
        return self.holds(argument) if isinstance(argument, str) else {"Condition": self.resolve(argument)}

    def equals(self, argument: object) -> bool:
        left, right = self.resolve(argument)
        return bool(left == right)

    def both(self, argument: object) -> bool:
        return all(self.resolve(argument))

    def negate(self, argument: object) -> bool:
        return not self.resolve(argument)[0]


_INTRINSICS: dict[str, Callable[[Resolver, Any], object]] = {
    "Ref": Resolver.ref,
    "Fn::GetAtt": Resolver.attribute,
    "Fn::Sub": Resolver.sub,
    "Fn::Join": Resolver.join,
    "Fn::Split": Resolver.split,
    "Fn::Select": Resolver.select,
    "Fn::If": Resolver.choose,
    "Fn::Equals": Resolver.equals,
    "Fn::Not": Resolver.negate,
    "Fn::And": Resolver.both,
    "Condition": Resolver.holds_or_keeps,
}


def _attribute(argument: Pair) -> tuple[str, str]:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    return name, attribute


def _names_in_sub(argument: Substitution) -> set[str]:
    text, extra = (argument, {}) if isinstance(argument, str) else argument
    return {name.split(".")[0] for literal, name in _IN_SUB.findall(text) if not literal} - set(extra)
