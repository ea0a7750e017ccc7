"""The secrets that are made once and that SSM keeps: the password of each login, and the keys of page and links."""

import secrets
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

from company.aws.clients import Clients, fetch_secret, fetch_secrets

REFUSED = "AccessDeniedException"
TRIES = 10
"""Of a put: SSM takes three in a second of an account, and a new company has some forty to make."""


class PatientClients(Clients, Protocol):
    """company.aws.clients.Cloud, as far as it is asked for here."""

    def client_with(self, service: str, *, tries: int) -> Any: ...


class KeptSecrets:
    """What SSM keeps under these names, asked for together; one that is missing is made when it is first needed."""

    def __init__(self, cloud: PatientClients, names: Sequence[str]) -> None:
        self._cloud = cloud
        self._kept = _kept(cloud, names)

    def get_or_make(self, name: str) -> str:
        if name not in self._kept:
            self._kept[name] = self._made(name)
        return self._kept[name]

    def _made(self, name: str) -> str:
        """SSM takes no second value: a deploy that made it meanwhile is right."""
        made = secrets.token_urlsafe(24)
        try:
            self._puts.put_parameter(Name=name, Value=made, Type="SecureString")
        except self._puts.exceptions.ParameterAlreadyExists:
            return fetch_secret(self._cloud, name)
        return made

    @cached_property
    def _puts(self) -> Any:
        """botocore waits longer before each try: a second at most before the second one, 20 before the last ones."""
        return self._cloud.client_with("ssm", tries=TRIES)


def _kept(cloud: Clients, names: Sequence[str]) -> dict[str, str]:
    """Nothing where the right to ask for several came with this very deploy: IAM may take seconds to know of it."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        return fetch_secrets(cloud, names)
    except ClientError as error:
        if error.response["Error"]["Code"] != REFUSED:
            raise
        return {}
