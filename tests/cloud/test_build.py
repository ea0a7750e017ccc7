"""The deployed copy: what is in it, when it is made again, and what happens to one that was not finished."""

import compileall
import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

from watchbill.cloud.template.build import deploy_artefacts
from watchbill.errors import DeskError
from watchbill.setup.wanted import ROOT

FILES = {
    "functions/data_worker/handler.py": "def handler(event, context): ...\n",
    "functions/data_worker/SKILL.md": "---\nname: data_worker\n---\n",
    "functions/data_worker/__pycache__/handler.cpython-39.pyc": "stale",
    "layers/company/python/company/clock.py": "NOW = 1\n",
    "layers/toy/python/toy/vertical.py": "NAME = 'toy'\n",
    "layers/deps/python/boto3/__init__.py": "",
    "layers/deps/Makefile": "",
    "sql/company/queries/tasks.sql": "SELECT 1\n",
    "sql/toy/migrations/001.sql": "SELECT 2\n",
}

SCAFFOLDS = "watchbill/scaffold/templates/Makefile.j2"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a checkout"
    for name, text in FILES.items():
        _write(root / name, text)
    return root


def test_the_copy_is_laid_out_as_on_lambda_without_what_is_not_deployed(checkout: Path) -> None:
    deployment = deploy_artefacts(checkout, checkout / ".watchbill")

    files = {path.relative_to(deployment.root).as_posix() for path in deployment.root.rglob("*") if path.is_file()}
    assert {name for name in files if not name.endswith(".pyc")} == {
        "functions/data_worker/handler.py",
        "functions/data_worker/SKILL.md",
        "layers/company/company/clock.py",
        "layers/toy/toy/vertical.py",
        "opt/company/queries/tasks.sql",
        "opt/toy/migrations/001.sql",
    }
    assert [path.relative_to(deployment.root).as_posix() for path in deployment.pythonpath] == [
        "functions",
        "layers/company",
        "layers/toy",
    ]
    assert (deployment.sql_dir / "company/queries/tasks.sql").read_text() == "SELECT 1\n"


@pytest.mark.parametrize("makefile", [*sorted(ROOT.glob("layers/[!d]*/Makefile")), ROOT / SCAFFOLDS])
def test_a_layer_is_built_for_aws_without_what_a_machine_compiled(makefile: Path, tmp_path: Path) -> None:
    """Else the same files would be another layer after each run, and a deploy would undo a change in force."""
    layer, built = tmp_path / "layer", tmp_path / "built"
    for name in ("python/toy/vertical.py", "python/toy/__pycache__/vertical.cpython-39.pyc", "python/.DS_Store"):
        _write(layer / name, "")
    built.mkdir()

    subprocess.run(["make", "-f", makefile, "build-ToyLayer", f"ARTIFACTS_DIR={built}"], cwd=layer, check=True)

    assert [path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()] == [
        "python/toy/vertical.py"
    ]


def test_every_module_is_compiled_for_this_interpreter(checkout: Path) -> None:
    deployment = deploy_artefacts(checkout, checkout / ".watchbill")

    modules = list(deployment.root.rglob("*.py"))
    assert len(modules) == 3
    assert all(Path(importlib.util.cache_from_source(str(module))).exists() for module in modules)


def test_an_unchanged_checkout_is_not_copied_again(checkout: Path) -> None:
    first = deploy_artefacts(checkout, checkout / ".watchbill")
    (first.root / "mark").touch()

    second = deploy_artefacts(checkout, checkout / ".watchbill")

    assert second == first
    assert (second.root / "mark").exists()


@pytest.mark.parametrize("changed", [name for name in FILES if "deps" not in name and "__pycache__" not in name])
def test_a_changed_file_is_a_new_deployment_and_the_old_one_stays_as_it_was(checkout: Path, changed: str) -> None:
    old = deploy_artefacts(checkout, checkout / ".watchbill")
    before = _contents(old.root)
    _write(checkout / changed, "# changed\n")

    new = deploy_artefacts(checkout, checkout / ".watchbill")

    assert new.digest != old.digest
    assert _contents(old.root) == before


def test_a_file_that_moves_is_a_new_deployment(checkout: Path) -> None:
    old = deploy_artefacts(checkout, checkout / ".watchbill")
    (checkout / "functions/data_worker").rename(checkout / "functions/data_auditor")

    new = deploy_artefacts(checkout, checkout / ".watchbill")

    assert new.digest != old.digest


def test_a_module_that_does_not_compile_is_deployed_for_its_function_to_report(checkout: Path) -> None:
    _write(checkout / "functions/broken/handler.py", "def (\n")

    deployment = deploy_artefacts(checkout, checkout / ".watchbill")

    assert (deployment.functions / "broken/handler.py").exists()


def test_only_the_contents_used_last_are_kept(checkout: Path) -> None:
    home = checkout / ".watchbill"
    deployments = []
    for number in range(5):
        _write(checkout / "functions/data_worker/handler.py", f"VERSION = {number}\n")
        deployments.append(deploy_artefacts(checkout, home))
        os.utime(deployments[-1].root, (number, number))

    _write(checkout / "functions/data_worker/handler.py", "VERSION = 2\n")
    deploy_artefacts(checkout, home)

    kept = {path.name for path in (home / "deploy").iterdir()}
    assert kept == {deployment.digest for deployment in deployments[2:]}


def test_what_a_killed_command_left_half_copied_is_neither_used_nor_kept(checkout: Path) -> None:
    home = checkout / ".watchbill"
    half_made = home / "deploy" / "draft-killed"
    half_made.mkdir(parents=True)
    os.utime(half_made, (1, 1))

    deployment = deploy_artefacts(checkout, home)

    assert [path.name for path in (home / "deploy").iterdir()] == [deployment.digest]


def test_another_command_that_copied_first_is_no_error(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = checkout / ".watchbill"
    compile_dir = compileall.compile_dir

    def compile_while_another_finishes(*arguments: object, **options: object) -> bool:
        monkeypatch.setattr(compileall, "compile_dir", compile_dir)
        deploy_artefacts(checkout, home)
        return True

    monkeypatch.setattr(compileall, "compile_dir", compile_while_another_finishes)
    deployment = deploy_artefacts(checkout, home)

    assert [path.name for path in (home / "deploy").iterdir()] == [deployment.digest]


def test_a_folder_that_is_no_checkout_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="There is no functions/"):
        deploy_artefacts(tmp_path, tmp_path / ".watchbill")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
