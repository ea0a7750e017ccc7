"""The locks: complete, agreeing with each other, and without any index's address."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from watchbill.setup.lock import LAMBDA, LOCKS
from watchbill.setup.wanted import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / lock).read_text(), re.MULTILINE))


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower()


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements/build.lock", PYPROJECT["dependency-groups"]["build"]),
        (
            "requirements/desk.lock",
            PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["test"],
        ),
        ("requirements/gate.lock", PYPROJECT["dependency-groups"]["gate"]),
        ("requirements/sam.lock", PYPROJECT["dependency-groups"]["sam"]),
        ("layers/deps/requirements.txt", PYPROJECT["dependency-groups"]["layer"]),
    ],
)
def test_everything_asked_for_is_locked(lock: str, asked: list[str]) -> None:
    locked = pins(lock)

    missing = [name_of(requirement) for requirement in asked if name_of(requirement) not in locked]

    assert missing == []


@pytest.mark.parametrize("lock", ["requirements/build.lock", "requirements/gate.lock", "layers/deps/requirements.txt"])
def test_what_is_installed_beside_the_desk_has_the_desks_versions(lock: str) -> None:
    desk, other = pins("requirements/desk.lock"), pins(lock)

    differing = {name: (desk[name], other[name]) for name in desk.keys() & other.keys() if desk[name] != other[name]}

    assert differing == {}


def test_layer_holds_nothing_that_the_desk_did_not_run() -> None:
    desk, layer = pins("requirements/desk.lock"), pins("layers/deps/requirements.txt")

    unknown = layer.keys() - desk.keys()

    assert unknown == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_index_and_checks_every_file(lock: str) -> None:
    text = (ROOT / lock).read_text()

    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]

    assert "://" not in text
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def template_globals() -> dict[str, Any]:
    text = (ROOT / "infra" / "template.yaml").read_text()
    plain = re.sub(r"!(\w+)", "", text)  # intrinsic functions play no part here
    return dict(yaml.safe_load(plain)["Globals"]["Function"])


def test_layer_is_built_for_the_runtime_of_the_template() -> None:
    function = template_globals()
    makefile = (ROOT / "layers" / "deps" / "Makefile").read_text()

    version = function["Runtime"].removeprefix("python")

    assert f"PYTHON_VERSION := {version}\n" in makefile
    assert version in LAMBDA
    assert all(function["Architectures"][0] in platform for platform in re.findall(r"manylinux\w+", makefile))


def test_named_template_is_for_build_and_validate_only() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())["default"]

    naming = {command for command, table in settings.items() if "template_file" in table.get("parameters", {})}

    assert naming == {
        "build",
        "validate",
    }  # deploy and local take the built one; the source would ship unbuilt code


def test_what_a_run_makes_is_never_committed() -> None:
    ignored = set((ROOT / ".gitignore").read_text().split())

    made = {".venv*", ".watchbill/", ".aws-sam/", ".cache/", "__pycache__/"}

    assert made <= ignored
