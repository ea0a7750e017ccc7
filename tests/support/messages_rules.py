"""What the Messages API refuses of a request, with its own words: the first fault found, or none.

Which fields a block may have comes from the SDK's request types, closed against any other field. What the types do not
say (the order of turns, ids, empty texts) is written here after the API's own answers.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_type_hints

from anthropic.types import ContentBlockParam, TextBlockParam, ToolParam
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from pydantic import TypeAdapter
from pydantic_core import SchemaValidator, ValidationError

Body = dict[str, Any]
MOST_MARKS = 4
MOST_OUTPUT = 128_000
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
TOOL_ID = re.compile(r"[a-zA-Z0-9_-]+")
THINKING = ("thinking", "redacted_thinking")
LATER = {"text": ("citations",), "tool_use": ("caller", "toolset_name")}
"""Fields that only newer versions of the API take back. Bedrock and other endpoints lag behind, and refuse them."""


def fault_in(body: Body, said: Sequence[Sequence[Body]]) -> str | None:
    """The message of the 400 that this request gets. said: the content of each answer that the server gave."""
    for rule in (_top_level, _tools, _blocks, _texts, _order, _ids, _pairs, _marks):
        if fault := next(rule(body), None):
            return fault
    return next(_thoughts(body, said), None)


def _closed(schema: Any) -> Any:
    """The schema that also refuses unknown fields, and reads a sequence at once."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    if closed.get("type") == "typed-dict" and closed.get("extra_behavior") != "allow":
        closed["extra_behavior"] = "forbid"
    if closed.get("type") == "generator":
        closed["type"] = "list"
    return closed


def _validator(kind: Any) -> SchemaValidator:
    return SchemaValidator(_closed(TypeAdapter(kind).core_schema))


def _type_of(kind: Any) -> str:
    return str(get_args(get_args(get_type_hints(kind, include_extras=True)["type"])[0])[0])


BLOCKS = {_type_of(kind): _validator(kind) for kind in get_args(ContentBlockParam)}
TEXT, TOOL = _validator(TextBlockParam), _validator(ToolParam)
PARAMETERS = set(get_type_hints(MessageCreateParamsNonStreaming))


def _top_level(body: Body) -> Iterator[str]:
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            yield f"{name}: Field required"
    for name in body.keys() - PARAMETERS:
        yield f"{name}: Extra inputs are not permitted"
    if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 0:
        yield "max_tokens: Input should be greater than or equal to 0"
    if body["max_tokens"] > MOST_OUTPUT:
        yield (
            f"max_tokens: {body['max_tokens']} > {MOST_OUTPUT}, which is the maximum allowed number of output tokens "
            f"for {body['model']}"
        )
    for i, block in enumerate(body.get("system", [])):
        yield from _schema_faults(TEXT, block, f"system.{i}")


def _schema_faults(validator: SchemaValidator, value: Any, place: str) -> Iterator[str]:
    try:
        validator.validate_python(value, strict=True)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            yield f"{'.'.join([place, *map(str, fault['loc'])])}: {fault['msg']}"


def _tools(body: Body) -> Iterator[str]:
    tools = body.get("tools", [])
    for i, tool in enumerate(tools):
        yield from _schema_faults(TOOL, tool, f"tools.{i}.custom")
        if tool["input_schema"].get("type") != "object":
            yield f"tools.{i}.custom.input_schema.type: Input should be 'object'"
        if not TOOL_NAME.fullmatch(tool["name"]):
            yield f"tools.{i}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
    if len({tool["name"] for tool in tools}) < len(tools):
        yield "tools: Tool names must be unique."


def _blocks(body: Body) -> Iterator[str]:
    for i, message in enumerate(body["messages"]):
        if message.keys() != {"role", "content"} or message["role"] not in ("user", "assistant"):
            yield f"messages.{i}: Input should be a message with a role, user or assistant, and content"
        if isinstance(message["content"], str):
            continue
        for j, block in enumerate(message["content"]):
            yield from _block_faults(block, f"messages.{i}.content.{j}")


def _block_faults(block: Any, place: str) -> Iterator[str]:
    kind = str(block.get("type")) if isinstance(block, dict) else ""
    if kind not in BLOCKS:
        known = ", ".join(f"'{name}'" for name in BLOCKS)
        yield f"{place}: Input tag '{kind}' found using 'type' does not match any of the expected tags: {known}"
    yield from _schema_faults(BLOCKS[kind], block, f"{place}.{kind}")
    for name in LATER.get(kind, ()):
        if name in block:
            yield f"{place}.{kind}.{name}: Extra inputs are not permitted"
    if kind == "tool_use" and not TOOL_NAME.fullmatch(block["name"]):
        yield f"{place}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
    if kind == "tool_use" and not TOOL_ID.fullmatch(block["id"]):
        yield f"{place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"


def _texts(body: Body) -> Iterator[str]:
    for place, text in _all_texts(body):
        if not text:
            yield f"{place}: text content blocks must be non-empty"
        if not text.strip():
            yield f"{place}: text content blocks must contain non-whitespace text"


def _all_texts(body: Body) -> Iterator[tuple[str, str]]:
    for block in body.get("system", []):
        yield "system", block["text"]
    for message in body["messages"]:
        for block in _content(message):
            if block["type"] == "text":
                yield "messages", block["text"]
            if block["type"] == "tool_result" and isinstance(block.get("content"), list):
                yield from (("messages", part["text"]) for part in block["content"] if part["type"] == "text")


