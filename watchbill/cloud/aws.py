"""For all of the desk that speaks to AWS: a cloud that answers on loopback, and clients that reach only it.

The cloud is moto's server in this process, or any emulator whose loopback address is handed in. The clients are
localstack_client's, with dummy keys, so that nothing here can ever sign a request with an owner's own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import ip_address
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

REGION = "us-east-1"
ACCOUNT = "123456789012"
_ONE_AT_A_TIME = Lock()
_DUMMY = {"aws_access_key_id": "desk", "aws_secret_access_key": "desk", "region_name": REGION}


class LocalAws:
    """An AWS endpoint on loopback, and one client per service."""

    def __init__(self, endpoint_url: str, change_counter: ScheduleChangeCounter | None = None) -> None:
        self.endpoint_url = endpoint_url
        self.change_counter = change_counter
        self.region = REGION
        self.account = ACCOUNT
        self._clients: dict[str, Any] = {}
        self._lock = Lock()

    @property
    def is_moto(self) -> bool:
        """Whether this is our own, and not an emulator that somebody else runs."""
        return self.change_counter is not None

    def client(self, service: str) -> Any:
        """The one client for this service; making one costs about a hundred times what using it costs."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._new_client(service)
            return self._clients[service]

    def _new_client(self, service: str) -> Any:
        from botocore.config import Config
        from localstack_client.session import Session

        config = Config(
            retries={"total_max_attempts": 2, "mode": "standard"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=8,
            s3={"addressing_style": "path"},
            proxies={},
        )
        session = Session(localstack_host=urlsplit(self.endpoint_url).netloc, **_DUMMY)
        client = session.client(service, config=config)
        if client.meta.endpoint_url != self.endpoint_url:
            raise RuntimeError(f"a client for {client.meta.endpoint_url} was about to be used, not {self.endpoint_url}")
        return client


def is_loopback(url: str) -> bool:
    """Whether an http address stays on this machine, judged by its text: no name server is asked."""
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
            raise ValueError(f"the desk speaks only to loopback, not to {endpoint_url}")
        yield LocalAws(endpoint_url)
        return
    with _moto() as (url, change_counter):
        yield LocalAws(url, change_counter)


class ScheduleChangeCounter:
    """Stands before moto and counts what changes a schedule, so that nobody need ask after each run.

    The desk's own clients and the functions' processes all come through here.
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self.schedule_changes = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "GET" and environ["PATH_INFO"].startswith("/schedules/"):
            self.schedule_changes += 1
        return self._application(environ, start_response)


@contextmanager
def _moto() -> Iterator[tuple[str, ScheduleChangeCounter]]:
    """moto's server, as its ThreadedMotoServer would start it, but quick to stop and with its socket closed."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a request a line is not news
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise RuntimeError("a cloud is running in this process already, and moto would give both the same contents")
    _forget_former_clouds()
    change_counter = ScheduleChangeCounter(_application())
    server = make_server("127.0.0.1", 0, change_counter, threaded=True, request_handler=MotoRequestHandler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        # By name, not by number: S3 and SQS build further addresses from it.
        yield f"http://localhost:{server.server_port}", change_counter
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        _ONE_AT_A_TIME.release()


@cache
def _application() -> Any:
    """moto's application builds a web application for each service at its first request; that is done once."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)


def _forget_former_clouds() -> None:
    """moto keeps its resources per process: a second cloud in one process would start with the first one's."""
    from moto.core.base_backend import BackendDict

    BackendDict.reset()
