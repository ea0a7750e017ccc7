"""How long a server asks us to wait: `retry-after-ms`, or `Retry-After` as seconds or as a date."""

import math
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that a response asks for, 0 or more; None where it asks for nothing that can be read.

    headers: names in lower case, or a mapping that does not tell cases apart. A date is counted from the response's
    own Date, so that a wrong clock on either side does not matter.
    """
    milliseconds, after = _number(headers.get("retry-after-ms")), headers.get("retry-after")
    if milliseconds is not None:
        return milliseconds / 1000
    seconds = _number(after)
    return seconds if seconds is not None else _between(headers.get("date"), after)


def _number(text: str | None) -> float | None:
    with suppress(ValueError):
        number = float(text or "")
        return max(0.0, number) if math.isfinite(number) else None
    return None


def _between(start: str | None, end: str | None) -> float | None:
    # TypeError: one of the two has no time zone.
    with suppress(ValueError, TypeError):
        if start and end:
            return max(0.0, (parsedate_to_datetime(end) - parsedate_to_datetime(start)).total_seconds())
    return None
