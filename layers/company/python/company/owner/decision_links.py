"""Links with which the owner answers one question from a mail: made here; the brain keeps only their hash."""

import hashlib
import secrets

from company.brain import Brain

TOKEN_BYTES = 24
PATH = "/d/"


def hashed(token: str) -> bytes:
    """What the brain keeps of a token. The token is long and random, so a plain hash cannot be reversed."""
    return hashlib.sha256(token.encode()).digest()


def issue(brain: Brain, decision_id: int) -> str:
    """The path of a new link to an open question; valid for one answer, until the question takes its default."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    brain.run("issue_decision_link", decision_id=decision_id, token_sha256=hashed(token))
    return PATH + token
