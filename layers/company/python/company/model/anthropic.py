"""The port through the official SDK: Anthropic's own API or any endpoint that speaks it, and Bedrock by IAM.

The SDK is imported when a model is made, never before: an employee who works by the book must not pay for it.
"""

from typing import Any

from company.errors import SettingsError
from company.model.port import Ask, AskTooLong, Busy, ModelDown, ModelMisconfigured, ToolCall, Turn, Usage
from company.settings import Settings

MISCONFIGURED = {401, 402, 403, 404}
MAY_PASS = {408, 409, 429}
TOO_LONG = ("too long", "context window", "context limit", "too large")


class AnthropicModel:
    """A client and how its errors read. The SDK's own retries are off: the session knows how long it may wait."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def turn(self, ask: Ask) -> Turn:
        """Asks once, within ask.seconds."""
        import anthropic

        try:
            answer = self._client.messages.create(
                model=ask.model,
                system=ask.system,
                tools=ask.tools,
                messages=ask.messages,
                max_tokens=ask.most_output,
                timeout=ask.seconds,
            )
            return _as_turn(answer)
        except anthropic.APITimeoutError as error:
            raise ModelDown(f"no answer within {ask.seconds:.0f} s", may_have_cost=True) from error
        except anthropic.APIStatusError as error:
            raise _named(error) from error
        except (anthropic.AnthropicError, ValueError, AttributeError, TypeError) as error:
            # Dropped, half sent, or not what the API promises: all the same to who waits for an answer.
            raise Busy(f"the answer could not be read: {type(error).__name__}", may_have_cost=True) from error


def open_model(settings: Settings, api_key: str | None) -> AnthropicModel:
    """The model that COMPANY_MODEL names; SettingsError for a name it cannot be."""
    import anthropic

    if settings.company_model == "anthropic":
        # A key is always handed over: without one the SDK would look for the owner's profile.
        key = api_key or "none"
        address = settings.anthropic_base_url or "https://api.anthropic.com"
        return AnthropicModel(anthropic.Anthropic(api_key=key, base_url=address, max_retries=0))
    if settings.company_model == "bedrock":
        return AnthropicModel(anthropic.AnthropicBedrock(max_retries=0))
    raise SettingsError(f"COMPANY_MODEL is {settings.company_model!r}; it can be book, anthropic or bedrock")


def _as_turn(answer: Any) -> Turn:
    content = [block.model_dump(mode="json", exclude_none=True) for block in answer.content]
    usage = answer.usage
    return Turn(
        text="\n".join(block["text"] for block in content if block["type"] == "text"),
        calls=tuple(ToolCall(b["id"], b["name"], _mapping(b["input"])) for b in content if b["type"] == "tool_use"),
        stop=answer.stop_reason or "end_turn",
        usage=Usage(
            input=usage.input_tokens,
            output=usage.output_tokens,
            cache_write=usage.cache_creation_input_tokens or 0,
            cache_read=usage.cache_read_input_tokens or 0,
        ),
        content=content,
    )


def _mapping(arguments: Any) -> dict[str, Any]:
    return dict(arguments) if isinstance(arguments, dict) else {"arguments": arguments}


def _named(error: Any) -> Exception:
    status, said = error.status_code, _said(error)
    if status in MISCONFIGURED:
        return ModelMisconfigured(f"the model's configuration: {status}, {said}")
    if status == 413 or (status == 400 and any(word in said.lower() for word in TOO_LONG)):
        return AskTooLong(said)
    if status in MAY_PASS or status >= 500:
        return Busy(f"{status}, {said}", _retry_after(error.response.headers.get("retry-after")))
    return ModelDown(f"the ask was refused: {status}, {said}")


def _said(error: Any) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    return str((inner if isinstance(inner, dict) else body).get("message") or error.message)[:300]


def _retry_after(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
