"""Takes out of a JSON schema what no model needs to call a tool: it is sent with every first call of every fire."""

from typing import Any

Schema = dict[str, Any]
ANYTHING = "#/$defs/JsonValue"
"""Pydantic's name for a value of any kind, which in JSON schema is {}."""


def slim(schema: Schema) -> Schema:
    """The same schema without generated titles, null defaults and definitions that say nothing."""
    if schema == {"$ref": ANYTHING}:
        return {}
    kept = {word: part for word, part in schema.items() if not _is_idle(word, part)}
    return {word: _slim_part(word, part) for word, part in kept.items()}


def _is_idle(word: str, part: Any) -> bool:
    return (
        (word == "title" and isinstance(part, str))
        or (word == "default" and part is None)
        or (word == "$defs" and set(part) == {"JsonValue"})
    )


def _slim_part(word: str, part: Any) -> Any:
    if word in ("properties", "$defs"):
        # Here the words are names of our own: a parameter may well be called title.
        return {name: slim(inner) for name, inner in part.items() if (word, name) != ("$defs", "JsonValue")}
    if isinstance(part, dict) and word not in ("default", "const", "enum"):
        return slim(part)
    if isinstance(part, list) and word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        return [slim(inner) for inner in part]
    return part
