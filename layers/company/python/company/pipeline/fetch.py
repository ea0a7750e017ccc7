"""One careful request to a feed: conditional, bounded in time and size, and honest about what came back.

urllib3 is the client: it is what boto3 brings along anyway, and imports in a quarter of httpx's time.
"""

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from company.vertical import Source

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager, Retry

PIECE = 1 << 20
MAX_WAIT_SECONDS = 10.0
FIRST_WAIT_SECONDS = 0.5
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = 5


@dataclass(frozen=True)
class FeedResponse:
    """What a URL said. body is None unless the status was 200."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class FeedUnreachable(Exception):
    """No answer after every attempt that the source and the fire's time allow; the message says what happened last."""


def get(
    url: str, source: Source, *, validators: Mapping[str, str], seconds_left: float, proxy: str | None = None
) -> FeedResponse:
    """Asks once more after a timeout, a cut or a "later": at most source.attempts times, never beyond seconds_left.

    Through a forward proxy when one is given; its user and password are sent to it and stand in no message.
    """
    ends_at = time.monotonic() + seconds_left
    last = "it was not asked"
    for attempt in range(source.attempts):
        answer = _try(url, source, validators, ends_at, proxy)
        if isinstance(answer, FeedResponse) and answer.status not in TRY_AGAIN:
            return answer
        last = f"it answered {answer.status}" if isinstance(answer, FeedResponse) else answer
        wait = _wait(answer, attempt)
        if attempt + 1 == source.attempts or time.monotonic() + wait >= ends_at:
            break
        time.sleep(wait)
    raise FeedUnreachable(f"{url}: {last}, asked {attempt + 1} times")


def _try(
    url: str, source: Source, validators: Mapping[str, str], ends_at: float, proxy: str | None
) -> FeedResponse | str:
    from urllib3.exceptions import HTTPError
    from urllib3.util import Timeout

    seconds = max(0.1, min(source.timeout_seconds, ends_at - time.monotonic()))
    try:
        response = _pool(proxy).request(
            "GET",
            url,
            headers={"User-Agent": "Watchbill feed reader", "Accept-Encoding": "identity", **validators},
            timeout=Timeout(total=seconds),
            retries=_redirects(),
            preload_content=False,
            decode_content=False,
        )
        return _read(response, source, ends_at)
    except (HTTPError, OSError, zlib.error) as error:
        return f"{type(error).__name__}: {error}"


def _read(response: "BaseHTTPResponse", source: Source, ends_at: float) -> FeedResponse:
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        if response.status != 200:
            return FeedResponse(response.status, headers)
        body = _whole(response, source.max_bytes, ends_at)
        if body is None:
            return FeedResponse(413, headers)
        if headers.get("content-encoding") == "gzip" and not source.is_gzip:
            body = zlib.decompressobj(wbits=31).decompress(body, source.max_bytes)
        return FeedResponse(200, headers, body)
    finally:
        # What is left unread would be taken for the next answer.
        response.close()


def _whole(response: "BaseHTTPResponse", most: int, ends_at: float) -> bytes | None:
    """Piece by piece to the end, for only the last, empty read notices a body that is shorter than it says."""
    pieces: list[bytes] = []
    size = 0
    while piece := response.read(PIECE, decode_content=False):
        size += len(piece)
        if size > most:
            return None
        if time.monotonic() >= ends_at:
            raise TimeoutError(f"still sending after {size} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _wait(answer: FeedResponse | str, attempt: int) -> float:
    """Doubling from half a second; a server that says when is believed, up to MAX_WAIT_SECONDS."""
    wait = FIRST_WAIT_SECONDS * 2.0**attempt
    if isinstance(answer, FeedResponse) and answer.headers.get("retry-after", "").isdigit():
        wait = max(wait, float(answer.headers["retry-after"]))
    return min(wait, MAX_WAIT_SECONDS)


def _redirects() -> "Retry":
    """Redirects are followed; trying again is our own business, for it must fit into what is left of the fire."""
    from urllib3.util import Retry

    return Retry(
        total=REDIRECTS, redirect=REDIRECTS, connect=0, read=0, status=0, other=0, respect_retry_after_header=False
    )


@cache
def _pool(proxy: str | None) -> "PoolManager":
    """One pool per warm container and proxy. What the environment says of proxies counts for nothing."""
    from urllib3 import PoolManager, ProxyManager, make_headers

    if proxy is None:
        return PoolManager(num_pools=4, maxsize=1)
    parts = urlsplit(proxy)
    user, _, place = parts.netloc.rpartition("@")
    headers = make_headers(proxy_basic_auth=unquote(user)) if user else None
    return ProxyManager(f"{parts.scheme}://{place}", num_pools=4, maxsize=1, proxy_headers=headers)
