"""AWS clients, made at their first use (boto3 costs a cold start half a second), and the secrets that SSM holds."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from company.settings import Settings

READ_SECONDS = 30
"""How long an answer may take."""
TRIES = 3
TRIES_OF = {"sesv2": 1}
"""Of a call, where it is not three: a mail whose answer was lost is not handed over a second time."""

MOST_NAMES = 10
"""Of one request for parameters; SSM refuses more."""

ASKS_BEFORE_BYTES = 1024 * 1024
"""From this size on S3 is asked before a body is sent, so that one that it refuses is not sent in vain: the limit of
AWS's SDK for JavaScript (aws/aws-sdk-js#437). boto3 has none and asks for every body.
"""


class Clients(Protocol):
    """What gives a boto3 client of a service: a function's Cloud, or the desk's."""

    def client(self, service: str) -> Any: ...


class Cloud:
    """boto3 clients by service name, kept while the container is warm."""

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of one service; boto3 itself reads AWS_ENDPOINT_URL and the role's credentials."""
        if service not in self._clients:
            self._clients[service] = _make(service)
        return self._clients[service]

    def client_of(self, service: str, identity: str, secret: str) -> Any:
        """A client that signs with a key of its own instead of the role's credentials; not kept."""
        return _make(service, aws_access_key_id=identity, aws_secret_access_key=secret)

    def client_with(self, service: str, *, read_seconds: float = READ_SECONDS, tries: int = TRIES) -> Any:
        """A client with limits of its own: how long an answer may take, and how often a call is sent; not kept.

        botocore also sends a call again whose answer is late, so one that acts and takes long is tried once.
        """
        return _make(service, read_seconds=read_seconds, tries=tries)


def _make(service: str, *, read_seconds: float = READ_SECONDS, tries: int | None = None, **key: str) -> Any:
    from botocore.config import Config  # noqa: PLC0415  a fire with nothing to do must not spend time on it

    # s3v4: the older way to sign a link is refused by S3 for newer buckets.
    config = Config(
        connect_timeout=5,
        read_timeout=read_seconds,
        retries={"total_max_attempts": tries or TRIES_OF.get(service, TRIES), "mode": "standard"},
        signature_version="s3v4" if service == "s3" else None,
        s3=_style_of_links() if service == "s3" else None,
    )
    make: Callable[..., Any] = _session().makes.client  # its stubs require a literal for each service
    client = make(service, config=config, **key)
    if service == "s3":
        client.meta.events.register_last("before-call.s3", _send_small_bodies_at_once)
    return client


def _send_small_bodies_at_once(params: dict[str, Any], **_: object) -> None:
    """botocore asks S3 before every body whether it may send it, which is a round trip more for each put."""
    from botocore.utils import determine_content_length  # noqa: PLC0415

    length = determine_content_length(params.get("body"))
    if length is not None and length < ASKS_BEFORE_BYTES:
        params["headers"].pop("Expect", None)


def _style_of_links() -> Any:
    """The bucket in the host's name, for by that alone botocore names the region in a link; newer regions refuse links
    to the one host of all regions (boto/boto3#4768). An endpoint of one's own may have no such names.
    """
    from botocore.configprovider import ConfiguredEndpointProvider  # noqa: PLC0415

    core = _session().core
    own = ConfiguredEndpointProvider(core.full_config, core.get_scoped_config(), "s3").provide()
    return None if own else {"addressing_style": "virtual"}


class _Session(NamedTuple):
    core: Any
    """botocore's, which knows what was configured."""
    makes: Any
    """boto3's, which makes clients."""


@cache
def _session() -> _Session:
    """boto3's session, once for a container. It gives moments in UTC: in the machine's own zone, as botocore does by
    itself, each takes longer than the rest of its item in a listing.
    """
    import boto3  # noqa: PLC0415
    import botocore.session  # noqa: PLC0415

    session = botocore.session.get_session()
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    return _Session(session, boto3.session.Session(botocore_session=session))


def _moment(value: str | float) -> datetime:
    """A timestamp of an answer: seconds since 1970, or a text in one of the forms that botocore knows."""
    from botocore.utils import parse_timestamp  # noqa: PLC0415

    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else parse_timestamp(value)


def login_parameter(company: str, role: str) -> str:
    """The SSM parameter (SecureString) in which migrate keeps the password of a role's login."""
    return f"/watchbill/{company}/logins/{role}"


def console_key_parameter(company: str) -> str:
    """The SSM parameter (SecureString) in which migrate keeps the key of the owner's web page."""
    return f"/watchbill/{company}/console/key"


def handle_key_parameter(company: str) -> str:
    """The SSM parameter (SecureString) in which migrate keeps the key that signs customers' links."""
    return f"/watchbill/{company}/handle/key"


def fetch_password(cloud: Cloud, settings: "Settings") -> str:
    """What this role's login proves itself with: its password, from SSM, or a token of RDS, good for 15 minutes."""
    if settings.brain_auth == "iam":
        return login_token(cloud, settings.brain_dsn, settings.login)
    return fetch_secret(cloud, login_parameter(settings.company, settings.role))


def login_token(cloud: Cloud, brain_dsn: str, login: str) -> str:
    """Signed here, without a request; RDS checks it by the right rds-db:connect for this login."""
    parts = urlsplit(brain_dsn)
    token = cloud.client("rds").generate_db_auth_token(
        DBHostname=parts.hostname, Port=parts.port or 5432, DBUsername=login
    )
    return str(token)


def setting_parameter(company: str, name: str) -> str:
    """The SSM parameter (SecureString) in which the owner keeps a setting that may hold a secret."""
    return f"/watchbill/{company}/settings/{name}"


def fetch_settings(cloud: Clients, company: str, names: Iterable[str]) -> dict[str, str]:
    """Settings that SSM holds, by their names; those that nobody stored are left out."""
    wanted = {setting_parameter(company, name): name for name in names}
    return {wanted[name]: value.strip() for name, value in fetch_secrets(cloud, list(wanted)).items()}


def fetch_secrets(cloud: Clients, names: Sequence[str]) -> dict[str, str]:
    """SecureStrings by their names, as few requests as SSM allows; those that nobody stored are left out."""
    found: dict[str, str] = {}
    for first in range(0, len(names), MOST_NAMES):
        wanted = list(names[first : first + MOST_NAMES])
        answer = cloud.client("ssm").get_parameters(Names=wanted, WithDecryption=True)
        found |= {one["Name"]: str(one["Value"]) for one in answer["Parameters"]}
    return found


def fetch_secret(cloud: Clients, name: str) -> str:
    """A SecureString by its name."""
    answer = cloud.client("ssm").get_parameter(Name=name, WithDecryption=True)
    return str(answer["Parameter"]["Value"])


def model_key_parameter(company: str) -> str:
    """The SSM parameter (SecureString) in which the owner keeps the model's key."""
    return f"/watchbill/{company}/anthropic_api_key"


def feed_key_parameter(company: str, source: str) -> str:
    """The SSM parameter (SecureString) in which the owner keeps the key of a source that takes one."""
    return f"/watchbill/{company}/feeds/{source}"


def link_key_parameter(company: str) -> str:
    """The SSM parameter (SecureString) in which the owner may keep a key that signs links: its id and its secret."""
    return f"/watchbill/{company}/link_key"


def fetch_model_key(cloud: Cloud, settings: "Settings") -> str:
    """The model's key, from SSM, without the line end that is often stored with it."""
    return fetch_secret(cloud, model_key_parameter(settings.company)).strip()
