"""The gate fails where a step fails, in each of its forms: with tools that do nothing but end as they are told."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from watchbill.home import CHECKOUT

TOOLS = (".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/cfn-lint", ".venv-sam/bin/sam", "bin/make", "bin/chromium")


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A checkout that holds the gate alone, and tools that end well."""
    (tmp_path / ".ci").mkdir()
    shutil.copy2(CHECKOUT / ".ci" / "run", tmp_path / ".ci")
    for tool in TOOLS:
        ends_with(tmp_path / tool, 0)
    return tmp_path


def ends_with(tool: Path, code: int) -> None:
    tool.parent.mkdir(parents=True, exist_ok=True)
    tool.write_text(f"#!/bin/sh\nexit {code}\n")
    tool.chmod(0o755)


def run(gate: Path, *form: str) -> tuple[int, str]:
    """Its exit code, and what it said of errors."""
    environment = {"PATH": f"{gate / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHON": "true", "HOME": str(gate)}
    done = subprocess.run(
        [gate / ".ci" / "run", *form], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("form", [(), ("fast",)])
def test_it_ends_well_where_all_steps_do(gate: Path, form: tuple[str, ...]) -> None:
    assert run(gate, *form) == (0, "")


@pytest.mark.parametrize(
    ("form", "tool", "step"),
    [
        (("fast",), ".venv/bin/ruff", "ruff format"),
        (("fast",), ".venv/bin/mypy", "mypy --strict"),
        ((), ".venv/bin/mypy", "format, lint and types"),
        ((), ".venv/bin/cfn-lint", "cfn-lint"),
        ((), "bin/make", "tests"),
        (("coverage",), "bin/make", "coverage"),
    ],
)
def test_it_fails_with_the_step_that_failed(gate: Path, form: tuple[str, ...], tool: str, step: str) -> None:
    ends_with(gate / tool, 3)

    code, said = run(gate, *form)

    assert code == 3
    assert said.endswith(f"gate: FAILED at: {step} (exit 3)\n")


def test_a_form_that_it_does_not_have_is_refused(gate: Path) -> None:
    assert run(gate, "quick") == (2, "usage: .ci/run [fast | coverage]\n")
