"""Tokens, the unit in which a model is paid."""

from dataclasses import dataclass


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
