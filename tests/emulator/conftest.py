"""These tests start another emulator and take minutes of real time: `make emulator` runs them, the gate does not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from company.vertical import Edition
from patchfirst.vertical import VERTICAL
from tests.emulator.running import BUILT, PYTHON, SAM, Emulator, real_time, running, soon
from tests.pipeline.works import kev, kev_entry
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.postgres.server import Server

ENTRIES = 30


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """None leaves the decision to pytest."""
    return None if config.getoption("--emulator") else True


class Publisher(FeedServer):
    """KEV's publisher: each edition is served from when it was published; the first is an hour old."""

    def __init__(self) -> None:
        super().__init__(VERTICAL.sources, (), real_time)
        self.publish(at=soon() - timedelta(hours=1))

    def publish(self, *, at: datetime | None = None, broken: int = 0, **renamed: str) -> None:
        """An edition of now. renamed: new names of its columns; broken: so many of its entries have no CVE's name."""
        moment = at or soon() - timedelta(seconds=5)
        body = _edition(f"{moment:%Y-%m-%dT%H:%M:%S}.0Z", broken, renamed)
        self._editions = (*self._editions, Edition("kev", moment, lambda: body, str(len(self._editions))))


def _edition(at: str, broken: int, renamed: dict[str, str]) -> bytes:
    """Entries whose columns can be distinguished by their values."""
    body = kev(*(kev_entry(n, **_values(n, broken)) for n in range(ENTRIES)), at=at)
    for old, new in renamed.items():
        body = body.replace(f'"{old}"'.encode(), f'"{new}"'.encode())
    return body


def _values(n: int, broken: int) -> dict[str, Any]:
    dates = {"dateAdded": f"2026-01-{n % 28 + 1:02}", "dueDate": f"2026-02-{n % 28 + 1:02}"}
    return {**dates, "cveID": "none yet"} if n < broken else dates


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    one = Publisher()
    with one.serving():
        yield one


@pytest.fixture
def emulator(postgres: Server, publisher: Publisher, tmp_path: Path) -> Iterator[Emulator]:
    missing = [str(path) for path in (PYTHON, SAM, BUILT / "template.yaml") if not path.exists()]
    if missing:
        pytest.skip(f"there is no {', '.join(missing)}: run `make emulator`")
    with running(tmp_path, postgres, publisher.urls) as running_one:
        yield running_one
