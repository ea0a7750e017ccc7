"""A copy of the deployed code in which a change is tried before it is deployed.

Each trial is a process of its own without environment, credentials, network, other processes or any right to change a
file, and with limits of time and memory, all held by the kernel (company.sandbox.confinement). Where the kernel cannot
hold a trial, none is run. The code of a trial runs in a child of a supervisor, which counts and answers.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from company.errors import ToolError
from company.json_values import JsonObject
from company.sandbox.confinement import hidden_from_others
from company.sandbox.diffs import apply_diff, files_of, part_of
from company.text.files import QUERIES

INSIDE = Path(__file__).parent / "inside.py"
OWN_TESTS = "own_tests"
SECONDS = 60
MEMORY_MB = 1024
FACTS = "facts"
"""The file of a trial's documents that holds the facts of pages."""
NO_PAGES = "it gave no pages that can be read, or none in time"
CACHES = shutil.ignore_patterns("__pycache__")
"""On the desk compiled files are not compared with their sources, so a changed file would not be run."""


class TrialNotHeld(ToolError):
    """This machine's kernel cannot hold a trial; nothing was run, and nothing is known about the change."""


@dataclass(frozen=True)
class TrialResult:
    """How one trial ended: whether it succeeded, its result, and the message when it did not."""

    is_ok: bool
    result: JsonObject
    message: str


def code_root(package: str) -> Path:
    """The folder that a package of ours is imported from."""
    file = import_module(package).__file__
    assert file is not None, "our packages are folders with an __init__.py"
    return Path(file).parents[1]


@dataclass(frozen=True)
class Sandbox:
    """A copy of our packages in a temporary folder. Documents put into it are readable by their names."""

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
        return self._run({"action": "test", "files": [str(self.folder / "test_change.py")]})

    def test_all(self, package: str) -> TrialResult:
        """Runs the tests that a package brings along in its folder own_tests; ok when each file has one."""
        files = sorted((self.code / package / OWN_TESTS).glob("test_*.py"))
        return self._run({"action": "test", "files": [str(file) for file in files]})

    def read(self, vertical: str, documents: Sequence[JsonObject]) -> TrialResult:
        """Reads documents ({name, source, moment}) with their sources' readers: rows, keys and a digest of each."""
        return self._run({"action": "read", "vertical": vertical, "documents": [dict(d) for d in documents]})

    def write(self, vertical: str, facts: bytes, pages: Sequence[str], change_key: Sequence[str]) -> TrialResult:
        """Writes these pages of packed facts (company.pipeline.delivering.replayed_pages): digests and counts of each.

        Of a trial that gives none nothing is said: a message may hold what the facts are about.
        """
        self.put(FACTS, facts)
        job = {"vertical": vertical, "facts": FACTS, "pages": list(pages), "change_key": list(change_key)}
        ended = self._run({"action": "write", **job})
        return ended if ended.is_ok else TrialResult(False, {}, NO_PAGES)

    def _run(self, job: JsonObject) -> TrialResult:
        limits = {"seconds": SECONDS, "memory_mb": MEMORY_MB}
        places = {"folder": str(self.folder), "code": str(self.code), "ours": str(code_root("company"))}
        try:
            with hidden_from_others():
                ended = subprocess.run(
                    [sys.executable, "-I", "-S", "-B", str(INSIDE)],
                    input=json.dumps({**job, **limits, **places, "path": sys.path}).encode(),
                    capture_output=True,
                    timeout=SECONDS + 5,
                    cwd=self.documents,
                    env={"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
                    check=False,
                )
        except subprocess.TimeoutExpired:
            return TrialResult(False, {}, f"it was ended after {SECONDS} s")
        return _result_of(ended)


@contextmanager
def sandbox(*packages: str, statements: Path | None = None) -> Iterator[Sandbox]:
    """A fresh copy of these packages; statements: the folder in which each package may have a folder of them."""
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        trial = Sandbox(Path(folder).resolve())
        trial.documents.mkdir()
        for package in packages:
            shutil.copytree(code_root(package) / package, trial.code / package, ignore=CACHES)
            if statements and (statements / package / QUERIES).is_dir():
                shutil.copytree(statements / package / QUERIES, trial.code / package / QUERIES, dirs_exist_ok=True)
        yield trial


def _result_of(ended: "subprocess.CompletedProcess[bytes]") -> TrialResult:
    """The last line of the output is the answer; a trial that ended before it has failed, whatever its exit code.

    TrialNotHeld where the answer is that none can be held.
    """
    line = ended.stdout.decode("utf-8", "replace").rpartition("\n")[2]
    try:
        answer = json.loads(line)
    except ValueError:
        message = ended.stderr.decode("utf-8", "replace").strip()[-500:]
        return TrialResult(False, {}, message or f"it ended with code {ended.returncode} and no output")
    if not answer.get("is_held", True):
        raise TrialNotHeld(answer["message"])
    return TrialResult(bool(answer["is_ok"]), answer.get("result", {}), answer.get("message", ""))
