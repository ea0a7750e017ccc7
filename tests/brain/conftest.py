"""Fixtures for tests of a brain."""

import shutil
from pathlib import Path

import pytest

from tests.support.brains import SQL


@pytest.fixture
def sql_dir(tmp_path: Path) -> Path:
    """A copy of sql/ that a test may edit."""
    return Path(shutil.copytree(SQL, tmp_path / "sql"))
