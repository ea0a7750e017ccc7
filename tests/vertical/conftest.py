"""The product's sample for all, and the recorded feeds where the project's neighbour folder holds them."""

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
