"""The desk's AWS: a cloud that answers on loopback, and clients that reach only that cloud.

The cloud is moto's server in this process, or an emulator at a given loopback address. The clients are
localstack_client's, with dummy keys, so that no request is ever signed with the owner's keys.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from importlib import import_module
from ipaddress import ip_address
from operator import is_
from threading import Lock, Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from watchbill.cloud.account import ACCOUNT, REGION
from watchbill.cloud.quick_moto.ec2_when_asked import import_ec2_when_asked

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from watchbill.cloud.rights import RightsKeeper, Statement

AwsClient = Any
"""A client of boto3, which makes its methods at run time: the type checker cannot see them."""
AwsSession = Any
"""A session of boto3 that knows the services of the local cloud."""
TURN_SECONDS = 0.0001
"""How long a thread of the desk keeps Python to itself while another waits; Python's own is fifty times as long. While
the desk makes resources, migrate asks moto some forty times, and each answer takes several turns.
"""
_ONE_AT_A_TIME = Lock()
_DUMMY = {"aws_access_key_id": "desk", "aws_secret_access_key": "desk", "region_name": REGION}


class LocalAws:
    """An AWS endpoint on loopback, and one client per service."""

    def __init__(
        self,
        endpoint_url: str,
        change_counter: ScheduleChangeCounter | None = None,
        rights_keeper: RightsKeeper | None = None,
    ) -> None:
        self.endpoint_url = endpoint_url
        self.change_counter = change_counter
        self._rights_keeper = rights_keeper
        self.region = REGION
        self.account = ACCOUNT
        self._clients: dict[str, AwsClient] = {}
        self._session: AwsSession | None = None
        self._lock = Lock()
        self._has_ended = False

    @property
    def is_moto(self) -> bool:
        """Whether this is moto in this process, and not another emulator."""
        return self.change_counter is not None

    def enforce(self, rights: Mapping[str, tuple[Statement, ...]]) -> None:
        """By access key: what may be done with it, and nothing else. Another emulator checks rights, or does not."""
        if self._rights_keeper is not None:
            self._rights_keeper.statements.update(rights)

    @contextmanager
    def observed(self, after_change: Callable[[str], None]) -> Iterator[None]:
        """Calls after_change with the service's name before each request that changed something is answered."""
        if self.change_counter is None:
            yield
            return
        self.change_counter.after_change = after_change
        try:
            yield
        finally:
            self.change_counter.after_change = None

    def client(self, service: str) -> AwsClient:
        """The one client for this service; making a client costs about a hundred times as much as using it."""
        with self._lock:
            if service not in self._clients:
                self._session = self._session or self._new_session()
                self._clients[service] = self._new_client(self._session, service)
            return self._clients[service]

    def client_of(self, service: str, identity: str, secret: str) -> AwsClient:
        """A client that signs with a key of its own, as company.aws.clients.Cloud gives it."""
        key = {"aws_access_key_id": identity, "aws_secret_access_key": secret}
        return self._new_client(self._new_session(key), service)

    def _new_session(self, key: Mapping[str, str] = MappingProxyType({})) -> AwsSession:
        """Each reads boto3's lists of services and regions once, for all clients that are made with it."""
        from localstack_client.session import Session

        return Session(localstack_host=urlsplit(self.endpoint_url).netloc, **{**_DUMMY, **key})

    def _new_client(self, session: AwsSession, service: str) -> AwsClient:
        from botocore.config import Config

        config = Config(
            retries={"total_max_attempts": 2, "mode": "standard"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=8,
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
            proxies={},
        )
        client = session.client(service, config=config)
        if client.meta.endpoint_url != self.endpoint_url:
            raise RuntimeError(f"a client for {client.meta.endpoint_url} was about to be used, not {self.endpoint_url}")
        if self.change_counter is not None:
            from watchbill.cloud.quick_moto.direct_calls import ask_directly

            ask_directly(client, self._answer)
        return client

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """What moto answers; once this cloud has ended, moto holds the next one in its place."""
        if self.change_counter is None or self._has_ended:
            raise RuntimeError("this cloud has ended")
        return self.change_counter(environ, start_response)

    def close(self) -> None:
        """Its clients reach nothing from now on."""
        self._has_ended = True


def is_loopback(url: str) -> bool:
    """Whether an http address stays on this machine, by its text only: no name is looked up."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.hostname is None:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


@contextmanager
def desk_cloud(endpoint_url: str | None = None) -> Iterator[LocalAws]:
    """A running cloud until the block ends: moto's, or the emulator at the loopback address given."""
    if endpoint_url is not None:
        if not is_loopback(endpoint_url):
            raise ValueError(f"the desk connects only to loopback, not to {endpoint_url}")
        yield LocalAws(endpoint_url)
        return
    with _moto() as made, closing(LocalAws(*made)) as cloud:
        yield cloud


class ScheduleChangeCounter:
    """WSGI middleware in front of moto: counts requests that change a schedule or an alias, so that nobody lists them.

    Requests of the desk and of the functions' processes all pass through it. after_change: see LocalAws.observed.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self.schedule_changes = 0
        self.alias_changes = 0
        self.after_change: Callable[[str], None] | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" and environ["PATH_INFO"].startswith("/schedules/"):
            self.schedule_changes += 1
        answer = self._application(environ, start_response)
        if environ["REQUEST_METHOD"] != "GET" and "/aliases" in environ["PATH_INFO"]:
            self.alias_changes += 1
        if self.after_change is not None and _may_change(environ):
            self.after_change(_service(environ))
        return answer


_READS = ("Get", "List", "Describe", "Filter", "Receive")


def _may_change(environ: WSGIEnvironment) -> bool:
    """By its method, or by the name of its action where every request is a POST."""
    action = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    return environ["REQUEST_METHOD"] not in ("GET", "HEAD") and not action.startswith(_READS)


def _service(environ: WSGIEnvironment) -> str:
    """The service in the scope of the request's signature: .../us-east-1/s3/aws4_request."""
    scope, _, _ = str(environ.get("HTTP_AUTHORIZATION", "")).partition("/aws4_request")
    return scope.rpartition("/")[2]


@contextmanager
def _moto() -> Iterator[tuple[str, ScheduleChangeCounter, RightsKeeper]]:
    """moto's server, of which one process has one at a time."""
    from watchbill.cloud.quick_moto.kept_connections import KeepingServer
    from watchbill.cloud.quick_moto.kept_listings import KeptListings
    from watchbill.cloud.rights import RightsKeeper

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each request
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise RuntimeError("a cloud is running in this process already, and moto would give both the same contents")
    try:
        _reset_moto()
        rights_keeper = RightsKeeper(KeptListings(_application()))
        change_counter = ScheduleChangeCounter(rights_keeper)
        with _short_turns(), KeepingServer(change_counter) as server:
            # By name, not by number: S3 and SQS build further addresses from it.
            yield f"http://localhost:{server.server_port}", change_counter, rights_keeper
    finally:
        _ONE_AT_A_TIME.release()


@contextmanager
def _short_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@cache
def _application() -> WSGIApplication:
    """moto's application, which builds one web application per service at its first request; made once."""
    import_ec2_when_asked()
    from botocore import session
    from botocore.loaders import create_loader
    from moto.core import loaders, responses, utils
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    _compare_versions_by_identity()
    # moto lists the methods of a service's class at each request anew.
    vars(responses)["method_names_from_class"] = cache(utils.method_names_from_class)
    # moto, and each session that it makes, looks through botocore's four hundred services and reads its own anew.
    vars(utils)["create_loader"] = cache(loaders.create_loader)
    vars(session)["create_loader"] = cache(create_loader)
    application = DomainDispatcherApplication(create_backend_app)
    # moto lists its own folders to answer this, at each request anew.
    application.get_backend_for_host = cache(application.get_backend_for_host)  # type: ignore[method-assign]
    return application


def _compare_versions_by_identity() -> None:
    """moto compares each version of an object with each at a put: with the mark of 1,600 beats it takes 22 ms. Nearly
    every put only adds one: then each is compared with itself, and none is to be disposed of.
    """
    from moto.s3.utils import _VersionedKeyStore

    def setlist(store: Any, key: str, versions: list[Any]) -> None:
        earlier = store.getlist(key, [])
        if len(earlier) > len(versions) or not all(map(is_, earlier, versions)):
            kept = {id(one) for one in versions}
            for one in earlier:
                if id(one) not in kept:
                    one.dispose()
        dict.__setitem__(store, key, versions)

    _VersionedKeyStore.setlist = setlist  # type: ignore[assignment, method-assign]


def read_moto_ahead() -> None:
    """Begins to import what every deployment needs of moto, beside what the caller does next; some seconds of it."""
    Thread(target=_read_moto, daemon=True).start()


def _read_moto() -> None:
    import_ec2_when_asked()
    for service in ("s3", "ssm", "scheduler", "awslambda", "sqs", "sns", "iam"):
        import_module(f"moto.{service}.urls")


def _reset_moto() -> None:
    """moto keeps its resources per process: a second cloud would start with the first one's."""
    from moto.core.base_backend import BackendDict

    BackendDict.reset()
