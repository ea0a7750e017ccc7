"""What an employee can do. A tool is a typed function of a fire and its arguments; the model reads its docstring.

An employee has only the tools on its list, and the database refuses what its login may not do.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any, Literal, TypeVar

from company.errors import RecordError, ToolError

F = TypeVar("F", bound=Callable[..., Any])
COMMON = ("tasks", "inbox", "findings", "decisions", "schedules", "brain", "pipeline", "audits", "causes",
          "notes", "verifying", "injection")  # fmt: skip
"""Modules of this package; a role's own tools are in its folder's tools.py."""
FOR_EVERYBODY = ("report_instructions",)
"""On no record's list, because it belongs to reading: every role with tools has these."""
SHARED = ("report_instructions", "keep_note", "claim_task", "list_tasks", "task_figures", "file_task",
          "unanswered_messages", "my_findings", "answer_finding", "record_audit")  # fmt: skip
"""In the order in which a model reads them: employees of a kind have the same ones, and share their cache."""
Effect = Literal["reads", "writes", "takes_next"]
"""What a call does: it changes nothing, it writes, or it takes the next item, another one each time."""


@dataclass(frozen=True)
class Tool:
    """A function (fire, **arguments) -> a JSON value or a record."""

    name: str
    run: Callable[..., Any]

    @property
    def effect(self) -> Effect:
        effect: Effect = getattr(self.run, "effect", "writes")
        return effect

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, here or elsewhere; shadow mode may run it."""
        return self.effect == "reads"

    @property
    def is_by_need(self) -> bool:
        """Whether few fires use it: a model reads its name at boot, and the rest when it needs it."""
        return getattr(self.run, "is_by_need", False)

    @cached_property
    def parameters(self) -> tuple[inspect.Parameter, ...]:
        """Its arguments, without the fire."""
        return tuple(inspect.signature(self.run).parameters.values())[1:]

    @cached_property
    def text(self) -> str:
        """Its docstring in one line: the purpose, the arguments, an example."""
        return " ".join((inspect.getdoc(self.run) or "").split())

    @property
    def example(self) -> str:
        """How it is called, without what that gives; empty where its docstring shows no call."""
        return self.text.rpartition("Example: ")[2].partition(" gives ")[0] if "Example: " in self.text else ""

    @cached_property
    def checked(self) -> Callable[..., Any]:
        """The function with a check of its arguments' types, built at the first use."""
        from pydantic import ConfigDict, validate_call  # noqa: PLC0415

        return validate_call(config=ConfigDict(arbitrary_types_allowed=True))(self.run)


def tool(function: F) -> F:
    """Marks a function as a tool."""
    function.is_tool = True  # type: ignore[attr-defined]
    return function


def reading_tool(function: F) -> F:
    """Marks a function as a tool that changes nothing: no row, no note, nothing outside. A test traces its queries."""
    function.effect = "reads"  # type: ignore[attr-defined]
    return tool(function)


def taking_tool(function: F) -> F:
    """Marks a function as a tool that takes the next item: the same call again is no repetition while it gets one."""
    function.effect = "takes_next"  # type: ignore[attr-defined]
    return tool(function)


def by_need(function: F) -> F:
    """Marks a tool that few fires use: a model is shown its name alone, and calls it through use_tool."""
    function.is_by_need = True  # type: ignore[attr-defined]
    return function


def load_tools(names: Iterable[str], own: ModuleType | None) -> dict[str, Tool]:
    """The tools on an employee's list; RecordError names those that do not exist."""
    listed = tuple(names)
    if not listed:
        return {}
    modules = [import_module(f"company.tools.{name}") for name in COMMON] + ([own] if own else [])
    found = {
        name: Tool(name, thing)
        for module in modules
        for name, thing in vars(module).items()
        if getattr(thing, "is_tool", False)
    }
    missing = [name for name in listed if name not in found]
    if missing:
        raise RecordError(f"no such tool: {', '.join(missing)}")
    return {name: found[name] for name in listed}


def tools_of(names: Iterable[str], own: ModuleType | None) -> dict[str, Tool]:
    """The tools on an employee's list, and those for everybody; a machine has no list and none of them."""
    listed = tuple(names)
    return load_tools((*listed, *FOR_EVERYBODY), own) if listed else {}


def call(tools: Mapping[str, Tool], name: str, fire: Any, arguments: dict[str, object]) -> Any:
    """Runs a tool by name; ToolError for a name not on the list and for arguments that do not fit."""
    from pydantic import ValidationError  # noqa: PLC0415

    if name not in tools:
        raise ToolError(f"{name} is not a tool of {fire.role}; it has {', '.join(tools) or 'none'}")
    try:
        return tools[name].checked(fire, **arguments)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        shown = f". Example: {example}" if (example := tools[name].example) else ""
        raise ToolError(f"{name}: {faults}{shown}") from error
