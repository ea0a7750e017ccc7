"""How long a session waits for a model that is busy: as it is asked to, and never longer than the fire has."""

import time
from collections.abc import Callable
from dataclasses import replace

from company.model.port import Ask, Busy, Model, ModelDown, Turn

MOST_TRIES = 4
LEAST_SECONDS = 2.0
"""With less than this left an answer would come too late to be used."""


def ask_patiently(
    model: Model, ask: Ask, *, seconds_left: Callable[[], float], sleep: Callable[[float], None] = time.sleep
) -> Turn:
    """Asks again while that can help and there is time; ModelDown says what the last failure was."""
    in_doubt = False
    for tried in range(1, MOST_TRIES + 1):
        left = seconds_left()
        if left < LEAST_SECONDS:
            raise ModelDown("no seconds are left for an answer", may_have_cost=in_doubt)
        try:
            return model.turn(replace(ask, seconds=left))
        except Busy as busy:
            in_doubt = in_doubt or busy.may_have_cost
            wait = busy.retry_after if busy.retry_after is not None else 0.5 * 2 ** (tried - 1)
            if tried == MOST_TRIES or wait > seconds_left() - LEAST_SECONDS:
                raise ModelDown(f"{busy} (tried {tried} times)", may_have_cost=in_doubt) from busy
            sleep(wait)
    raise AssertionError("the last try returns or raises")
