"""Set-up for `make`: complete or not used, and instant when complete."""

import ast
import dataclasses
import fcntl
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from watchbill import bootstrap, setup
from watchbill.home import CHECKOUT
from watchbill.setup import exclusive, install
from watchbill.setup.divided_lock import divided
from watchbill.setup.environment import child_environment
from watchbill.setup.errors import SetupError
from watchbill.setup.pip import LOG, explain, run_pips
from watchbill.setup.stamp import STAMP, parts_missing, read_stamp
from watchbill.setup.wanted import SETS, Wanted


class Installer:
    """Replaces pip and the compiler; records the calls, and fails where the test says so."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.venvs_made = 0
        self.fails_at = ""

    def make_venv(self, venv: Path) -> None:
        self.venvs_made += 1
        shutil.rmtree(venv, ignore_errors=True)
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").touch()

    def install(self, wanted: Wanted, part: str, lock: int) -> None:
        self.parts.append(part)
        if part == self.fails_at:
            raise SetupError("no such package.")


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Installer:
    installer = Installer()
    monkeypatch.setattr(install, "make_venv", installer.make_venv)
    monkeypatch.setattr(install, "install", installer.install)
    monkeypatch.setattr(install, "compile_first", lambda wanted: None)
    return installer


def test_first_run_installs_every_part_in_order_and_the_second_nothing(wanted: Wanted, installer: Installer) -> None:
    setup.complete(wanted)

    setup.complete(wanted)

    assert installer.parts == ["build", "desk", "checkout"]
    assert installer.venvs_made == 1


def test_half_made_environment_is_made_anew(whole: Wanted, installer: Installer) -> None:
    (whole.venv / STAMP).unlink()
    half_unpacked = whole.venv / "half-unpacked"
    half_unpacked.touch()

    setup.complete(whole)

    assert not half_unpacked.exists()
    assert parts_missing(whole) == []


def test_moved_checkout_is_noticed(whole: Wanted) -> None:
    moved = dataclasses.replace(whole, root=whole.root.parent / "elsewhere")

    whole.root.rename(moved.root)

    assert parts_missing(moved) == ["build", "desk", "checkout"]


def test_environment_of_another_python_is_noticed(whole: Wanted) -> None:
    stamp = json.loads((whole.venv / STAMP).read_text())
    stamp["home"]["python"] = "3.99"

    (whole.venv / STAMP).write_text(json.dumps(stamp))

    assert read_stamp(whole.venv) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"home": 3}', "{"])
def test_damaged_stamp_proves_nothing(whole: Wanted, text: str) -> None:
    (whole.venv / STAMP).write_text(text)

    installed = read_stamp(whole.venv)

    assert installed == {}


def test_python_that_was_uninstalled_is_noticed(whole: Wanted) -> None:
    (whole.venv / "bin" / "python").unlink()

    (whole.venv / "bin" / "python").symlink_to("/nowhere/python3")

    assert read_stamp(whole.venv) == {}


def test_changed_lock_is_brought_up_to_date_in_place(whole: Wanted, installer: Installer) -> None:
    whole.lock_file("desk").write_text("desk-thing==2.0\n")

    setup.complete(whole)

    assert installer.parts == ["desk"]
    assert installer.venvs_made == 0


def test_lint_setting_installs_nothing_again(whole: Wanted) -> None:
    pyproject = whole.root / "pyproject.toml"

    pyproject.write_text(pyproject.read_text().replace("line-length = 112", "line-length = 99"))

    assert parts_missing(whole) == []


def test_after_a_failed_update_the_set_up_is_not_complete(whole: Wanted, installer: Installer) -> None:
    whole.lock_file("desk").write_text("desk-thing==2.0\n")
    installer.fails_at = "desk"

    with pytest.raises(SetupError):
        setup.complete(whole)

    assert read_stamp(whole.venv) == {}


def test_failure_is_one_line_and_exit_code_one(
    wanted: Wanted, installer: Installer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(SETS, "desk", wanted)
    installer.fails_at = "build"

    code = setup.main([])

    assert code == 1
    assert capsys.readouterr().err == "Set-up stopped: no such package.\n"


def test_second_set_up_waits_for_the_first(tmp_path: Path) -> None:
    entered = threading.Event()

    def second() -> None:
        with exclusive.only_one(tmp_path / "lock"):
            entered.set()

    with exclusive.only_one(tmp_path / "lock"):
        waiting = threading.Thread(target=second)
        waiting.start()
        went_ahead = entered.wait(0.2)

    waiting.join(10)
    assert (went_ahead, entered.is_set()) == (False, True)


def test_lock_is_held_by_a_pip_that_outlives_its_set_up(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with exclusive.only_one(tmp_path / "lock") as lock:
        orphan = subprocess.Popen(["sleep", "60"], pass_fds=(lock,))
    request.addfinalizer(orphan.wait)
    request.addfinalizer(orphan.kill)

    with open(tmp_path / "lock") as again, pytest.raises(BlockingIOError):
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_mirror_reaches_pip_and_leftovers_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://mirror.invalid/simple")
    for leftover in ("PIP_TARGET", "PIP_PREFIX", "PIP_CONSTRAINT", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        monkeypatch.setenv(leftover, "/elsewhere")

    environment = child_environment()

    assert environment["PIP_INDEX_URL"] == "http://mirror.invalid/simple"
    assert environment["PIP_USER"] == "0"
    assert "/elsewhere" not in environment.values()


@pytest.mark.parametrize(
    ("pip_output", "advice"),
    [
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching distribution",
            "network",
        ),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "name another"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk space",
        ),
    ],
)
def test_pips_failure_becomes_one_line_with_advice(pip_output: str, advice: str) -> None:
    output = pip_output.splitlines(keepends=True)

    line = explain(output)

    assert advice in line
    assert "\n" not in line


def test_one_pip_that_fails_ends_the_others_and_its_reason_is_told(wanted: Wanted) -> None:
    wanted.venv.mkdir()
    ended = wanted.venv / "ended by itself"
    fails = "print('ERROR: No space left'); raise SystemExit(1)"
    waits = f"import time, pathlib; time.sleep(60); pathlib.Path({str(ended)!r}).touch()"

    with pytest.raises(SetupError, match=r"^No space left\. Free some disk space") as stopped, open(os.devnull) as lock:
        run_pips(wanted, "desk", [[sys.executable, "-c", code] for code in (waits, fails)], lock.fileno())

    assert not ended.exists()
    assert str(wanted.venv / LOG) in str(stopped.value)
    assert (wanted.venv / LOG).read_text() == "ERROR: No space left\n"


def test_each_package_of_a_lock_is_dealt_out_once_with_its_hashes(wanted: Wanted) -> None:
    wanted.venv.mkdir()
    lock = CHECKOUT / "requirements" / "desk.lock"

    hands = [file.read_text() for file in divided(lock, wanted.venv, into=3)]

    entries = [line for hand in hands for line in hand.splitlines()]
    assert len(hands) == 3
    assert sorted(entries) == sorted(lock.read_text().splitlines()[1:])
    assert all(hand.splitlines()[n + 1].strip().startswith("--hash=") for hand in hands for n in _packages_of(hand))
    assert divided(CHECKOUT / "requirements" / "build.lock", wanted.venv, into=3) == [
        CHECKOUT / "requirements" / "build.lock"
    ], "one pip installs pip"


def _packages_of(hand: str) -> list[int]:
    return [n for n, line in enumerate(hand.splitlines()) if "==" in line]


def test_missing_pip_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(SetupError) as stopped:
        install.first_pip("/no/such/python")

    assert "python3-pip" in str(stopped.value)


def test_any_old_python_can_read_the_set_up_file() -> None:
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef, ast.FunctionDef)

    tree = ast.parse(Path(bootstrap.__file__).read_text())

    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    assert isinstance(tree.body[1], ast.Import)  # sys; no syntax that an old Python lacks comes before the check
    assert "version_info" in ast.unparse(tree.body[2])


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    folder = Path(setup.__file__).parent
    trees = [ast.parse(path.read_text()) for path in folder.glob("*.py")]

    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {(node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name for node in imports}

    assert {name.partition(".")[0] for name in names} <= {*sys.stdlib_module_names, "watchbill"}


def test_what_a_day_imports_is_compiled_at_once_and_the_rest_when_it_is_imported(wanted: Wanted) -> None:
    packages = wanted.venv / "lib" / "python3" / "site-packages"
    for file in ("read/deep/a.py", "read_not/b.py", "alone.py", "alone_not.py"):
        (packages / file).parent.mkdir(parents=True, exist_ok=True)
        (packages / file).write_text("A = 1\n")
    (wanted.root / "watchbill").mkdir()
    (wanted.root / "watchbill" / "own.py").write_text("A = 1\n")
    (wanted.venv / "bin").mkdir()
    (wanted.venv / "bin" / "python").symlink_to(sys.executable)

    install.compile_first(dataclasses.replace(wanted, compiled=("read", "alone")))
    at_once = {path.name.split(".")[0] for path in wanted.root.rglob("*.pyc")}
    install.compile_first(wanted)

    assert at_once == {"a", "alone", "own"}
    assert {path.name.split(".")[0] for path in wanted.root.rglob("*.pyc")} == at_once | {"b", "alone_not"}


def test_each_package_that_is_compiled_at_once_is_installed() -> None:
    """A name that is none, or none any more, would leave what a day imports to be compiled by the day."""
    for name in SETS["desk"].compiled:
        assert importlib.util.find_spec(name.replace("/", ".")) is not None, name
