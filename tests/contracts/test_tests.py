"""The tests keep our rules too: they are named as sentences and never read the wall clock."""

import ast
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import pytest_make_parametrize_id
from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, TESTS, name, records, sources, tree

WALL_CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
EXPECTS = {"raises", "refused", "fail"}
MAY_READ_THE_CLOCK = {
    "tests/brain/test_authorities.py": "libpq takes a certificate by the real time",
    "tests/brain/test_clock.py": "asks whether a live brain has the real time",
    "tests/cli/test_deploy.py": "CloudWatch Logs takes no stamps of another day",
    "tests/cloud/test_logs.py": "CloudWatch Logs takes no stamps of another day",
    "tests/cloud/test_snapshot.py": "CloudWatch Logs takes no stamps of another day",
}
TEST_FILES = sorted(TESTS.rglob("test_*.py"))


def _tests(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def test_a_test_is_named_as_a_sentence() -> None:
    short = [f"{name(path)}: {node.name}" for path in TEST_FILES for node in _tests(path) if node.name.count("_") < 3]

    assert short == []


def test_no_two_tests_of_a_file_share_a_name() -> None:
    found = {name(path): [node.name for node in _tests(path)] for path in TEST_FILES}

    assert {path: names for path, names in found.items() if len(names) != len(set(names))} == {}


def test_a_test_of_the_staff_names_a_role_or_a_room_of_the_company() -> None:
    rooms = {path.stem for path in sources(COMPANY, FUNCTIONS, DESK)} | set(records())
    subjects = [path.stem.removeprefix("test_") for path in (TESTS / "functions").glob("test_*.py")]

    assert [subject for subject in subjects if subject not in rooms] == []


def test_every_test_asserts_something() -> None:
    without = [f"{name(path)}: {node.name}" for path in TEST_FILES for node in _tests(path) if not _asserts(node, path)]

    assert without == []


def test_no_test_reads_the_wall_clock() -> None:
    readers = {name(path) for path in TEST_FILES for node in ast.walk(tree(path)) if _reads_clock(node)}

    assert sorted(readers - set(MAY_READ_THE_CLOCK)) == []


def test_no_name_of_a_test_holds_what_another_worker_would_make_otherwise() -> None:
    first, later = gzip.compress(b"x", mtime=1), gzip.compress(b"x", mtime=2)

    assert pytest_make_parametrize_id(first, "body") == pytest_make_parametrize_id(later, "body") == "body"
    assert pytest_make_parametrize_id(b"a,b", "body") is None
    assert pytest_make_parametrize_id("text", "body") is None


def _asserts(test: ast.FunctionDef, path: Path) -> bool:
    """An assert, an expected error, or a call of a helper of the file that asserts."""
    helpers = {node.name for node in tree(path).body if isinstance(node, ast.FunctionDef) and _has_assert(node)}
    called = {node.func.id for node in ast.walk(test) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return _has_assert(test) or bool(called & helpers)


def _has_assert(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Assert) or _name(part) in EXPECTS for part in ast.walk(node))


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _reads_clock(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return isinstance(node.func.value, ast.Name) and (node.func.value.id, node.func.attr) in WALL_CLOCKS


def test_the_search_for_wall_clocks_finds_one() -> None:
    [call] = [node for node in ast.walk(ast.parse("datetime.now(UTC)")) if isinstance(node, ast.Call)]

    assert _reads_clock(call)
    assert re.search("now", ast.unparse(call))
