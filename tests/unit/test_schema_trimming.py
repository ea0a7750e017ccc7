"""A tool's schema is sent at every boot: what has no meaning is left out, the meaning of a name stays."""

from inspect import signature
from typing import Any

import pytest
from pydantic import JsonValue, TypeAdapter

from company.model.schema_trimming import trim_schema
from company.model.schemas import Finish, tool_blocks
from company.tools import Tool


def file(fire: Any, title: str, payload: dict[str, JsonValue], priority: int | None = None) -> int:
    """Files it. Example: file(title="t", payload={})."""
    return len(signature(file).parameters)


FINISH, FILED = tool_blocks({"file": Tool("file", file)})
ENDED, *_ = tool_blocks({"claim_task": Tool("claim_task", file)})


def names_in(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(names_in, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    names = schema.get("properties", {})
    inner = [part for word, part in schema.items() if word != "properties"] + list(names.values())
    return {*schema, *set().union(*map(names_in, inner))}


@pytest.mark.parametrize("block", [FILED, FINISH], ids=["a tool", "finish"])
def test_generated_titles_and_unused_definitions_are_removed(block: dict[str, Any]) -> None:
    assert names_in(block["input_schema"]) & {"title", "JsonValue"} == set()
    assert "JsonValue" not in str(block)


def test_a_parameter_called_title_stays() -> None:
    assert FILED["input_schema"]["properties"]["title"] == {"type": "string"}
    assert FILED["input_schema"]["required"] == ["title", "payload"]


def test_a_default_stays_unless_it_is_empty_and_null_is_said_by_leaving_out() -> None:
    closes = ENDED["input_schema"]["$defs"]["Close"]["properties"]

    assert ENDED["input_schema"]["properties"]["outcome"]["default"] == "done"
    assert closes["is_permanent"]["default"] is True
    assert ENDED["input_schema"]["properties"]["closes"] == {"items": {"$ref": "#/$defs/Close"}, "type": "array"}
    assert closes["blocked_on"] == {"type": "string"}
    assert FILED["input_schema"]["properties"]["priority"] == {"type": "integer"}


def test_a_null_that_is_no_default_stays() -> None:
    nullable = {"anyOf": [{"type": "integer"}, {"type": "null"}]}

    assert trim_schema(nullable) == nullable
    assert trim_schema({"anyOf": [*nullable["anyOf"], {"type": "string"}], "default": None}) == {
        "anyOf": [{"type": "integer"}, {"type": "string"}]
    }


def test_who_cannot_claim_is_told_nothing_of_closes() -> None:
    assert "closes" not in str(FINISH)
    assert FINISH["description"].endswith('3 rows of x aside.").')
    assert 'closes=[{"task_id": 12, "status": "complete"}]).' in ENDED["description"]
    assert "closes: how each task that you claimed ends." in ENDED["description"]


def test_what_a_schema_accepts_is_not_changed() -> None:
    full = Finish.model_json_schema()

    slimmed = trim_schema(full)

    assert slimmed["required"] == full["required"]
    assert set(slimmed["properties"]) == set(full["properties"])
    assert slimmed["$defs"]["Close"]["additionalProperties"] is False
    assert len(str(slimmed)) < 0.8 * len(str(full))


def test_a_default_that_looks_like_a_schema_is_left_alone() -> None:
    assert trim_schema({"default": {"title": "x"}, "type": "object"}) == {"default": {"title": "x"}, "type": "object"}
    assert trim_schema(TypeAdapter(list[str]).json_schema()) == {"items": {"type": "string"}, "type": "array"}
