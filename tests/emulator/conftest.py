"""These tests start another emulator and take minutes of real time: `make emulator` runs them, the gate does not."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """None leaves the decision to pytest."""
    return None if config.getoption("--emulator") else True
