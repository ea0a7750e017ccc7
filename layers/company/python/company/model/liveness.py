"""Whether a model's endpoint answers at all: asked without the SDK, whose import takes longer than an answer.

The request goes by the HTTP client that the SDK sends with, so that proxies and certificates are the same.
"""

import json
from typing import Any

from company.model.deadline import TooLate, within
from company.model.port import EndpointDown
from company.model.sdk_errors import message_in, wrong_configuration

KEY_REFUSED = {401, 402, 403}
COUNT_TOKENS = "/v1/messages/count_tokens"
VERSION = "2023-06-01"
"""Of the Messages API, as the SDK states it."""
STEPS = 3
"""Connecting, encrypting, answering: each has the seconds for itself. An endpoint far away needs some for all three."""


def require_answer(address: str, key: str, model: str, seconds: float) -> None:
    """Has the endpoint count the tokens of a word, at no cost. Any answer but a refusal of the key will do.

    An endpoint of the owner's own may know no such request. seconds: for each step, however little it then has to say.
    EndpointDown or ModelMisconfigured says what is wrong; an address that is none is left to the SDK, which names it.
    """
    import httpx2

    try:  # what fails is named, and not raised "from": its request holds the key
        status, body = within(STEPS * seconds, lambda: _post(address, key, model, seconds))
    except (TooLate, httpx2.TimeoutException):
        raise EndpointDown(f"the model's endpoint gave no answer within {seconds:.1f} s") from None
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        return
    except httpx2.TransportError as error:
        raise EndpointDown(f"the model's endpoint cannot be reached: {type(error).__name__}") from None
    if status in KEY_REFUSED:
        raise wrong_configuration(status, message_in(_as_json(body), body[:300].decode("utf-8", "replace"), key))


def _post(address: str, key: str, model: str, seconds: float) -> tuple[int, bytes]:
    import httpx2

    word = {"model": model, "messages": [{"role": "user", "content": "Are you there?"}]}
    headers = {"x-api-key": key or "none", "anthropic-version": VERSION}
    with httpx2.Client(follow_redirects=False, timeout=seconds) as client:
        answer = client.post(address.rstrip("/") + COUNT_TOKENS, json=word, headers=headers)
        return answer.status_code, answer.content


def _as_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
