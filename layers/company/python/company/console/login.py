"""The console's login: one key, compared in constant time, and a signed cookie that does not contain it.

The cookie is `<session key>.<end, in seconds since 1970>.<signature>`. The brain is asked about it only when it is
genuine: then whether its owner has logged out of it.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from company.aws.function_url import Request
from company.console.site import Site

COOKIE = "console"
OPEN_FOR = timedelta(hours=12)
LEAST_KEY = 24
"""Characters; a shorter key, or none, opens nothing."""
FORM = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9]{1,12})\.([0-9a-f]{64})")


@dataclass(frozen=True)
class ConsoleSession:
    """One login; its cookie opens the console until ends_at, or until its owner logs out."""

    key: str
    ends_at: datetime


def is_key(site: Site, given: str) -> bool:
    """Whether this is the key; a nearly right key takes no longer to check than a wrong one."""
    same = hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(site.key.encode()).digest())
    return same and len(site.key) >= LEAST_KEY


def open_session(site: Site, request: Request, now: datetime) -> ConsoleSession | None:
    """The session of the request's cookie, while it is open."""
    parts = FORM.fullmatch(request.cookies.get(COOKIE, ""))
    if len(site.key) < LEAST_KEY or parts is None:
        return None
    key, ends, signature = parts.groups()
    if not hmac.compare_digest(signature, sign(site, f"console session {key} until {ends}")):
        return None
    if int(ends) <= now.timestamp() or site.brain().value("console_session_has_ended", session_key=key):
        return None
    return ConsoleSession(key, datetime.fromtimestamp(int(ends), UTC))


def new_cookie(site: Site, now: datetime) -> Cookie:
    """The cookie of a new session, for the right key; scripts cannot read it and other sites cannot send it."""
    key, ends = secrets.token_urlsafe(16), str(int((now + OPEN_FOR).timestamp()))
    signature = sign(site, f"console session {key} until {ends}")
    return _cookie(site, f"{key}.{ends}.{signature}", int(OPEN_FOR.total_seconds()))


def log_out(site: Site, session: ConsoleSession) -> Cookie:
    """Ends the session for every copy of its cookie; returns the cookie that removes the browser's own."""
    site.brain().run("end_console_session", session_key=session.key, ends_at=session.ends_at)
    return _cookie(site, "", 0)


def sign(site: Site, text: str) -> str:
    """64 hexadecimal digits that nobody can write without the console's key."""
    return hmac.new(site.key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _cookie(site: Site, value: str, seconds: int) -> Cookie:
    return Cookie(
        COOKIE,
        value,
        path="/",
        secure=site.is_secure,
        http_only=True,
        max_age=seconds,
        same_site=SameSite.STRICT_MODE,
    )
