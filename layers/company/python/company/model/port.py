"""What a model is to a session: an ask in, a turn out; and who is asked for the money before each call.

CompanyError
├── ModelDown          no answer that can be used; the book takes over
│   └── ModelMisconfigured   the key, the rights or the model's name: no use to try again, and somebody must mend it
├── Busy               try again, after .retry_after seconds where it says so
├── AskTooLong         the conversation is longer than the model reads
├── LoopStopped        the same tool with the same arguments and the same answer, again and again
└── NoFinish           the model stopped without an outcome that can be used
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from company.errors import CompanyError

Block = dict[str, Any]
"""One content block as the Messages API writes it."""


class ModelDown(CompanyError):
    """No answer that can be used came within this fire's seconds. may_have_cost: nobody knows whether it was billed."""

    def __init__(self, message: str, *, may_have_cost: bool = False) -> None:
        super().__init__(message)
        self.may_have_cost = may_have_cost


class ModelMisconfigured(ModelDown):
    """The model refused us, not the ask: key, rights, or the name of the model. The message says which."""


class Busy(CompanyError):
    """The model, or the way to it, failed in a way that may pass."""

    def __init__(self, message: str, retry_after: float | None = None, *, may_have_cost: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.may_have_cost = may_have_cost


class AskTooLong(CompanyError):
    """What was sent is longer than the model reads, or larger than its door."""


class LoopStopped(CompanyError):
    """The thinking goes in a circle."""


class NoFinish(CompanyError):
    """The model ended without a valid finish."""


@dataclass(frozen=True)
class Usage:
    """Tokens of one call or of many. input counts only what was neither written to nor read from the cache."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_write + other.cache_write,
            self.cache_read + other.cache_read,
        )

    def as_json(self) -> dict[str, int]:
        return dict(vars(self))


@dataclass(frozen=True)
class ToolCall:
    """What the model wants done; arguments are as it wrote them, unchecked."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Ask:
    """One call: the cached prefix (tools, system), the conversation, and what it may take."""

    model: str
    system: Sequence[Block]
    tools: Sequence[Block]
    messages: Sequence[Block]
    most_output: int
    seconds: float = 60.0


@dataclass(frozen=True)
class Turn:
    """One answer. content is what must be sent back as it came; stop is the API's stop_reason."""

    text: str
    calls: tuple[ToolCall, ...]
    stop: str
    usage: Usage
    content: Sequence[Block] = ()


class Model(Protocol):
    """An adapter; raises Busy, AskTooLong, ModelDown."""

    def turn(self, ask: Ask) -> Turn: ...


class Purse(Protocol):
    """Asked before each call, told after it. Amounts are tokens; the cost is in dollars."""

    def reserve(self, *, model: str, most_input: int, most_output: int) -> int:
        """A reservation's number; BudgetSpent names the limit that has no room for this call."""
        ...

    def settle(self, reservation: int, usage: Usage) -> Decimal:
        """Turns a reservation into what was really used; gives its cost."""
        ...

    def release(self, reservation: int) -> None:
        """Gives a reservation back: the call certainly cost nothing."""
        ...
