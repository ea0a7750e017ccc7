"""Signed links into the bucket: who has one can read one file until the link ends, and nothing else.

A link ends with the credentials that signed it. Those of a function are temporary and end within hours; the owner can
keep the key of a user who may read dashboards and nothing else, and its links last seven days.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from company.aws.clients import fetch_secret, link_key_parameter
from company.fire.fire import Fire
from company.vertical import DashboardLink

LONGEST = timedelta(days=7)
"""S3's own limit for a signed link."""
BY_A_FUNCTION = timedelta(hours=6)
"""AWS promises no time for a function's credentials; those of a role on a machine last six hours."""
TEMPORARY = "X-Amz-Security-Token"
"""In a link that was signed by temporary credentials."""


@dataclass(frozen=True)
class Signer:
    """The client that signs the links of one fire: its key is read once, however many customers there are."""

    client: Any


def sign_link(fire: Fire, key: str) -> DashboardLink:
    """A link to a file of the bucket, for as long as it can last. For the first of a fire its key is read."""
    client = fire.kept_for_this_fire.get_or_make(Signer, partial(_signer, fire)).client
    address = _sign(fire, client, key, LONGEST)
    lasts = LONGEST
    if TEMPORARY in address:
        lasts = BY_A_FUNCTION
        address = _sign(fire, client, key, lasts)
    return DashboardLink(address, fire.now + lasts)


def _sign(fire: Fire, client: Any, key: str, lasts: timedelta) -> str:
    return str(
        client.generate_presigned_url(
            "get_object",
            Params={"Bucket": fire.settings.bucket, "Key": key},
            ExpiresIn=int(lasts.total_seconds()),
        )
    )


def _signer(fire: Fire) -> Signer:
    """By the owner's key for links where there is one, else as this function; the next fire reads the key anew."""
    key = _link_key(fire)
    if key is None:
        return Signer(fire.cloud.client("s3"))
    identity, secret = key.split()
    return Signer(fire.cloud.client_of("s3", identity, secret))


def _link_key(fire: Fire) -> str | None:
    client = fire.cloud.client("ssm")
    try:
        return fetch_secret(fire.cloud, link_key_parameter(fire.settings.company)).strip()
    except client.exceptions.ParameterNotFound:
        return None
