"""Signed links by which a customer says that it has dealt with a thing: one link, one customer, one thing, an end.

A link is `<customer>.<end, in seconds since 1970>.<thing>.<signature>`. Reading it needs no brain; who has it can call
that thing handled for that customer, and nothing else. Opening it changes nothing: mail scanners open every link.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from company.aws.clients import fetch_secret, handle_key_parameter
from company.fire.fire import Fire

PATH = "/h/"
LASTS = timedelta(days=30)
LEAST_KEY = 24
"""Characters; a shorter key, or none, signs and opens nothing."""
LONGEST_ENTITY = 200
FORM = re.compile(r"([1-9][0-9]{0,17})\.([0-9]{1,11})\.([A-Za-z0-9_-]{1,1200})\.([0-9a-f]{64})")
"""The path of a link after PATH. An end of more digits is beyond what a date can hold."""


@dataclass(frozen=True)
class HandleKey:
    """The key that signs the links of one fire: it is read once, however many customers there are."""

    key: str


@dataclass(frozen=True)
class HandleLink:
    """What a genuine link says."""

    customer_id: int
    entity: str
    ends_at: datetime


def addresses(fire: Fire, customer_id: int) -> Callable[[str], str] | None:
    """Gives the address of the link for each thing of a customer; None where there is no page or no key for links."""
    if not fire.settings.console_url:
        return None
    key = fire.kept_for_this_fire.get_or_make(HandleKey, partial(_key, fire)).key
    if len(key) < LEAST_KEY:
        return None
    site, ends_at = fire.settings.console_url.rstrip("/"), fire.now + LASTS
    return lambda entity: f"{site}{PATH}{sign(key, HandleLink(customer_id, entity, ends_at))}"


def sign(key: str, link: HandleLink) -> str:
    """The link as it stands in an address. ValueError for a key that is too short or a thing with too long a name."""
    if len(key) < LEAST_KEY or not 0 < len(link.entity) <= LONGEST_ENTITY:
        raise ValueError("a link is signed with a whole key, for a thing whose name fits")
    named = urlsafe_b64encode(link.entity.encode()).decode().rstrip("=")
    said = f"{link.customer_id}.{int(link.ends_at.timestamp())}.{named}"
    return f"{said}.{_signature(key, said)}"


def read(key: str, text: str) -> HandleLink | None:
    """What a link says, over or not; None for one that this key has not signed."""
    parts = FORM.fullmatch(text)
    if len(key) < LEAST_KEY or parts is None:
        return None
    said, _, signature = text.rpartition(".")
    if not hmac.compare_digest(signature, _signature(key, said)):
        return None
    named = parts[3] + "=" * (-len(parts[3]) % 4)
    return HandleLink(int(parts[1]), urlsafe_b64decode(named).decode(), datetime.fromtimestamp(int(parts[2]), UTC))


def _signature(key: str, said: str) -> str:
    return hmac.new(key.encode(), f"handled {said}".encode(), hashlib.sha256).hexdigest()


def _key(fire: Fire) -> HandleKey:
    """Made by migrate; a company that was not deployed has none, and its pages have no such links."""
    client = fire.cloud.client("ssm")
    try:
        return HandleKey(fetch_secret(fire.cloud, handle_key_parameter(fire.settings.company)))
    except client.exceptions.ParameterNotFound:
        return HandleKey("")
