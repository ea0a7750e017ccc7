"""What a model gets of each employee's tools: schemas that the Messages API takes, text that helps, a sane size."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from company.model.by_need import further_tools, names_in
from company.model.schemas import arguments_of, tool_blocks
from company.tools import Tool, tools_of
from company.vertical import load
from tests.contracts.repository import FUNCTIONS, records
from tests.support.messages_api import MessagesApi
from watchbill.days.estimates import BootContext, boot_of

EMPLOYEES = sorted(role for role, record in records().items() if record.is_employee)
NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
KEYWORDS = {
    "$defs", "$ref", "additionalProperties", "anyOf", "const", "default", "description", "enum", "format", "items",
    "maximum", "minimum", "properties", "required", "title", "type",
}  # fmt: skip
"""What our own arguments need of JSON schema, and every model reads."""
MOST_TOOLS = 40
MOST_TOKENS = {
    "build_manager": 3_297, "content_manager": 2_887, "data_manager": 3_349, "research_manager": 3_004,
    "scraping_manager": 3_419,
}  # fmt: skip
"""Half of what the managers read on 2026-11-27, by the same count (docs/decisions.md)."""
MOST_OF_ANYBODY = 3_400
"""Tools, page, rules and product; a token is four characters."""


def _tools(role: str) -> dict[str, Tool]:
    own: ModuleType | None = import_module(f"{role}.tools") if (FUNCTIONS / role / "tools.py").is_file() else None
    return tools_of(records()[role].tools, own)


def _blocks(role: str) -> list[dict[str, Any]]:
    return tool_blocks(_tools(role))


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
        assert schema["type"] == "object"
        assert set(schema.get("required", [])) <= set(schema["properties"])
        unknown = set(_keywords({name: part for name, part in schema.items() if name != "required"})) - KEYWORDS
        assert unknown == set(), block["name"]


@pytest.mark.parametrize("role", EMPLOYEES)
def test_every_reference_in_a_schema_leads_somewhere(role: str) -> None:
    for block in _blocks(role):
        text = json.dumps(block["input_schema"])
        named = {ref.rsplit("/", 1)[-1] for ref in re.findall(r'"\$ref": "([^"]+)"', text)}
        assert named <= set(block["input_schema"].get("$defs", {})), block["name"]


@pytest.mark.parametrize("role", EMPLOYEES)
def test_every_example_shows_a_call_whose_arguments_exist(role: str) -> None:
    for tool in _tools(role).values():
        shown, schema = tool.example, arguments_of(tool)
        assert shown.startswith(f"{tool.name}("), tool.name
        named = set(re.findall(r"(?:^|, )([a-z_]+)=", _call(shown.partition("(")[2])))
        assert named <= set(schema["properties"]), tool.name
        assert set(schema.get("required", [])) <= named, tool.name


@pytest.mark.parametrize("role", EMPLOYEES)
def test_a_tool_that_takes_an_object_or_a_list_shows_its_example(role: str) -> None:
    for block in _blocks(role):
        kinds = {part.get("type") for part in block["input_schema"]["properties"].values()}
        assert "Example: " in block["description"] or not kinds & {"object", "array"}, block["name"]


def _call(text: str) -> str:
    """The arguments of the example: up to the bracket that closes the call."""
    depth = 1
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return text[:place]
    return text


def _boot(role: str) -> BootContext:
    return boot_of(records()[role], {"PRODUCT": load("patchfirst").product}, datetime(2026, 3, 11, 6, tzinfo=UTC))


@pytest.mark.parametrize("role", EMPLOYEES)
def test_what_an_employee_reads_before_its_first_turn_has_a_sane_size(role: str) -> None:
    names = [block["name"] for block in _blocks(role)]

    assert len(set(names)) == len(names) <= MOST_TOOLS
    assert _boot(role).total <= MOST_TOKENS.get(role, MOST_OF_ANYBODY), _boot(role)


@pytest.mark.parametrize("kind", ["manager", "auditor"])
def test_employees_of_a_kind_begin_with_the_same_bytes_and_mark_their_end(kind: str) -> None:
    shared = [_shared(role) for role in EMPLOYEES if records()[role].kind == kind]

    assert len(shared) >= 5
    assert len(set(shared)) == 1
    assert len(json.loads(shared[0])) >= 6


def _shared(role: str) -> str:
    """The blocks up to the first cache mark, as they are sent."""
    blocks = _blocks(role)
    marked = [i for i, block in enumerate(blocks) if "cache_control" in block]
    assert len(marked) == 1, role
    return json.dumps(blocks[: marked[0] + 1])


def test_the_second_manager_reads_the_shared_beginning_from_the_cache() -> None:
    api = MessagesApi("", [])

    first, second = (api.account({"tools": _blocks(role), "messages": []}) for role in ("data_manager", "ceo"))
    third = api.account({"tools": _blocks("build_manager"), "messages": []})

    assert first["cache_read_input_tokens"] == second["cache_read_input_tokens"] == 0
    assert third["cache_read_input_tokens"] == first["cache_creation_input_tokens"] > 500


@pytest.mark.parametrize("role", EMPLOYEES)
def test_a_tool_that_an_employee_is_not_shown_is_named_on_its_page(role: str) -> None:
    tools, shown = _tools(role), {block["name"] for block in _blocks(role)}

    assert set(names_in(further_tools(tools))) == set(tools) - shown
    assert ("use_tool" in shown) == bool(set(tools) - shown)
