"""Reads what a model answered into a turn that can be acted on, stored and sent back.

The API refuses in the next request what it may itself have answered: an empty text, a made-up tool name, an input that
is no object, an id twice, a field that only answers have. One such block would make every later request a 400, so
blocks are cleaned here, before anything else sees them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from company.model.port import Block, ToolCall, Turn
from company.model.sanitizing import sanitize
from company.money.tokens import read_usage

SENT_BACK = {
    "text": ("type", "text"),
    "thinking": ("type", "thinking", "signature"),
    "redacted_thinking": ("type", "data"),
    "tool_use": ("type", "id", "name", "input"),
}
"""By type of block the fields that are sent back: those that every version of the API requires, and no other."""
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
CALL_ID = re.compile(r"[a-zA-Z0-9_-]{1,128}")
THINKING = ("thinking", "redacted_thinking")
UNKNOWN_TOOL = "unknown_tool"


def read_answer(answer: Any, messages: Sequence[Block]) -> Turn:
    """The turn in this answer's JSON; messages are those of its request. ValueError: it holds no list of blocks."""
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
        raise ValueError("the answer has no content")
    content = _Content(used_ids=set(_ids_of_calls(messages)))
    for block in answer["content"]:
        content.add(block)
    stop = answer.get("stop_reason")
    return Turn(
        text="\n".join(block["text"] for block in content.blocks if block["type"] == "text"),
        calls=tuple(content.calls),
        stop=stop if isinstance(stop, str) else "end_turn",
        usage=read_usage(answer.get("usage")),
        content=content.blocks,
    )


def _ids_of_calls(messages: Sequence[Block]) -> Iterator[str]:
    for message in messages:
        yield from (block["id"] for block in message["content"] if block["type"] == "tool_use")


@dataclass
class _Content:
    """The cleaned blocks of one answer, and its calls. used_ids are those of earlier calls of the conversation."""

    used_ids: set[str]
    blocks: list[Block] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)

    def add(self, block: Any) -> None:
        """Adds the block; one that cannot be sent back in any form is left out."""
        match block:
            case {"type": "text", "text": str(text)} if (clean := sanitize(text)).strip():
                self.blocks.append({"type": "text", "text": clean})
            case {"type": "thinking", "thinking": str(), "signature": str(seal)} | {
                "type": "redacted_thinking",
                "data": str(seal),
            } if seal:
                self._add_unchanged({name: block[name] for name in SENT_BACK[block["type"]]})
            case {"type": "tool_use"}:
                self._add_call(block)

    def _add_unchanged(self, block: Block) -> None:
        """Thinking is sealed: the API takes it back as it was and first of its turn, or not at all.

        Half a surrogate pair cannot be sent.
        """
        is_first = not self.blocks or self.blocks[0]["type"] in THINKING
        if is_first and all(_is_encodable(text) for text in block.values()):
            self.blocks.append(block)

    def _add_call(self, block: Mapping[str, Any]) -> None:
        name, arguments, fault = block.get("name"), block.get("input"), ""
        if not isinstance(name, str) or not TOOL_NAME.fullmatch(name):
            fault = (
                f"{str(sanitize(name))[:80]!r} is no name of a tool. The call was noted as {UNKNOWN_TOOL}, and not made"
            )
            name = UNKNOWN_TOOL
        if not isinstance(arguments, dict):
            fault = fault or "the input is no JSON object. It was noted as {}, and the call was not made"
            arguments = {}
        call = ToolCall(self._free_id(block.get("id")), name, sanitize(arguments), fault)
        self.calls.append(call)
        self.blocks.append({"type": "tool_use", "id": call.id, "name": call.name, "input": dict(call.arguments)})

    def _free_id(self, wanted: Any) -> str:
        """The id itself where it is valid and new in this conversation, else another."""
        number = len(self.used_ids)
        while not isinstance(wanted, str) or not CALL_ID.fullmatch(wanted) or wanted in self.used_ids:
            number += 1
            wanted = f"call_{number}"
        self.used_ids.add(wanted)
        return str(wanted)


def _is_encodable(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text
