"""A source whose bodies a test chooses, and the machines that work on them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from company.vertical import Edition
from patchfirst.vertical import VERTICAL
from tests.pipeline.grown import at_work
from tests.pipeline.sample_advisories import write_advisories
from tests.pipeline.works import Works
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.feeds import FeedServer


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own sample around 2026-03-11 with that of its optional sources, made once."""
    folder = tmp_path_factory.mktemp("sample")
    assert VERTICAL.sample is not None
    VERTICAL.sample(folder, date(2026, 3, 11), 1)
    write_advisories(folder, date(2026, 3, 11))
    return folder


@pytest.fixture(scope="session")
def sample(sample_folder: Path) -> list[Edition]:
    assert VERTICAL.recorded is not None
    editions, warnings = VERTICAL.recorded(sample_folder, date(2026, 3, 11))
    assert not warnings
    return editions


@pytest.fixture
def works(brain: TestBrain, fire: Fires, cloud: LocalAws) -> Iterator[Works]:
    """The pipeline over the test's brain, asking a feed server whose bodies the test puts there."""
    with at_work(brain, fire, cloud) as works:
        yield works


@pytest.fixture(scope="module")
def works_at_rest(steadfast_brain: TestBrain) -> Works:
    """The pipeline over one brain for a whole module, for tests in which everything that is tried is refused."""
    return Works(
        steadfast_brain, Fires(steadfast_brain), LocalAws("http://127.0.0.1:1"), FeedServer((), (), steadfast_brain.now)
    )
