"""The console's login: one key, compared in constant time, and a signed cookie that does not contain it."""

import hashlib
import hmac
from datetime import datetime, timedelta

from company.console.site import Site
from company.console.web import Request

COOKIE = "console"
OPEN_FOR = timedelta(hours=12)
LEAST_KEY = 24
"""Characters; a shorter key, or none, opens nothing."""


def is_key(site: Site, given: str) -> bool:
    """Whether this is the key; a nearly right key takes no longer to check than a wrong one."""
    same = hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(site.key.encode()).digest())
    return same and len(site.key) >= LEAST_KEY


def is_logged_in(site: Site, request: Request, now: datetime) -> bool:
    """Whether the request has a cookie of ours that is still valid."""
    ends, _, signature = request.cookies.get(COOKIE, "").partition(".")
    if len(site.key) < LEAST_KEY or not ends.isascii() or not ends.isdigit() or len(ends) > 12:
        return False
    return hmac.compare_digest(signature.encode(), _signed(site, ends).encode()) and int(ends) > now.timestamp()


def session_cookie(site: Site, now: datetime) -> str:
    """The cookie that the right key gives; scripts cannot read it and other sites cannot send it."""
    ends = str(int((now + OPEN_FOR).timestamp()))
    return _cookie(site, f"{ends}.{_signed(site, ends)}", int(OPEN_FOR.total_seconds()))


def ended_cookie(site: Site) -> str:
    """The cookie that ends the session."""
    return _cookie(site, "", 0)


def _signed(site: Site, ends: str) -> str:
    return hmac.new(site.key.encode(), f"console until {ends}".encode(), hashlib.sha256).hexdigest()


def _cookie(site: Site, value: str, seconds: int) -> str:
    secure = "; Secure" if site.is_secure else ""
    return f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
