"""What a model is to a session: a request in, a turn out, or one of these errors.

CompanyError
├── ModelDown          no answer that can be used; the book takes over
│   ├── EndpointDown         nobody answers there, or not in time: all roles hear of it
│   └── ModelMisconfigured   the key, the rights or the model's name: asking again does not help, somebody must fix it
├── ModelBusy          try again, after .retry_after seconds where it says so
├── RequestTooLong     the conversation is longer than the model reads
├── LoopStopped        the same tool with the same arguments and the same result, too often
└── NoFinish           the model stopped without an outcome that can be used
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from company.errors import CompanyError
from company.money.tokens import TokenUsage

Block = dict[str, Any]
"""One content block as the Messages API writes it."""


class ModelDown(CompanyError):
    """No answer that can be used came within this fire's seconds. may_have_cost: nobody knows whether it was billed."""

    def __init__(self, message: str, *, may_have_cost: bool = False) -> None:
        super().__init__(message)
        self.may_have_cost = may_have_cost


class EndpointDown(ModelDown):
    """Not reached, silent, or failing at every try. It is about the endpoint and not about this request."""


class ModelMisconfigured(ModelDown):
    """The model refuses every request of ours: key, rights, or the name of the model. The message says which."""


class ModelBusy(CompanyError):
    """The model or the network failed in a way that may pass."""

    def __init__(self, message: str, retry_after: float | None = None, *, may_have_cost: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.may_have_cost = may_have_cost


class RequestTooLong(CompanyError):
    """The request is longer than the model reads, or larger than the API accepts. Refused, it cost nothing."""

    may_have_cost = False


class LoopStopped(CompanyError):
    """The model repeats itself."""


class NoFinish(CompanyError):
    """The model ended without a valid finish."""


@dataclass(frozen=True)
class ToolCall:
    """A tool that the model calls; arguments are as it wrote them, unchecked. fault: why this call cannot be made."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    fault: str = ""


@dataclass(frozen=True)
class ModelRequest:
    """One call: the cached prefix (tools, system), the conversation, and its limits."""

    model: str
    system: Sequence[Block]
    tools: Sequence[Block]
    messages: Sequence[Block]
    most_output: int
    effort: str | None = None
    seconds: float = 60.0


@dataclass(frozen=True)
class Turn:
    """One answer. content is sent back as it is; stop is the API's stop_reason; usage is None where nobody knows it."""

    text: str
    calls: tuple[ToolCall, ...]
    stop: str
    usage: TokenUsage | None
    content: Sequence[Block] = ()


class Model(Protocol):
    """An adapter; raises ModelBusy, RequestTooLong, ModelDown."""

    def turn(self, request: ModelRequest) -> Turn: ...

    def check(self, model: str, seconds: float) -> None:
        """Whether the endpoint answers at all, at no cost; EndpointDown or ModelMisconfigured says that it does not."""
