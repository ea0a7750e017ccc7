"""What the SDK's errors mean to a session: try again, fix the settings, ask for less, or let the book work."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from company.errors import CompanyError
from company.model.port import EndpointDown, ModelBusy, ModelDown, ModelMisconfigured, RequestTooLong
from company.text.retry_after import seconds_to_wait

LOCAL = (RuntimeError, ImportError)
"""Raised before anything was sent: no AWS credentials, no boto3 to sign with."""
MISCONFIGURED = {401, 402, 403, 404}
TEMPORARY = {408, 409, 424, 429}
"""424 is Bedrock's status for a model that failed at its work."""
IN_DOUBT = {408, 502, 504, 524}
"""Somebody between us and the model gave up waiting: the model may have answered, and billed."""
TOO_LONG = ("too long", "context window", "context limit", "too large")
CONFIGURATION = ("model identifier", "on-demand throughput", "inference profile", "anthropic_version", "credit balance")
"""Texts of a 400 that no other request avoids: a model's name, the API's version, an account."""


def translate_error(error: Exception, *, seconds: float, secret: str = "") -> CompanyError:
    """The company's error for one of the SDK's. secret is removed from the message."""
    import anthropic

    if isinstance(error, LOCAL):
        return ModelMisconfigured(f"the model cannot be asked from here: {_without(secret, str(error))}")
    if isinstance(error, anthropic.APIStatusError):
        return _by_status(error, secret)
    if _never_arrived(error):
        return ModelBusy(f"the model's endpoint cannot be reached: {type(error.__cause__).__name__}")
    if isinstance(error, anthropic.APITimeoutError):
        return EndpointDown(f"no answer within {seconds:.0f} s", may_have_cost=True)
    # Dropped, half sent, or not what the API promises: for the session all of them are no answer.
    return ModelBusy(f"the answer could not be read: {type(error).__name__}", may_have_cost=True)


def _by_status(error: Any, secret: str) -> CompanyError:
    status, message = error.status_code, message_in(error.body, error.message, secret)
    if 300 <= status < 400:
        return ModelMisconfigured(_redirected(error.response))
    if status in MISCONFIGURED or (status == 400 and any(text in message.lower() for text in CONFIGURATION)):
        return wrong_configuration(status, message)
    if status == 413 or (status == 400 and any(text in message.lower() for text in TOO_LONG)):
        return RequestTooLong(message)
    if status in TEMPORARY or status >= 500:
        wait = seconds_to_wait(error.response.headers)
        return ModelBusy(f"{status}, {message}", wait, may_have_cost=status in IN_DOUBT)
    return ModelDown(f"the ask was refused: {status}, {message}")


def wrong_configuration(status: int, message: str) -> ModelMisconfigured:
    """The company is refused: its key, its rights, the model's name."""
    return ModelMisconfigured(f"the model's configuration: {status}, {message}")


def _redirected(response: Any) -> str:
    """Names the two hosts, and nothing else of their addresses."""
    there = None
    with suppress(ValueError):
        there = urlsplit(response.headers.get("location", "")).hostname
    return (
        f"the model's endpoint {response.request.url.host} answers {response.status_code} and points to "
        f"{there or 'another address'}: prompts are not sent on. Set ANTHROPIC_BASE_URL, or Bedrock's, to the address "
        "that answers"
    )


def _never_arrived(error: Exception) -> bool:
    """No connection was made, so nothing was asked and nothing can cost."""
    return type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout")


def message_in(body: Any, otherwise: str, secret: str) -> str:
    """The message of an error's body, or what is given otherwise. secret is removed from it."""
    body = body if isinstance(body, dict) else {}
    inner = body.get("error")
    message = str((inner if isinstance(inner, dict) else body).get("message") or otherwise)
    # Some endpoints repeat the key that they refuse; it must reach no log, no table and no mail.
    return _without(secret, message)[:300]


def _without(secret: str, message: str) -> str:
    return message.replace(secret, "[key]") if secret else message
