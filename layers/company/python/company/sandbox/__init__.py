"""A copy of the deployed code that can be tried without harm, for whoever must prove a change before anybody runs it.

Each trial is a process of its own: no environment but what is said here, no network, no writing, nothing readable
but the copy and Python itself, and an end to its seconds and its memory. The guards are Python's audit hook and the
kernel's resource limits: enough against a change that misbehaves, not a prison for native code.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from company.sandbox.diffs import apply_diff, files_of, part_of

INSIDE = Path(__file__).parent / "inside.py"
SECONDS = 60
MEMORY_MB = 1024
CACHES = shutil.ignore_patterns("__pycache__")
"""Compiled files are not looked at again on the desk, so a changed file beside its old one would not be run."""


@dataclass(frozen=True)
class TrialResult:
    """How one trial ended: whether it did what was asked, what it gave, and what it said when it did not."""

    is_ok: bool
    result: Mapping[str, Any]
    said: str


def code_root(package: str) -> Path:
    """The folder that a package of ours is imported from."""
    file = import_module(package).__file__
    assert file is not None, "our packages are folders with an __init__.py"
    return Path(file).parents[1]


@dataclass(frozen=True)
class Sandbox:
    """A copy of our packages in a folder that goes away. Documents put into it are readable by their names."""

    folder: Path

    @property
    def code(self) -> Path:
        return self.folder / "code"

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    def put(self, name: str, body: bytes) -> None:
        (self.documents / name).write_bytes(body)

    def change(self, diff: str) -> None:
        """Applies a diff to the copy; DiffError when it was made for another text."""
        for file in files_of(diff):
            path = self.code / file
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            path.write_text(apply_diff(text, part_of(diff, file)), encoding="utf-8")

    def test(self, text: str) -> TrialResult:
        """Runs the functions test_* of a text; ok when there is one and none raises."""
        (self.folder / "test_change.py").write_text(text, encoding="utf-8")
        return self._run({"do": "test", "file": str(self.folder / "test_change.py")})

    def read(self, vertical: str, documents: Sequence[Mapping[str, Any]]) -> TrialResult:
        """Reads documents ({name, source, moment}) with their sources' readers: rows, keys and a digest of each."""
        return self._run({"do": "read", "vertical": vertical, "documents": [dict(d) for d in documents]})

    def _run(self, job: Mapping[str, Any]) -> TrialResult:
        given = {**job, "folder": str(self.folder), "code": str(self.code), "path": sys.path, "seconds": SECONDS}
        try:
            ended = subprocess.run(
                [sys.executable, "-I", "-S", "-B", str(INSIDE)],
                input=json.dumps({**given, "memory_mb": MEMORY_MB}).encode(),
                capture_output=True,
                timeout=SECONDS + 5,
                cwd=self.documents,
                env={"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return TrialResult(False, {}, f"it was ended after {SECONDS} s")
        return _understood(ended)


@contextmanager
def sandbox(*packages: str) -> Iterator[Sandbox]:
    """A fresh copy of these packages."""
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        trial = Sandbox(Path(folder).resolve())
        trial.documents.mkdir()
        for package in packages:
            shutil.copytree(code_root(package) / package, trial.code / package, ignore=CACHES)
        yield trial


def _understood(ended: "subprocess.CompletedProcess[bytes]") -> TrialResult:
    """The last line is the answer; a trial that died before it has failed, whatever its exit code."""
    line = ended.stdout.decode("utf-8", "replace").rpartition("\n")[2]
    try:
        answer = json.loads(line)
    except ValueError:
        said = ended.stderr.decode("utf-8", "replace").strip()[-500:]
        return TrialResult(False, {}, said or f"it died with code {ended.returncode} and said nothing")
    return TrialResult(bool(answer["is_ok"]), answer.get("result", {}), answer.get("said", ""))
