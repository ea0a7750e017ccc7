"""Replaces in a value of a model's answer what the brain or the API cannot store; nothing else is changed.

Half a surrogate pair, a NUL or an infinite number would fail the write or the next request, long after the answer.
"""

import math
from collections.abc import Mapping
from typing import Any

DEEPEST = 40


def sanitize(value: Any, depth: int = 0) -> Any:
    """A JSON value; what is nested deeper than anything of ours becomes "(nested too deep)"."""
    if depth > DEEPEST:
        return "(nested too deep)"
    match value:
        case str():
            return value.replace("\x00", "").encode("utf-8", "replace").decode()
        case float() if not math.isfinite(value):
            return str(value)
        case Mapping():
            return {sanitize(str(name)): sanitize(part, depth + 1) for name, part in value.items()}
        case list() | tuple():
            return [sanitize(part, depth + 1) for part in value]
        case _:
            return value
