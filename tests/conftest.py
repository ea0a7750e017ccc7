"""What any test may ask for: a Postgres, a brain, a fire, a cloud; and no connections beyond this machine."""

import gc
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.brains import Company, TestBrain, brain_of, live_brain_of, migrated_company
from tests.support.checkouts import Checkout, copied_checkout
from tests.support.clouds import empty
from tests.support.fires import Fires
from tests.support.loopback import refuse_the_outside
from tests.support.memory_disk import memory_disk
from tests.support.properties import bound_properties
from tests.support.rds import Instance, Rds, rds_server
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.cloud.postgres.shared_server import Server, desk_server
from watchbill.cloud.seal import seal
from watchbill.home import find_products

bound_properties()

COLLECTS_AFTER = (50_000, 20, 20)
"""How much is made before Python looks for what can be freed: it looks through all of moto's objects each time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The gate runs bounded forms; these ask for longer ones."""
    fuzz = parser.getgroup("fuzz")
    fuzz.addoption("--fuzz-calls", type=int, default=4_000, help="random calls of tests/fuzz (default: 4000)")
    fuzz.addoption("--fuzz-seed", type=int, default=1, help="the seed of tests/fuzz (default: 1)")
    api = parser.getgroup("api")
    api.addoption("--api-examples", type=int, default=25, help="requests of each kind to the lookup (default: 25)")
    parser.addoption("--emulator", action="store_true", help="also tests/emulator, which take minutes (make emulator)")
    kills = parser.getgroup("kills")
    kills.addoption("--kills", type=int, default=2, help="how often each story of kills kills (default: 2)")
    parser.addoption("--long", action="store_true", help="also the long form of tests that have a bounded one")
    kills.addoption("--drill-seed", type=int, default=1, help="what tests/story/test_drill plants (default: 1)")
    kills.addoption("--kill-seed", type=int, default=205, help="what it kills, and when (default: 205)")


def pytest_configure(config: pytest.Config) -> None:
    """The tests run sealed, as the desk does: the shell may hold keys, and none of them can be used here."""
    seal()
    find_products()
    gc.set_threshold(*COLLECTS_AFTER)


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One worker more than there are cores: with as many, each of two cores idled for a quarter of the time."""
    return (yield) + 1


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are no text name no test: a gzip holds the second it was made in, and each worker makes its own."""
    return argname if isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable()) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: begun last, it would keep one worker busy while the others have ended."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end: they are not looked through again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_the_outside(monkeypatch)


@pytest.fixture
def is_long(pytestconfig: pytest.Config) -> None:
    """For a test that the gate leaves out; its module says what the gate has in its place."""
    if not pytestconfig.getoption("--long"):
        pytest.skip("longer than the gate has time for: --long")


@pytest.fixture(scope="session")
def postgres_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tests' own server."""
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="session")
def postgres(postgres_home: Path) -> Iterator[Server]:
    """A server for this run of the tests, stopped and removed at its end."""
    try:
        with desk_server(postgres_home) as server:
            yield server
    finally:
        shutil.rmtree(find_home(postgres_home).base)


@pytest.fixture(scope="session")
def memory(postgres: Server, postgres_home: Path) -> Iterator[str | None]:
    """A tablespace in memory for the databases of single tests, where this machine has room for one."""
    with memory_disk(postgres, find_home(postgres_home)) as tablespace:
        yield tablespace


@pytest.fixture(scope="session")
def template_brain(postgres: Server, memory: str | None) -> Iterator[Company]:
    """One migrated, simulated company with the real staff."""
    with migrated_company(postgres, tablespace=memory) as company:
        yield company


@pytest.fixture
def brain(template_brain: Company) -> Iterator[TestBrain]:
    """A fresh simulated brain; its clock shows tests.support.brains.MORNING until the test sets it."""
    with brain_of(template_brain) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def steadfast_brain(template_brain: Company) -> Iterator[TestBrain]:
    """One brain for a whole module, for tests in which everything that is tried is refused."""
    with brain_of(template_brain) as shared:
        yield shared


@pytest.fixture
def live_brain(template_brain: Company) -> Iterator[TestBrain]:
    """A fresh brain on the server's own time."""
    with live_brain_of(template_brain) as fresh:
        yield fresh


@pytest.fixture
def fire(brain: TestBrain) -> Iterator[Fires]:
    """fire(role, work) runs one real session in this process, over the test's brain."""
    fires = Fires(brain)
    yield fires
    fires.close()


@pytest.fixture(scope="module")
def modules_cloud() -> Iterator[LocalAws]:
    """An AWS on loopback with what other tests of the module left in it; no other can run beside it."""
    with desk_cloud() as running:
        yield running


@pytest.fixture
def cloud(modules_cloud: LocalAws) -> LocalAws:
    """An empty AWS on loopback."""
    return empty(modules_cloud)


@pytest.fixture(scope="session")
def rds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rds]:
    """A server that lets logins in as RDS does, for this run of the tests."""
    with rds_server(tmp_path_factory.mktemp("rds")) as rds:
        yield rds


@pytest.fixture
def instance(rds: Rds) -> Instance:
    """A database on it as RDS makes one: empty, and its master user's, who is no superuser."""
    rds.counted = "every member"
    return rds.make_database()


@pytest.fixture
def copied_company(tmp_path: Path, postgres: Server) -> Iterator[Checkout]:
    """A copy of the whole company in a folder of its own, which a test changes and runs on the tests' Postgres."""
    with copied_checkout(tmp_path, DESK_POSTGRES=postgres.dsn("postgres")) as checkout:
        yield checkout
