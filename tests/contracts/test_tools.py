"""Tools: only those that exist, each with what a model must read, and every watcher with those of the watch."""

import inspect
from importlib import import_module
from types import ModuleType

import pytest

from company.tools import COMMON, FOR_EVERYBODY, Tool, load_tools
from company.watch.watching import ASKER_TOOLS, WATCHER_TOOLS
from tests.contracts.repository import FUNCTIONS, records

EMPLOYEES = sorted(role for role, record in records().items() if record.is_employee)
WATCHERS = sorted({str(record.watched_by) for record in records().values() if record.schedule})


def _own(role: str) -> ModuleType | None:
    return import_module(f"{role}.tools") if (FUNCTIONS / role / "tools.py").is_file() else None


def _all_tools() -> list[Tool]:
    modules = [import_module(f"company.tools.{name}") for name in COMMON]
    modules += [own for role in EMPLOYEES if (own := _own(role))]
    return [Tool(name, thing) for m in modules for name, thing in vars(m).items() if getattr(thing, "is_tool", False)]


TOOLS = {tool.name: tool for tool in _all_tools()}


@pytest.mark.parametrize("role", EMPLOYEES)
def test_every_tool_on_a_record_exists(role: str) -> None:
    assert set(load_tools(records()[role].tools, _own(role))) == set(records()[role].tools)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_states_its_purpose_its_arguments_and_an_example(tool: str) -> None:
    text = inspect.getdoc(TOOLS[tool].run) or ""

    assert text.partition("\n")[0].endswith(".")
    assert f"Example: {tool}(" in text


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tools_arguments_can_be_checked(tool: str) -> None:
    assert callable(TOOLS[tool].checked)
    assert "return" in TOOLS[tool].run.__annotations__


def test_every_tool_is_on_somebodys_list() -> None:
    used = {name for record in records().values() for name in record.tools} | set(FOR_EVERYBODY)

    assert sorted(set(TOOLS) - used) == []


@pytest.mark.parametrize("role", WATCHERS)
def test_a_watcher_has_the_tools_of_the_watch(role: str) -> None:
    record = records()[role]
    needed = {*ASKER_TOOLS} if record.kind in ("manager", "ceo") else set()
    needed |= set(WATCHER_TOOLS) - ({"escalate"} if record.kind == "ceo" else set())

    assert sorted(needed - set(record.tools)) == []
