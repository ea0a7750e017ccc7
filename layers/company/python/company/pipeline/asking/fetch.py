"""One request to a feed: conditional, bounded in time and size, and read to its end before it is used.

urllib3 is the client: boto3 needs it anyway, and it imports in a quarter of httpx's time.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from company.pipeline.asking import redirects
from company.text.retry_after import seconds_to_wait
from company.text.wording import counted
from company.vertical import Source
from company.vertical.bodies import Body

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

CHUNK = 1 << 18
SLOWEST = 1024
"""Bytes in a second: a body that comes more slowly, once its source's timeout is over, is given up."""
MAX_WAIT_SECONDS = 10.0
FIRST_WAIT_SECONDS = 0.5
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class SourceRequest:
    """One address to ask, by which of the source's routes and why that one, and the edition that it names, if any."""

    url: str
    route: str
    day: date | None = None
    choice: str = ""
    names_edition: bool = False


@dataclass(frozen=True)
class SourceResponse:
    """What an address answered. body is None unless the status was 200; home: where it has moved to for good."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    home: str | None = None


class BodyTooLarge(Exception):
    """A body beyond what is taken of its source: asked again it would be as large."""


class FeedUnreachable(Exception):
    """No whole response after all attempts that source and fire allow; the message names the last fault.

    home: where the address has moved to for good, to which nobody has sent the request on.
    """

    home: str | None = None


def get(
    url: str,
    source: Source,
    *,
    validators: Mapping[str, str],
    seconds_left: float,
    proxy: str | None = None,
    key: str | None = None,
) -> SourceResponse:
    """Asks again after a timeout, a cut body or a "later": at most source.attempts times, never beyond seconds_left.

    Through a forward proxy when one is given; its user and password are sent to it and are in no message. Nor is the
    key, which a redirect to another host does not take along.
    """
    headers = {**validators, "Authorization": f"Bearer {key}"} if key else validators
    ends_at = time.monotonic() + seconds_left
    last = "it was not asked"
    for attempt in range(source.attempts):
        try:
            response = _try(url, source, headers, ends_at, proxy)
        except redirects.MovedAway as error:
            unreachable = FeedUnreachable(f"{url}: {error}")
            unreachable.home = error.home
            raise unreachable from error
        except BodyTooLarge as error:
            raise FeedUnreachable(f"{url}: {error}") from error
        if isinstance(response, SourceResponse) and response.status not in RETRY_STATUSES:
            return response
        last = f"it answered {response.status}" if isinstance(response, SourceResponse) else response
        wait = _seconds_to_wait(response, attempt, source.pause_seconds)
        if attempt + 1 == source.attempts or time.monotonic() + wait >= ends_at:
            break
        time.sleep(wait)
    raise FeedUnreachable(f"{url}: {last}, asked {counted(attempt + 1, 'time')}")


def _try(
    url: str, source: Source, headers: Mapping[str, str], ends_at: float, proxy: str | None
) -> SourceResponse | str:
    from urllib3.exceptions import HTTPError
    from urllib3.util import Timeout

    seconds = max(0.1, min(source.timeout_seconds, ends_at - time.monotonic()))
    home, is_for_good = None, True
    try:
        for _ in range(1 + redirects.MOST):
            response = _pool(proxy).request(
                "GET",
                url,
                headers={"User-Agent": "Watchbill feed reader", "Accept-Encoding": "identity", **headers},
                timeout=Timeout(total=seconds),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            answer = _read(response, source, ends_at)
            if answer.status not in redirects.STATUSES or "location" not in answer.headers:
                return replace(answer, home=home)
            is_for_good = is_for_good and answer.status in redirects.FOR_GOOD
            before, url = url, redirects.next_address(url, answer.headers["location"], source.hosts, is_for_good)
            home = url if is_for_good else home
            headers = headers if redirects.is_same_host(before, url) else _without_key(headers)
        return "too many redirects"
    except (HTTPError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def _without_key(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "Authorization"}


def _read(response: "BaseHTTPResponse", source: Source, ends_at: float) -> SourceResponse:
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        if response.status != 200:
            return SourceResponse(response.status, headers)
        return SourceResponse(200, headers, _whole(response, source, ends_at))
    finally:
        # What is left unread would be taken for the next response.
        response.close()


def _whole(response: "BaseHTTPResponse", source: Source, ends_at: float) -> Body:
    """To the end: only the last, empty read notices a body that is shorter than it says.

    Piece by piece as they come (read1): to wait for a whole chunk of a server that drips would take days.
    """
    body, began_at = Body(), time.monotonic()
    while chunk := response.read1(CHUNK, decode_content=False):
        body.add(chunk)
        if body.size > source.max_bytes:
            raise BodyTooLarge(f"its body is larger than {source.max_bytes} bytes, the most that is taken")
        seconds = (now := time.monotonic()) - began_at
        if now >= ends_at or (seconds > source.timeout_seconds and body.size < SLOWEST * seconds):
            raise TimeoutError(f"still sending after {body.size} bytes")
    return body


def _seconds_to_wait(response: SourceResponse | str, attempt: int, pause: float) -> float:
    """Doubles from half a second; the source's pause or a longer Retry-After counts, up to MAX_WAIT_SECONDS."""
    wait = max(FIRST_WAIT_SECONDS * 2.0**attempt, pause)
    asked = seconds_to_wait(response.headers) if isinstance(response, SourceResponse) else None
    return min(max(wait, asked or 0.0), MAX_WAIT_SECONDS)


@cache
def _pool(proxy: str | None) -> "PoolManager":
    """One pool per warm container and proxy. Proxies of the environment are ignored."""
    from urllib3 import PoolManager, ProxyManager, make_headers

    if proxy is None:
        return PoolManager(num_pools=4, maxsize=1)
    parts = urlsplit(proxy)
    user, _, place = parts.netloc.rpartition("@")
    headers = make_headers(proxy_basic_auth=unquote(user)) if user else None
    return ProxyManager(f"{parts.scheme}://{place}", num_pools=4, maxsize=1, proxy_headers=headers)
