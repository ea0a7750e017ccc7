"""A copy of the checkout for tests that run the owner's commands whole, with a desk and a server of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchbill.cloud.postgres import remove_server
from watchbill.home import CHECKOUT

PARTS = ("functions", "infra", "layers", "sql", "watchbill", "tests/events", "pyproject.toml")
IMPORTED = (".", "layers/company/python", "layers/patchfirst/python")


@dataclass(frozen=True)
class Checkout:
    """A copied checkout. `run` gives the finished process of one `watchbill` command."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / ".watchbill"

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join(str(self.root / part) for part in IMPORTED)
        command = [sys.executable, "-m", "watchbill", *words]
        environment = {**os.environ, **(env or {}), "PYTHONPATH": paths}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=280
        )


@contextmanager
def copied_checkout(folder: Path) -> Iterator[Checkout]:
    """A checkout in a folder with a space in its name; its Postgres is stopped and removed afterwards."""
    root = folder / "my company"
    for part in PARTS:
        source, target = CHECKOUT / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    try:
        yield Checkout(root)
    finally:
        remove_server(root / ".watchbill")
