"""What CONTRIBUTING states is true: commands, hooks and the workflow are the gate's own."""

import re
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from tests.contracts.repository import ROOT

GATE = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def fast_steps() -> dict[str, str]:
    """The gate's fast steps: name and command."""
    body = GATE.partition("fast_steps() {")[2].partition("\n}")[0]
    return dict(re.findall(r'^  step "([^"]+)" (.+)$', body, re.MULTILINE))


def test_a_commit_hook_runs_each_fast_step_of_the_gate_and_nothing_else() -> None:
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    hooks: list[dict[str, Any]] = repository["hooks"]

    assert fast_steps().keys() == {"ruff format", "ruff check", "mypy --strict"}
    assert {hook["name"]: hook["entry"] for hook in hooks} == fast_steps()
    assert repository["repo"] == "local", "a commit needs no network"
    assert {(hook["language"], hook["pass_filenames"]) for hook in hooks} == {("system", False)}


def test_the_workflow_runs_the_gate_and_nothing_else() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    [job] = workflow["jobs"].values()
    python = [step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", "")]

    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert workflow["permissions"] == {"contents": "read"} and "permissions" not in job
    assert workflow["concurrency"]["cancel-in-progress"] and job["timeout-minutes"] <= 60
    assert [f">={version}" for version in python] == [project()["requires-python"]]


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^make ([a-z]+)", CONTRIBUTING, re.MULTILINE))))
def test_a_command_that_contributing_names_is_a_target(command: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(rf"^(?:[a-z ]* )?{command}(?: [a-z ]*)?:", makefile, re.MULTILINE)


def test_the_list_of_targets_fits_80_columns() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert len(done.stdout.splitlines()) > 10
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []


def test_contributing_names_the_gate_and_only_folders_that_are_there() -> None:
    folders = re.findall(r"\b((?:tests|sql|docs|functions)/[a-z_/]+)(?=[` ])", CONTRIBUTING)

    assert ".ci/run fast" in CONTRIBUTING and len(folders) > 4
    assert [folder for folder in folders if not (ROOT / folder).exists()] == []


def test_the_newest_section_of_the_changelog_is_this_version() -> None:
    sections = re.findall(r"^## ([0-9.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sections[0] == project()["version"] and len(sections) == len(set(sections))


def test_an_entry_of_the_changelog_has_two_lines_at_most() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.findall(r"^- .*\n(?:  .*\n)*", text, re.MULTILINE)

    assert entries
    assert [entry for entry in entries if entry.count("\n") > 2] == []


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])
