"""Tools by need: a model reads their names at boot, and how one is called when it needs it.

They are called through use_tool, so that the list of tools, with which every request begins, is the same in each turn
and is read from the cache. What is asked of one stands in the conversation, at its end.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from inspect import Parameter

from company.model.port import ToolCall
from company.model.schemas import USE_TOOL, arguments_of
from company.tools import Tool

FURTHER = "Further tools of yours, called by use_tool: "
WRONG = (
    'use_tool takes the name of a tool and its arguments as one object: use_tool(tool="x", arguments={"hours": 24}). '
    "The call was not made"
)


def further_tools(tools: Mapping[str, Tool]) -> str:
    """The names of an employee's tools by need with their arguments; ? marks one that may be left out."""
    named = [f"{tool.name}({', '.join(map(_named, tool.parameters))})" for tool in tools.values() if tool.is_by_need]
    return f"{FURTHER}{', '.join(named)}." if named else ""


def names_in(page: str) -> dict[str, list[str]]:
    """The tools that such a line names, each with the arguments that it needs."""
    said = re.findall(r"(\w+)\(([\w?, ]*)\)", page.rpartition(FURTHER)[2]) if FURTHER in page else []
    return {name: [a for a in arguments.split(", ") if a and not a.endswith("?")] for name, arguments in said}


def real_call(call: ToolCall, tools: Mapping[str, Tool]) -> ToolCall:
    """The call that a use_tool stands for; every other call, and a use_tool that only asks, as it is."""
    if call.name != USE_TOOL or call.fault:
        return call
    name, arguments = call.arguments.get("tool"), call.arguments.get("arguments")
    if not isinstance(name, str) or name == USE_TOOL or not isinstance(arguments, dict | None):
        return replace(call, fault=WRONG)
    if call.arguments.keys() - {"tool", "arguments"}:
        return replace(call, fault=WRONG)
    if arguments is None and name in tools and tools[name].parameters:
        return call
    return replace(call, name=name[:80], arguments=arguments or {})


def describe_tool(call: ToolCall, tools: Mapping[str, Tool]) -> str:
    """How the tool that a use_tool asks about is called."""
    tool = tools[call.arguments["tool"]]
    return f"{tool.name}: {tool.text} Its arguments: {json.dumps(arguments_of(tool))}"


def _named(parameter: Parameter) -> str:
    return parameter.name + ("" if parameter.default is Parameter.empty else "?")
