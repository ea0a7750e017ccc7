"""Tokens, the unit in which a model is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_TOKENS = 100_000_000
"""More than any model reads or writes in one call."""


@dataclass(frozen=True)
class TokenUsage:
    """Tokens of one call or of many. input counts only what was neither written to nor read from the cache."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(
            self.input + other.input,
            self.output + other.output,
            self.cache_write + other.cache_write,
            self.cache_read + other.cache_read,
        )

    def as_json(self) -> dict[str, int]:
        return dict(vars(self))


def read_usage(reported: Any) -> TokenUsage | None:
    """The usage as an answer reports it; None where it is missing or cannot be: then nobody knows what it was."""
    if not isinstance(reported, Mapping):
        return None
    counts = [
        _count(reported.get("input_tokens")),
        _count(reported.get("output_tokens")),
        _count(reported.get("cache_creation_input_tokens") or 0),
        _count(reported.get("cache_read_input_tokens") or 0),
    ]
    known = [count for count in counts if count is not None]
    return TokenUsage(*known) if len(known) == len(counts) else None


def _count(tokens: Any) -> int | None:
    is_count = isinstance(tokens, int) and not isinstance(tokens, bool) and 0 <= tokens <= MOST_TOKENS
    return tokens if is_count else None
