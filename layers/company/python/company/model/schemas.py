"""Tools as a model reads them: the function's name, its docstring, and a JSON schema of its types."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from company.errors import ToolError
from company.model.port import Block
from company.model.schema_trimming import trim_schema
from company.outcomes import Done, Failed, TaskClose, Worked
from company.tools import SHARED, Tool

MOST_REASON = 500
"""Characters; a slot's reason is read in one line."""
PLAIN = ("string", "integer", "number", "boolean")
"""Types of arguments that need no example: the name says what to give."""
USE_TOOL = "use_tool"
BY_NEED: Block = {
    "name": USE_TOOL,
    "description": "Calls one of your further tools, which your page ends with. Without arguments it says how that "
    'tool is called. Example: use_tool(tool="x", arguments={"hours": 24}).',
    "input_schema": {
        "type": "object",
        "properties": {"tool": {"type": "string"}, "arguments": {"type": "object"}},
        "required": ["tool"],
    },
}
"""How a model calls what it is not shown (company.model.by_need)."""
CACHED = {"cache_control": {"type": "ephemeral"}}


class Close(BaseModel):
    """How a task that you claimed ends."""

    model_config = ConfigDict(extra="forbid")

    task_id: int
    status: Literal["complete", "failed", "blocked", "pending"]
    result: dict[str, JsonValue] = {}
    is_permanent: bool = True
    blocked_on: str | None = None
    blocked_action: str | None = None
    wait_seconds: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def blocked_names_who_and_what(self) -> "Close":
        if self.status == "blocked" and not (self.blocked_on and self.blocked_action):
            raise ValueError("blocked needs blocked_on, a role or owner, and blocked_action, what would settle it")
        return self


class Finish(BaseModel):
    """Ends this session. Call it last, once, and alone.

    evidence: what you did, in numbers; at least one. outcome: done; failed, with the reason, where nothing that you
    tried went well; blocked, with the reason and waits_for, the role (or owner) whose turn it is.
    note: to whom you report to, in one or two plain lines of 600 characters at most, no markup: the figures, what
    changed, what is open. Every figure in it is one that a tool answered or that your evidence holds. A manager's fire
    needs one.
    closes: how each task that you claimed ends.
    Example: finish(evidence={"tasks_open": 4, "filed": 1}, note="4 tasks open (12 a day ago), 1 filed: 3 rows of x
    aside.", closes=[{"task_id": 12, "status": "complete"}]).
    """

    model_config = ConfigDict(extra="forbid")

    evidence: dict[str, JsonValue]
    note: str = ""
    closes: list[Close] = []
    outcome: Literal["done", "failed", "blocked"] = "done"
    reason: str = ""
    waits_for: str = ""

    @model_validator(mode="after")
    def says_what_its_outcome_needs(self) -> "Finish":
        figures = [v for v in self.evidence.values() if isinstance(v, int | float) and not isinstance(v, bool)]
        if self.outcome == "done" and not figures:
            raise ValueError("evidence needs at least one number")
        if self.outcome != "done" and not self.reason.strip():
            raise ValueError(f"{self.outcome} needs a reason")
        if (self.outcome == "blocked") != bool(self.waits_for):
            raise ValueError("blocked needs waits_for, a role or owner; done and failed have none")
        return self


def read_finish(arguments: Mapping[str, Any]) -> Worked:
    """The outcome that the model states; ToolError says which argument is wrong."""
    try:
        finish = Finish.model_validate(dict(arguments))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ToolError(f"finish: {faults}") from error
    closes = tuple(TaskClose(**close.model_dump()) for close in finish.closes)
    if finish.outcome == "done":
        return Done(finish.evidence, note=finish.note, closes=closes)
    reason = finish.reason.strip()[:MOST_REASON]
    return Failed(reason, finish.evidence, closes=closes, note=finish.note, waits_for=finish.waits_for)


def tool_blocks(tools: Mapping[str, Tool]) -> list[Block]:
    """finish and use_tool, then the tools of a list that are shown: those that a kind shares, a mark, and one's own."""
    shown = [tool for tool in tools.values() if not tool.is_by_need]
    shared = sorted((tool for tool in shown if tool.name in SHARED), key=lambda tool: SHARED.index(tool.name))
    by_need = [BY_NEED] if len(shown) < len(tools) else []
    *before, last = [_finish(closes="claim_task" in tools), *by_need, *map(_block, shared)]
    return [*before, last | CACHED, *(_block(tool) for tool in shown if tool.name not in SHARED)]


@cache
def _finish(*, closes: bool) -> Block:
    """closes: whether its reader can claim a task; to the others nothing is said of it."""
    schema, text = trim_schema(_without_description(Finish)), " ".join((inspect.getdoc(Finish) or "").split())
    if not closes:
        schema = {keyword: part for keyword, part in schema.items() if keyword != "$defs"}
        schema["properties"] = {name: part for name, part in schema["properties"].items() if name != "closes"}
        text = re.sub(r" closes: [^.]*\.|, closes=\[[^]]*\]", "", text)
    return {"name": "finish", "description": text, "input_schema": schema}


@cache  # once per container: built at each fire, the schemas were a third of the time that the company adds
def _block(tool: Tool) -> Block:
    schema = arguments_of(tool)
    is_plain = all(part.get("type") in PLAIN or "enum" in part for part in schema["properties"].values())
    text = tool.text.partition(" Example: ")[0]
    shown = text if is_plain or not tool.example else f"{text} Example: {tool.example}"
    return {"name": tool.name, "description": shown, "input_schema": schema}


@cache
def arguments_of(tool: Tool) -> Block:
    """The JSON schema of a tool's arguments. What may be null is shown as what it is else: it may be left out."""
    hints = get_type_hints(tool.run)
    schemas = {p.name: TypeAdapter(hints[p.name]).json_schema() for p in tool.parameters}
    for nullable in (p.name for p in tool.parameters if p.default is None):
        schemas[nullable]["default"] = None
    shared = {name: part for schema in schemas.values() for name, part in schema.pop("$defs", {}).items()}
    schema: Block = {"type": "object", "properties": schemas}
    if required := [p.name for p in tool.parameters if p.default is p.empty]:
        schema["required"] = required
    return trim_schema(schema | ({"$defs": shared} if shared else {}))


def _without_description(model: type[BaseModel]) -> Block:
    """The docstring is the tool's description already."""
    return {keyword: part for keyword, part in model.model_json_schema().items() if keyword != "description"}
