"""YAML in which a key stands once."""

from typing import Any

import yaml

YamlError = (yaml.YAMLError, RecursionError)


def read_yaml(text: str) -> object:
    """The value of a document; one of YamlError where it is none, or says one thing twice."""
    return yaml.load(text, _OnceEach)


class _OnceEach(yaml.SafeLoader):
    """YAML of which each key stands once; PyYAML takes the last of two and says nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"it says {key.value} twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)
