"""Removes from a JSON schema what no model needs to call a tool: every first request of a fire carries it."""

from typing import Any

Schema = dict[str, Any]
ANYTHING = "#/$defs/JsonValue"
"""Pydantic's name for a value of any kind, which in JSON schema is {}."""


def trim_schema(schema: Schema) -> Schema:
    """The same schema without generated titles, null defaults and empty definitions."""
    if schema == {"$ref": ANYTHING}:
        return {}
    kept = {keyword: part for keyword, part in schema.items() if not _is_needless(keyword, part)}
    return {keyword: _trim_part(keyword, part) for keyword, part in kept.items()}


def _is_needless(keyword: str, part: Any) -> bool:
    return (
        (keyword == "title" and isinstance(part, str))
        or (keyword == "default" and part is None)
        or (keyword == "$defs" and set(part) == {"JsonValue"})
    )


def _trim_part(keyword: str, part: Any) -> Any:
    if keyword in ("properties", "$defs"):
        # Here the keys are our own names: a parameter may be called title.
        return {name: trim_schema(inner) for name, inner in part.items() if (keyword, name) != ("$defs", "JsonValue")}
    if isinstance(part, dict) and keyword not in ("default", "const", "enum"):
        return trim_schema(part)
    if isinstance(part, list) and keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        return [trim_schema(inner) for inner in part]
    return part
