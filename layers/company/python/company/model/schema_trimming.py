"""Removes from a JSON schema what no model needs to call a tool: every first request of a fire carries it."""

from typing import Any

Schema = dict[str, Any]
NULL = {"type": "null"}
ANYTHING = "#/$defs/JsonValue"
"""Pydantic's name for a value of any kind, which in JSON schema is {}."""


def trim_schema(schema: Schema) -> Schema:
    """The same schema without generated titles, empty defaults and definitions, and the null of what may be left out.

    What it accepts is what it accepted, but for that null: it says the same as leaving the argument out.
    """
    if schema == {"$ref": ANYTHING}:
        return {}
    kept = {keyword: part for keyword, part in _without_null(schema).items() if not _is_needless(keyword, part)}
    if "enum" in kept:
        kept.pop("type", None)
    return {keyword: _trim_part(keyword, part) for keyword, part in kept.items()}


def _without_null(schema: Schema) -> Schema:
    if schema.get("default", ...) is not None or "anyOf" not in schema:
        return schema
    others = [part for part in schema["anyOf"] if part != NULL]
    return {**schema, "anyOf": others} if len(others) > 1 else {**schema, **others[0], "anyOf": None}


def _is_needless(keyword: str, part: Any) -> bool:
    return (
        (keyword == "title" and isinstance(part, str))
        or (keyword == "default" and part in (None, "", [], {}))
        or (keyword == "anyOf" and part is None)
        or (keyword == "additionalProperties" and part in (True, {}, {"$ref": ANYTHING}))
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
