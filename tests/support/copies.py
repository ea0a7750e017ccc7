"""A copy of the whole company in a folder of its own, for tests that change who works there or what it sells."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchbill.cloud.postgres_server import Server

CHECKOUT = Path(__file__).resolve().parents[2]
PARTS = ("functions", "layers", "sql", "infra", "watchbill", "tests/events", "docs", "pyproject.toml")
LONGEST_SECONDS = 240


@dataclass(frozen=True)
class Copy:
    """One copied company, and the Postgres on which its desk makes its databases."""

    root: Path
    server: Server

    def lay_over(self, folder: Path) -> None:
        """Adds the files of a folder to the copy, each at its own place."""
        shutil.copytree(folder, self.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))

    def run(self, *words: str, vertical: str = "patchfirst") -> "subprocess.CompletedProcess[str]":
        """`watchbill WORDS` as an owner of the copy would type it."""
        paths = [self.root, *sorted(self.root.glob("layers/*/python"))]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DESK_POSTGRES": self.server.dsn("postgres"),
            "VERTICAL": vertical,
        }
        return subprocess.run(
            [sys.executable, "-m", "watchbill", *words],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )

    def json(self, *words: str, vertical: str = "patchfirst") -> Any:
        """What a command prints with --json; the test fails with its words when it fails."""
        done = self.run(*words, "--json", vertical=vertical)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def copy_company(folder: Path, server: Server) -> Copy:
    """The checkout's own parts, without what was built or run in it."""
    for part in PARTS:
        source, target = CHECKOUT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "quakes"))
        else:
            shutil.copyfile(source, target)
    return Copy(folder, server)
