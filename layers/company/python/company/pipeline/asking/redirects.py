"""Where a request may be sent on to: a redirect is a wish of a server, and who may grant it is a rule of ours.

Followed is one to the same host (without its "www."), to one below it, or to a host that the source names; never from
https to http, and to no other port than https has. Every other address is the owner's to allow: an open redirect at a
publisher must not make the company fetch from anywhere.
"""

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, urljoin, urlsplit

STATUSES = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
"""Of these the address itself has a new home (RFC 9110, 15.4)."""
HIDDEN = "?..."
"""Ends an address of which a part is kept nowhere: who has a signed address whole may read its file."""
MOST = 5
NAMES_A_SECRET = re.compile("key|token|secret|sign|sig$|auth|pass|credential|session|expires|^x-", re.I)
LOOKS_DRAWN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w+/=.~-]{20,}")
"""A value that nobody chose: letters and digits, longer than a word or a date."""


class MovedAway(Exception):
    """A redirect that is not followed; the message names the address and what the owner can do.

    home: the address where the server says for good that it is there now.
    """

    home: str | None = None


def next_address(url: str, location: str, hosts: Collection[str], is_for_good: bool = False) -> str:
    """The address to ask next. hosts: those that the source names besides its own."""
    wanted = urljoin(url, location)
    if not may_follow(url, wanted, hosts):
        place = wanted.partition("?")[0]
        away = MovedAway(f"it redirects to {place[:200]}, a host that no list names; if its publisher says so, set its "
                         "FEED_<SOURCE>_URL")  # fmt: skip
        away.home = wanted if is_for_good else None
        raise away
    return wanted


def is_same_host(url: str, other: str) -> bool:
    """Whether two addresses have one host: only then does a key go along."""
    return urlsplit(url).hostname == urlsplit(other).hostname


def shown(url: str, home: str) -> str:
    """A new home as records have it: its query only where it is the one that was asked with, or where it is all that
    changed and holds nothing that may be a secret."""
    place, mark, query = home.partition("?")
    asked, _, asked_query = url.partition("?")
    is_known = query == asked_query or (place == asked and not may_hold_secret(home))
    return home if not mark or is_known else f"{place}{HIDDEN}"


def may_hold_secret(url: str) -> bool:
    """Whether a part of a query is named like a key or a signature, or looks like one."""
    parts = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return any(NAMES_A_SECRET.search(name) or LOOKS_DRAWN.fullmatch(value or name) for name, value in parts)


def may_follow(url: str, wanted: str, hosts: Collection[str]) -> bool:
    """Whether the rule allows to ask the second address in the place of the first."""
    was, asked = urlsplit(url), urlsplit(wanted)
    own, host = (was.hostname or "").removeprefix("www."), (asked.hostname or "").removeprefix("www.")
    try:
        is_usual_port = asked.port in (None, 443) or asked.scheme == was.scheme == "http" or asked.port == was.port
    except ValueError:
        return False
    is_secure = asked.scheme == "https" or asked.scheme == was.scheme == "http"
    is_known = host == own or host.endswith(f".{own}") or asked.hostname in hosts
    return bool(own and host) and is_secure and is_usual_port and is_known and asked.username is None
