"""The product's sample for all, and the recorded feeds where the project's neighbour folder holds them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from company.vertical import Edition
from patchfirst.recorded import recorded
from tests.pipeline.conftest import sample, sample_folder

__all__ = ["sample", "sample_folder"]

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def real_folder() -> Path:
    if not REAL.is_dir():
        pytest.skip("skipped: no recorded feeds beside this checkout")
    return REAL


@pytest.fixture(scope="session")
def real(real_folder: Path) -> list[Edition]:
    return recorded(real_folder)[0]


@pytest.fixture(scope="session")
def real_bodies(real_folder: Path) -> Callable[[str], bytes]:
    """A recorded file as its source serves it: archives as they are, all others unpacked."""

    def body(path: str) -> bytes:
        content = (real_folder / path).read_bytes()
        return gzip.decompress(content) if path.endswith(".gz") and not path.endswith(".tar.gz") else content

    return body
