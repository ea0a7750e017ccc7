"""Pings to a service outside AWS at a fire's start, success and failure, and the short HTTP request behind them.

A ping never fails a fire and delays it by two seconds at most. The service alerts the owner when a ping is missing.
"""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from company.json_values import JsonObject
from company.settings import Settings

Result = TypeVar("Result", bound=JsonObject)

SECONDS = 2.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run_with_pings(settings: Settings, url: str, work: Callable[[], Result]) -> Result:
    """Runs a fire with <url>/start before it, and <url> or <url>/fail after it; an empty url pings nobody.

    It runs around everything else, so that a brain that cannot be reached is pinged as a failure, too.
    """
    ping(settings, url, "/start")
    try:
        result = work()
    except BaseException:
        ping(settings, url, "/fail")
        raise
    ping(settings, url, "/fail" if result.get("outcome") == "failed" else "")
    return result


def ping(settings: Settings, url: str, what: str = "") -> str:
    """One ping; returns the answer's status, or why there was none. An empty url pings nobody."""
    if not url:
        return "no address is set"
    try:
        return str(send_request(settings, "POST", address_of(url, what)))
    except Exception as error:  # any error of DNS, TLS or the service: the fire goes on
        return f"{type(error).__name__}: {error}"[:200]


def address_of(url: str, what: str) -> str:
    """The address with /start or /fail at the end of its path; a query (?create=1) stays behind the path."""
    parts = urlsplit(url.strip())
    return parts._replace(path=parts.path.rstrip("/") + what, fragment="").geturl()


def send_request(settings: Settings, method: str, url: str, document: JsonObject | None = None) -> int:
    """One short request without retries; returns the status. A desk reaches only its own machine."""
    if settings.desk and urlsplit(url).hostname not in LOOPBACK:
        raise PermissionError(f"a desk sends no request to {urlsplit(url).hostname}")
    import urllib3  # noqa: PLC0415  most fires ping nobody

    timeout = urllib3.Timeout(total=SECONDS)
    with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
        answer = pool.request(method, url, json=document) if document is not None else pool.request(method, url)
        return int(answer.status)
