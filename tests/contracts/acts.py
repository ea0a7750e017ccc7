"""Which functions of the staff write or call AWS, and the loops that do so without treating each item apart."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.contracts.repository import COMPANY, FUNCTIONS, SQL, files, sources, tree

APART = {"each", "together", "attempt"}
"""The tools of company.fire.apart; what is handed to them is done apart."""
ROOMS = ("fire", "injection", "owner", "pipeline", "tools", "watch")
ASKS = {"value", "one", "all", "row", "rows"}
LOOPS = (ast.For, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
CHANGES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b")
CALLED = re.compile(r"company\.(\w+)\(")
DEFINED = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION \w+\.(\w+)\(.*?\$\$", re.DOTALL)
NAMED = re.compile(r"-- name: (\S+)\n(.*?)(?=\n-- name: |\Z)", re.DOTALL)
Function = tuple[str, str]
"""The module and the name of a function."""


@cache
def modules() -> dict[str, Path]:
    """What a fire runs, by the name by which it is imported."""
    folders = [COMPANY / room for room in ROOMS]
    paths = [*sources(FUNCTIONS, *folders), *(COMPANY / f"{name}.py" for name in ("aws/bucket", "aws/mail", "tasks"))]
    return {_module(path): path for path in paths}


@cache
def loops_that_act() -> frozenset[str]:
    """module:function of each loop over items that writes or calls AWS in its own body."""
    acting = acting_functions()
    return frozenset(
        f"{module}:{function.name}"
        for module in modules()
        for function in _functions(module)
        if any(_acts(part, module, acting) for loop in _loops(function) for part in _body(loop))
    )


@cache
def acting_functions() -> frozenset[Function]:
    """Every function that writes or calls AWS, by itself or by another; not where all of that is apart."""
    acting: frozenset[Function] = frozenset()
    while True:
        found = frozenset(
            (module, function.name)
            for module in modules()
            for function in _functions(module)
            if any(_acts(statement, module, acting) for statement in function.body)
        )
        if found == acting:
            return found
        acting = found


@cache
def writing_queries() -> frozenset[str]:
    """Named queries that change rows, or call a function of the database that may."""
    text = "\n".join(path.read_text("utf-8") for path in files(SQL, ".sql") if path.parent.name != "queries")
    reading = {match[1] for match in DEFINED.finditer(text) if re.search(r"\b(STABLE|IMMUTABLE)\b", match[0])}
    found = set()
    for path in files(SQL, ".sql"):
        if path.parent.name == "queries":
            for name, body in re.findall(
                r"-- name: (\S+)\n(.*?)(?=\n-- name: |\Z)", path.read_text("utf-8"), re.DOTALL
            ):
                statement = re.sub(r"--[^\n]*", "", body)
                if CHANGES.search(statement) or set(CALLED.findall(statement)) - reading:
                    found.add(name)
    return frozenset(found)


def _module(path: Path) -> str:
    root = FUNCTIONS if path.is_relative_to(FUNCTIONS) else COMPANY.parent
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


@cache
def _functions(module: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree(modules()[module])) if isinstance(node, ast.FunctionDef)]


@cache
def _names(module: str) -> frozenset[str]:
    return frozenset(function.name for function in _functions(module))


def _loops(function: ast.FunctionDef) -> list[ast.AST]:
    return [node for node in _outside_apart(function) if isinstance(node, LOOPS)]


def _body(loop: ast.AST) -> list[ast.AST]:
    """What is done for each item; where the items come from is asked once."""
    if isinstance(loop, ast.For):
        return [*loop.body]
    if isinstance(loop, ast.DictComp):
        return [loop.key, loop.value]
    conditions = [test for part in getattr(loop, "generators", ()) for test in part.ifs]
    return [loop.elt, *conditions] if isinstance(loop, ast.ListComp | ast.SetComp | ast.GeneratorExp) else []


def _acts(node: ast.AST, module: str, acting: frozenset[Function]) -> bool:
    return any(_call_acts(call, module, acting) for call in _outside_apart(node) if isinstance(call, ast.Call))


def _outside_apart(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree without what is handed to a tool of company.fire.apart."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in APART:
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _outside_apart(child)


def _call_acts(call: ast.Call, module: str, acting: frozenset[Function]) -> bool:
    function, first = call.func, call.args[0] if call.args else None
    if isinstance(function, ast.Name):
        return _resolve(module, function.id) in acting
    if not isinstance(function, ast.Attribute):
        return False
    owner = ast.unparse(function.value)
    if owner.endswith("cloud.client") or (owner.endswith("cloud") and function.attr == "client"):
        return True
    if owner.endswith("brain"):
        names = {argument.value for argument in call.args if isinstance(argument, ast.Constant)}
        return function.attr == "run" or (function.attr in ASKS and bool(names & writing_queries()))
    if owner == "fire" and function.attr == "use":
        return not _reads_only(module, first)
    return (owner == "fire" and function.attr == "learn") or _resolve(module, owner, function.attr) in acting


def _reads_only(module: str, tool: ast.expr | None) -> bool:
    """Whether a tool handed to fire.use is one that changes nothing."""
    found = _resolve(module, tool.id) if isinstance(tool, ast.Name) else None
    if found is None or found[0] not in modules():
        return False
    definitions = [node for node in _functions(found[0]) if node.name == found[1]]
    return any("reading_tool" in ast.unparse(mark) for node in definitions for mark in node.decorator_list)


def _resolve(module: str, name: str, attribute: str | None = None) -> Function | None:
    """Which function a name means in a module: one of its own, or one that it imports."""
    if attribute is None and name in _names(module):
        return (module, name)
    imported = _imports(module).get(name)
    if imported is None:
        return None
    return (".".join(imported), attribute) if attribute else imported


@cache
def _imports(module: str) -> dict[str, Function]:
    nodes = [node for node in ast.walk(tree(modules()[module])) if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.asname or alias.name: (str(node.module), alias.name) for node in nodes for alias in node.names}
