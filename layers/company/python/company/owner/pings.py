"""For a clock outside of AWS: a fire's start, success and failure as pings, and the one small HTTP request behind them.

A ping neither fails nor holds up a fire: no answer within two seconds is as good as one. A missing ping is the message.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from company.settings import Settings

SECONDS = 2.0
HERE = ("127.0.0.1", "localhost", "::1")


def run_with_pings(settings: Settings, url: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Runs a fire with <url>/start before it, and <url> or <url>/fail after it; an empty url pings nobody.

    It stands around everything, the brain included, so that a brain out of reach is a failure that is heard.
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
    """One ping; gives the answer's status, or why there was none. An empty url pings nobody."""
    if not url:
        return "no address is set"
    try:
        return str(send(settings, "POST", url.rstrip("/") + what))
    except Exception as error:  # whatever DNS, TLS and the service can do: the fire goes on
        return f"{type(error).__name__}: {error}"[:200]


def send(settings: Settings, method: str, url: str, document: dict[str, Any] | None = None) -> int:
    """One short request without retries; the status. On a desk it leaves the machine for nothing."""
    if settings.desk and urlsplit(url).hostname not in HERE:
        raise PermissionError(f"a desk does not speak to {urlsplit(url).hostname}")
    import urllib3  # noqa: PLC0415  most fires ping nobody

    timeout = urllib3.Timeout(total=SECONDS)
    with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
        answer = pool.request(method, url, json=document) if document is not None else pool.request(method, url)
        return int(answer.status)
