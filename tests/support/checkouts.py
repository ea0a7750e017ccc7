"""A copy of the checkout for tests that run the owner's commands whole, with a desk and a server of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from watchbill.cloud.postgres.shared_server import remove_server
from watchbill.home import CHECKOUT

PARTS = ("functions", "infra", "layers", "sql", "watchbill", "docs", "tests/events", "pyproject.toml")
MADE_OF_CODE = ("deploy", "cache", "sample")
"""Folders of a desk that hold only what is made of the code, and made again where a digest says that it differs."""


@dataclass(frozen=True)
class Checkout:
    """A copied checkout. `run` gives the finished process of one `watchbill` command."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / ".watchbill"

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None, seconds: int = 280
    ) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "watchbill", *arguments, env=env, seconds=seconds)

    def python(
        self, *arguments: str, env: Mapping[str, str] | None = None, seconds: int = 280
    ) -> subprocess.CompletedProcess[str]:
        """This interpreter on the copy's own code."""
        paths = os.pathsep.join(map(str, [self.root, *sorted(self.root.glob("layers/*/python"))]))
        command = [sys.executable, *arguments]
        environment = {**os.environ, **self.environment, **(env or {}), "PYTHONPATH": paths}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=seconds
        )

    def json(self, *arguments: str, env: Mapping[str, str] | None = None, seconds: int = 280) -> Any:
        """What a command prints with --json; the test fails with the command's own error when it fails."""
        done = self.run(*arguments, "--json", env=env, seconds=seconds)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def add_files(self, folder: Path) -> None:
        """Adds the files of a folder, each at its own place."""
        shutil.copytree(folder, self.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


@contextmanager
def copied_checkout(folder: Path, *, is_apart: bool = False, **environment: str) -> Iterator[Checkout]:
    """A checkout in a folder with a space in its name; its Postgres is stopped and removed afterwards.

    It finds what an earlier test made of the same code. is_apart: it has copies of that, so that its processes work in
    this folder and no other.
    """
    root = folder / "my company"
    for part in PARTS:
        source, target = CHECKOUT / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    _use_what_is_made(root / ".watchbill", is_apart=is_apart)
    try:
        yield Checkout(root, environment)
    finally:
        remove_server(root / ".watchbill")


def _use_what_is_made(home: Path, *, is_apart: bool) -> None:
    home.mkdir()
    for name in MADE_OF_CODE:
        made = Path(_made().name) / name
        made.mkdir(exist_ok=True)
        if is_apart:
            shutil.copytree(made, home / name)
        else:
            (home / name).symlink_to(made)


@cache
def _made() -> TemporaryDirectory[str]:
    """Of this process of the tests; it goes with it."""
    return TemporaryDirectory(prefix="watchbill-tests-")
