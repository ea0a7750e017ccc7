"""A checkout in miniature, for tests of set-up: one lock, one pyproject.toml, no network."""

from pathlib import Path

import pytest

from watchbill.setup.stamp import write_stamp
from watchbill.setup.wanted import Wanted

PYPROJECT = """
[build-system]
requires = ["hatchling"]
[project]
name = "miniature"
[tool.hatch]
[tool.ruff]
line-length = 112
"""


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    """A set of two locks and the checkout, in a folder with a space in its name; nothing is installed yet."""
    root = tmp_path / "my checkout"
    (root / "requirements").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT)
    for lock in ("build", "desk"):
        (root / "requirements" / f"{lock}.lock").write_text(f"{lock}-thing==1.0\n")
    return Wanted(folder=".venv", parts=("build", "desk", "checkout"), megabytes=1, root=root)


@pytest.fixture
def whole(wanted: Wanted) -> Wanted:
    """The same set after a finished set-up."""
    (wanted.venv / "bin").mkdir(parents=True)
    (wanted.venv / "bin" / "python").touch()
    write_stamp(wanted.venv, wanted.digests())
    return wanted