def _content(message: Body) -> list[Body]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _order(body: Body) -> Iterator[str]:
    messages = body["messages"]
    if not messages:
        yield "messages: at least one message is required"
    if messages[0]["role"] != "user":
        yield 'messages: first message must use the "user" role'
    for i, message in enumerate(messages):
        if not message["content"]:
            yield f"messages.{i}: all messages must have non-empty content except for the optional final assistant turn"
        kinds = [block["type"] for block in _content(message)]
        if set(kinds) & set(THINKING) and kinds[0] not in THINKING:
            yield (
                f"messages.{i}.content.0: If an assistant message contains any thinking blocks, the first block must "
                f"be `thinking` or `redacted_thinking`. Found `{kinds[0]}`."
            )
        misplaced = "tool_use" if message["role"] == "user" else "tool_result"
        if misplaced in kinds:
            yield f"messages.{i}: `{misplaced}` blocks can only be in `{_place_of(misplaced)}` messages"
    if messages[-1]["role"] == "assistant":
        yield "This model does not support assistant message prefill. The conversation must end with a user message."


def _place_of(kind: str) -> str:
    return "assistant" if kind == "tool_use" else "user"


def _ids(body: Body) -> Iterator[str]:
    seen: set[str] = set()
    for i, message in enumerate(body["messages"]):
        for j, block in enumerate(_content(message)):
            if block["type"] == "tool_use":
                if block["id"] in seen:
                    yield f"messages.{i}.content.{j}: `tool_use` ids must be unique"
                seen.add(block["id"])


def _pairs(body: Body) -> Iterator[str]:
    """Each tool_use is answered once, at the beginning of the next turn, and nothing else is answered."""
    turns = _turns(body["messages"])
    for i, (turn, following) in enumerate(zip([[], *turns], [*turns, []], strict=True), start=-1):
        asked = [block["id"] for block in turn if block["type"] == "tool_use"]
        answered = _leading_results(following)
        if missing := [wanted for wanted in asked if wanted not in answered]:
            yield (
                f"messages.{i}: `tool_use` ids were found without `tool_result` blocks immediately after: "
                f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
                "next message."
            )
        for j, block in enumerate(following):
            if block["type"] == "tool_result":
                yield from _result_faults(block["tool_use_id"], asked, answered, f"messages.{i + 1}.content.{j}")


def _turns(messages: Sequence[Body]) -> list[list[Body]]:
    """The blocks of each turn. The API joins messages of one role that follow each other."""
    turns: list[list[Body]] = []
    role = ""
    for message in messages:
        if message["role"] != role:
            turns.append([])
        role = message["role"]
        turns[-1] += _content(message)
    return turns


def _leading_results(turn: Sequence[Body]) -> list[str]:
    kinds = [block["type"] for block in turn]
    end = next((j for j, kind in enumerate(kinds) if kind != "tool_result"), len(turn))
    return [block["tool_use_id"] for block in turn[:end]]


def _result_faults(answers: str, asked: Sequence[str], answered: Sequence[str], place: str) -> Iterator[str]:
    if answers not in asked:
        yield (
            f"{place}: unexpected `tool_use_id` found in `tool_result` blocks: {answers}. Each `tool_result` block "
            "must have a corresponding `tool_use` block in the previous message."
        )
    if answered.count(answers) > 1:
        yield (
            f"{place}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {answers}"
        )


def _marks(body: Body) -> Iterator[str]:
    blocks = [*body.get("tools", []), *body.get("system", [])]
    blocks += [block for message in body["messages"] for block in _content(message)]
    if (found := sum(1 for block in blocks if block.get("cache_control"))) > MOST_MARKS:
        yield f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found {found}."


def _thoughts(body: Body, said: Sequence[Sequence[Body]]) -> Iterator[str]:
    """Thinking comes back as it was said; of the last answer all of it, where a tool of that answer was called."""
    own = [block for content in said for block in content if block.get("type") in THINKING]
    last = max((i for i, message in enumerate(body["messages"]) if message["role"] == "assistant"), default=-1)
    for i, message in enumerate(body["messages"]):
        for j, block in enumerate(_content(message)):
            if block["type"] in THINKING and block not in own:
                yield (
                    _altered(i, j)
                    if i == last
                    else f"messages.{i}.content.{j}: Invalid `signature` in `thinking` block"
                )
    if last >= 0:
        here = _content(body["messages"][last])
        if (whole := _origin(here, said)) and _sealed(here) != _sealed(whole):
            yield _altered(last, 0)


def _origin(content: Sequence[Body], said: Sequence[Sequence[Body]]) -> Sequence[Body]:
    """The answer whose tool is called here; nothing when none is called, or when its id is another now."""
    called = [block["id"] for block in content if block["type"] == "tool_use"]
    return next((a for a in said if set(called) & {block.get("id") for block in a}), []) if called else []


def _sealed(content: Sequence[Body]) -> list[Body]:
    return [
        block for block in content if block.get("type") in THINKING and (block.get("signature") or block.get("data"))
    ]


def _altered(i: int, j: int) -> str:
    return (
        f"messages.{i}.content.{j}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be "
        "modified. These blocks must remain as they were in the original response."
    )
