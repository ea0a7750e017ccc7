"""Fixtures of the desk's own parts: a runtime with each client, and an embedded server that tests attack."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.lambdas import deploy_handlers, runtime_of
from tests.cloud.servers import databases
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.postgres.shared_server import Server, desk_server, remove_server
from watchbill.cloud.runtime import ClientName, Runtime
from watchbill.cloud.template.build import Deployment

CLIENTS: list[ClientName] = ["awslambdaric", "bare"]
WITHOUT_NATIVE_CLIENT = importlib.util.find_spec("runtime_client") is None
LONGER_THAN_A_SOCKET_PATH = "a long folder name with spaces " * 5


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return deploy_handlers(tmp_path_factory.mktemp("runtime") / "a checkout")


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> ClientName:
    name: ClientName = request.param
    if name == "awslambdaric" and WITHOUT_NATIVE_CLIENT:
        pytest.skip("awslambdaric has no native part here")
    return name


@pytest.fixture
def cloud() -> Iterator[LocalAws]:
    """One that begins and ends with the test: here the cloud itself is tested."""
    with desk_cloud() as running:
        yield running


@pytest.fixture
def runtime(deployment: Deployment, client: ClientName) -> Iterator[Runtime]:
    with runtime_of(deployment, client) as runtime:
        yield runtime


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("desk") / LONGER_THAN_A_SOCKET_PATH / ".watchbill"
    home.mkdir(parents=True)
    yield home
    remove_server(home)


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    with desk_server(home) as server:
        yield server
        for name in databases(server):
            server.drop_database(name)
