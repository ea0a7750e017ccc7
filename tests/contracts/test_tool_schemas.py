"""What a model gets of each employee's tools: schemas that the Messages API takes, text that helps, a sane size."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from company.model.prompt import RULES
from company.model.schemas import tool_blocks
from company.tools import load_tools
from tests.contracts.repository import FUNCTIONS, records

EMPLOYEES = sorted(role for role, record in records().items() if record.is_employee)
NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
KEYWORDS = {
    "$defs", "$ref", "additionalProperties", "anyOf", "const", "default", "description", "enum", "format", "items",
    "maximum", "minimum", "properties", "required", "title", "type",
}  # fmt: skip
"""What our own arguments need of JSON schema, and every model reads."""
MOST_TOOLS = 40
MOST_CHARACTERS = 32_000
"""Page, rules and tools of one employee: about eight thousand tokens, read from cache after the first turn."""


def _blocks(role: str) -> list[dict[str, Any]]:
    own: ModuleType | None = import_module(f"{role}.tools") if (FUNCTIONS / role / "tools.py").is_file() else None
    return tool_blocks(load_tools(records()[role].tools, own))


def _keywords(schema: Any) -> Iterator[str]:
    """Every keyword in it; names of arguments are none."""
    if isinstance(schema, list):
        for part in schema:
            yield from _keywords(part)
    elif isinstance(schema, dict):
        for name, part in schema.items():
            yield name
            yield from _keywords(list(part.values()) if name in ("properties", "$defs") else part)


@pytest.mark.parametrize("role", EMPLOYEES)
def test_every_tool_has_a_schema_that_the_messages_api_takes(role: str) -> None:
    for block in _blocks(role):
        schema = block["input_schema"]
        assert NAME.match(block["name"])
        assert (schema["type"], schema["additionalProperties"]) == ("object", False)
        assert set(schema["required"]) <= set(schema["properties"])
        unknown = set(_keywords({name: part for name, part in schema.items() if name != "required"})) - KEYWORDS
        assert unknown == set(), block["name"]


@pytest.mark.parametrize("role", EMPLOYEES)
def test_every_reference_in_a_schema_leads_somewhere(role: str) -> None:
    for block in _blocks(role):
        text = json.dumps(block["input_schema"])
        named = {ref.rsplit("/", 1)[-1] for ref in re.findall(r'"\$ref": "([^"]+)"', text)}
        assert named <= set(block["input_schema"].get("$defs", {})), block["name"]


@pytest.mark.parametrize("role", EMPLOYEES)
def test_every_description_shows_a_call_whose_arguments_exist(role: str) -> None:
    for block in _blocks(role):
        found = re.search(rf"Example: {block['name']}\((.*)", block["description"], re.S)
        assert found, block["name"]
        named = set(re.findall(r"(?:^|, |,\s)([a-z_]+)=", _call(found.group(1))))
        assert named <= set(block["input_schema"]["properties"]), block["name"]
        assert set(block["input_schema"]["required"]) <= named, block["name"]


def _call(text: str) -> str:
    """The arguments of the example: up to the bracket that closes the call."""
    depth = 1
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return text[:place]
    return text


@pytest.mark.parametrize("role", EMPLOYEES)
def test_what_an_employee_reads_before_its_first_turn_has_a_sane_size(role: str) -> None:
    blocks = _blocks(role)

    characters = len(json.dumps(blocks)) + len(records()[role].text) + len(RULES)

    assert len(blocks) <= MOST_TOOLS
    assert characters <= MOST_CHARACTERS, characters
    assert len({block["name"] for block in blocks}) == len(blocks)
