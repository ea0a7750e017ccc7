"""What a model sends, in letters and numbers that the brain and the API can hold; nothing else is changed.

A lone half of a letter, a NUL or a number without end would break the write or the next ask, long after it was said.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from company.model.port import ToolCall, Turn

DEEPEST = 40


def sound_turn(turn: Turn) -> Turn:
    """The turn with its text, its calls and what is sent back of it made sound."""
    calls = tuple(ToolCall(call.id, sound(call.name), sound(call.arguments)) for call in turn.calls)
    return replace(turn, text=sound(turn.text), calls=calls, content=sound(turn.content))


def sound(value: Any, depth: int = 0) -> Any:
    """A value of JSON's shapes; what is nested deeper than anything of ours becomes its name."""
    if depth > DEEPEST:
        return "(nested too deep)"
    match value:
        case str():
            return value.replace("\x00", "").encode("utf-8", "replace").decode()
        case float() if not math.isfinite(value):
            return str(value)
        case Mapping():
            return {sound(str(name)): sound(part, depth + 1) for name, part in value.items()}
        case list() | tuple():
            return [sound(part, depth + 1) for part in value]
        case _:
            return value
