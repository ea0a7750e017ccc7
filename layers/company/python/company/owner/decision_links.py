"""Links by which the owner answers one question from a mail: made here, known to the brain only by their hash."""

import hashlib
import secrets

from company.brain import Brain

TOKEN_BYTES = 24
PATH = "/d/"


def hashed(token: str) -> bytes:
    """What the brain keeps of a token. It is random and long, so a plain hash cannot be turned round."""
    return hashlib.sha256(token.encode()).digest()


def issue(brain: Brain, decision_id: int) -> str:
    """The path of a new link to an open question; good for one answer, until silence answers."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    brain.run("issue_decision_link", decision_id=decision_id, token_sha256=hashed(token))
    return PATH + token
