"""How long a session waits for a busy model: as long as the model asks for, and never longer than the fire has."""

import time
from collections.abc import Callable
from dataclasses import replace

from company.model.port import EndpointDown, ModelBusy, ModelDown, ModelRequest, Turn
from company.text.wording import counted

MOST_TRIES = 4
LEAST_SECONDS = 2.0
"""With less than this left an answer would come too late to be used."""


def ask_with_retries(
    ask: Callable[[ModelRequest], Turn],
    request: ModelRequest,
    *,
    seconds_left: Callable[[], float],
    most_tries: int = MOST_TRIES,
    sleep: Callable[[float], None] = time.sleep,
) -> Turn:
    """Asks again while that can help and there is time; ModelDown gives the last failure."""
    for tried in range(1, most_tries + 1):
        left = seconds_left()
        if left < LEAST_SECONDS:
            raise ModelDown("no seconds are left for an answer")
        try:
            return ask(replace(request, seconds=left))
        except ModelBusy as busy:
            wait = busy.retry_after if busy.retry_after is not None else 0.5 * 2 ** (tried - 1)
            if tried == most_tries or wait > seconds_left() - LEAST_SECONDS:
                raise EndpointDown(f"{busy} (tried {counted(tried, 'time')})") from busy
            sleep(wait)
    raise AssertionError("the last try returns or raises")
