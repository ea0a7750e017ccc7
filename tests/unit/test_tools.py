"""A tool is a plain function on somebody's list; off the list it does not exist."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from company.errors import RecordError, ToolError
from company.tools import call, load_tools, tool


@tool
def count_tides(fire: Any, days: int, coast: str = "north") -> str:
    """How many tides a coast has in some days."""
    return f"{fire.role}: {days * 2} on the {coast} coast"


def helper(fire: Any) -> None:
    """Not a tool: nothing marks it."""


@pytest.fixture
def own() -> ModuleType:
    module = ModuleType("tides.tools")
    module.count_tides = count_tides  # type: ignore[attr-defined]
    module.helper = helper  # type: ignore[attr-defined]
    return module


FIRE = SimpleNamespace(role="tide_worker")


def test_a_tool_is_called_by_name_with_its_arguments(own: ModuleType) -> None:
    tools = load_tools(["count_tides"], own)

    assert call(tools, "count_tides", FIRE, {"days": 3}) == "tide_worker: 6 on the north coast"


@pytest.mark.parametrize("name", ["open_the_safe", "helper"])
def test_a_list_that_names_something_else_than_a_tool_is_refused(own: ModuleType, name: str) -> None:
    with pytest.raises(RecordError, match=f"no such tool: {name}"):
        load_tools(["count_tides", name], own)


def test_a_tool_off_the_list_does_not_exist(own: ModuleType) -> None:
    with pytest.raises(ToolError, match="count_tides is not a tool of tide_worker; it has none"):
        call(load_tools([], own), "count_tides", FIRE, {"days": 3})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "days"),
        ({"days": "many"}, "days: Input should be a valid integer"),
        ({"days": 3, "moon": "full"}, "moon: Unexpected keyword argument"),
        ({"days": 3, "coast": 4}, "coast: Input should be a valid string"),
    ],
)
def test_arguments_that_do_not_fit_are_returned_as_a_message(
    own: ModuleType, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as caught:
        call(load_tools(["count_tides"], own), "count_tides", FIRE, arguments)

    assert message in str(caught.value)


def test_an_empty_list_imports_nothing() -> None:
    assert load_tools([], None) == {}
