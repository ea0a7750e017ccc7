"""What the SDK's errors mean to a session: try again, mend the settings, ask less, or let the book do it."""

from typing import Any

from company.errors import CompanyError
from company.model.port import AskTooLong, Busy, ModelDown, ModelMisconfigured

LOCAL = (RuntimeError, ImportError)
"""Raised before anything was sent: no AWS credentials, no boto3 to sign with."""
MISCONFIGURED = {401, 402, 403, 404}
MAY_PASS = {408, 409, 424, 429}
"""424 is Bedrock's word for a model that failed at its work."""
TOO_LONG = ("too long", "context window", "context limit", "too large")
NOT_OURS = ("model identifier", "on-demand throughput", "inference profile", "anthropic_version", "credit balance")
"""Words of a 400 that no other ask will mend: a model's name, the API's version, an account."""


def as_failure(error: Exception, *, seconds: float, secret: str = "") -> CompanyError:
    """The company's error for one of the SDK's. secret is taken out of whatever the other side says."""
    import anthropic

    if isinstance(error, LOCAL):
        return ModelMisconfigured(f"the model cannot be asked from here: {error}".replace(secret or "\0", "[key]"))
    if isinstance(error, anthropic.APIStatusError):
        return _by_status(error, secret)
    if _never_arrived(error):
        return Busy(f"the model's endpoint cannot be reached: {type(error.__cause__).__name__}")
    if isinstance(error, anthropic.APITimeoutError):
        return ModelDown(f"no answer within {seconds:.0f} s", may_have_cost=True)
    # Dropped, half sent, or not what the API promises: all the same to who waits for an answer.
    return Busy(f"the answer could not be read: {type(error).__name__}", may_have_cost=True)


def _by_status(error: Any, secret: str) -> CompanyError:
    status, said = error.status_code, _said(error, secret)
    if status in MISCONFIGURED or (status == 400 and any(word in said.lower() for word in NOT_OURS)):
        return ModelMisconfigured(f"the model's configuration: {status}, {said}")
    if status == 413 or (status == 400 and any(word in said.lower() for word in TOO_LONG)):
        return AskTooLong(said)
    if status in MAY_PASS or status >= 500:
        return Busy(f"{status}, {said}", _retry_after(error.response.headers.get("retry-after")))
    return ModelDown(f"the ask was refused: {status}, {said}")


def _never_arrived(error: Exception) -> bool:
    """No connection was made, so nothing was asked and nothing can cost."""
    return type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout")


def _said(error: Any, secret: str) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    words = str((inner if isinstance(inner, dict) else body).get("message") or error.message)
    # Some endpoints repeat the key they refuse; it goes into no log, no table and no mail.
    return words.replace(secret or "\0", "[key]")[:300]


def _retry_after(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
