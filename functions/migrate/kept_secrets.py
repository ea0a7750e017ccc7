"""The secrets that are made once and that SSM keeps: the password of each login, and the keys of page and links."""

import secrets
from collections.abc import Sequence

from company.aws import Clients, fetch_secret, fetch_secrets

REFUSED = "AccessDeniedException"


class KeptSecrets:
    """What SSM keeps under these names, asked for together; one that is missing is made when it is first needed."""

    def __init__(self, cloud: Clients, names: Sequence[str]) -> None:
        self._cloud = cloud
        self._kept = _kept(cloud, names)

    def get_or_make(self, name: str) -> str:
        if name not in self._kept:
            self._kept[name] = self._made(name)
        return self._kept[name]

    def _made(self, name: str) -> str:
        """SSM takes no second value: a deploy that made it meanwhile is right."""
        ssm, made = self._cloud.client("ssm"), secrets.token_urlsafe(24)
        try:
            ssm.put_parameter(Name=name, Value=made, Type="SecureString")
        except ssm.exceptions.ParameterAlreadyExists:
            return fetch_secret(self._cloud, name)
        return made


def _kept(cloud: Clients, names: Sequence[str]) -> dict[str, str]:
    """Nothing where the right to ask for several came with this very deploy: IAM may take seconds to know of it."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        return fetch_secrets(cloud, names)
    except ClientError as error:
        if error.response["Error"]["Code"] != REFUSED:
            raise
        return {}
