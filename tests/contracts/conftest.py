"""The template, translated once."""

from pathlib import Path

import pytest

from tests.contracts.repository import ROOT
from watchbill.cloud.template.translation import Stack, read_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """infra/template.yaml as AWS would expand it."""
    cache: Path = tmp_path_factory.mktemp("translated")
    return read_stack(ROOT / "infra" / "template.yaml", cache)
