"""What an employee's model may call: the tools that it is shown, and those by need, as their own schemas say."""

from functools import cache
from importlib import import_module

from company.model.by_need import FURTHER
from company.model.schemas import USE_TOOL, arguments_of
from company.tools import Tool, tools_of
from tests.support.messages_api import Body
from tests.support.model_days import who_asks
from tests.support.staff import FUNCTIONS, staff


@cache
def own_tools(role: str) -> dict[str, Tool]:
    """The tools of a role as its fires have them."""
    own = import_module(f"{role}.tools") if (FUNCTIONS / role / "tools.py").is_file() else None
    return tools_of(staff()[role].tools, own)


def offered(body: Body) -> list[Body]:
    """A block for each tool of the one who asks; use_tool itself is none."""
    shown = [tool for tool in body["tools"] if tool["name"] != USE_TOOL]
    by_need = [tool for tool in own_tools(who_asks(body)[0]).values() if tool.is_by_need]
    assert bool(by_need) == any(FURTHER in block["text"] for block in body["system"])
    return [*shown, *({"name": tool.name, "input_schema": arguments_of(tool)} for tool in by_need)]


def through(body: Body, name: str, arguments: Body) -> tuple[str, Body]:
    """The call as a model makes it: through use_tool where the tool is one by need."""
    known = own_tools(who_asks(body)[0]).get(name)
    return (USE_TOOL, {"tool": name, "arguments": arguments}) if known and known.is_by_need else (name, arguments)
