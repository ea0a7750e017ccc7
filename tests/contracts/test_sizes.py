"""Small enough to be read whole: files, handlers, functions."""

import ast
from pathlib import Path

from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, PRODUCT, ROOT, TESTS, files, name, sources, tree

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_HANDLER = 40
MOST_LINES_OF_A_FUNCTION = 30
ALL = sources(FUNCTIONS, COMPANY, PRODUCT, DESK, TESTS, ROOT / "bench")


def test_no_file_is_longer_than_the_limit() -> None:
    texts = [*ALL, *files(ROOT / "sql", ".sql")]

    assert [f"{name(p)}: {_lines(p)}" for p in texts if _lines(p) > MOST_LINES_OF_A_FILE] == []


def test_no_handler_does_the_work_itself() -> None:
    handlers = sorted(FUNCTIONS.glob("*/handler.py"))

    assert handlers
    assert [f"{name(p)}: {_lines(p)}" for p in handlers if _lines(p) > MOST_LINES_OF_A_HANDLER] == []


def test_no_function_does_several_things() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}: {_code_lines(node)}"
        for path in ALL
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _code_lines(node) > MOST_LINES_OF_A_FUNCTION
    ]

    assert long == []


def test_every_module_opens_with_whom_it_serves() -> None:
    assert [name(path) for path in ALL if _lines(path) and not ast.get_docstring(tree(path))] == []


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From def to the end, without the docstring: a tool's is written for a model and may be long."""
    first = node.body[0]
    documented = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) else 0
    return (node.end_lineno or 0) - node.lineno + 1 - documented
