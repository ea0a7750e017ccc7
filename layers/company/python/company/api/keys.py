"""Keys of customers' programs: a name, which may be shown, and a secret of 256 random bits, which is kept as a hash.

A salted SHA-256 is enough: nobody guesses 256 random bits, so slowness would protect nothing. The comparison takes as
long for a name that no key has as for a wrong secret.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from company.brain import Brain

FORM = re.compile(r"wbk_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
NAME_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"
NO_SALT, NO_HASH = bytes(16), bytes(32)


@dataclass(frozen=True)
class CustomerKey:
    """What the brain has of one key."""

    salt: bytes
    secret_sha256: bytes
    customer_id: int
    is_paused: bool
    has_ended: bool


@dataclass(frozen=True)
class CustomerKeyState:
    """One key as its owner sees it, without the secret, which nobody has."""

    key_id: str
    made_at: datetime
    last_used_at: datetime | None
    ends_at: datetime | None
    has_ended: bool
    per_minute: int


def give_key(brain: Brain, customer: str, per_minute: int) -> tuple[str, str]:
    """Makes a key; its name, and the whole key, which is nowhere kept."""
    name = "".join(secrets.choice(NAME_SIGNS) for _ in range(12))
    secret, salt = secrets.token_urlsafe(32), secrets.token_bytes(16)
    brain.run(
        "make_customer_key",
        customer=customer,
        key_id=name,
        salt=salt,
        secret_sha256=_hashed(salt, secret),
        per_minute=per_minute,
    )
    return name, f"wbk_{name}_{secret}"


def find_key(brain: Brain, given: str) -> tuple[str, CustomerKey] | None:
    """The name and the row of a good key; None for everything else, also for a key that has ended."""
    parts = FORM.fullmatch(given)
    if parts is None:
        return None
    name, secret = parts.groups()
    found = brain.row(CustomerKey, "find_customer_key", key_id=name)
    salt, kept = (found.salt, found.secret_sha256) if found else (NO_SALT, NO_HASH)
    is_same = hmac.compare_digest(_hashed(salt, secret), kept)
    return (name, found) if found and is_same and not found.has_ended else None


def _hashed(salt: bytes, secret: str) -> bytes:
    return hashlib.sha256(salt + secret.encode()).digest()
