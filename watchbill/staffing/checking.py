"""Looks at the staff before a company starts: what a fire would only find hours later is said at once, with its file.

Code is read and never run: a role's own module may do anything when it is imported.
"""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from company.records import Record, read_staff, record_path
from company.tools import COMMON
from company.watch.expressions import Expression, InvalidExpression
from watchbill.errors import DeskError

MARKS = frozenset({"tool", "reading_tool", "taking_tool"})
"""What marks a function as a tool, in company.tools."""


def require_workable(checkout: Path, vertical: str) -> None:
    """DeskError names every fault in the staff of a product: a person or tool that does not exist, unreadable code."""
    if faults := [*faults_of_code(checkout), *faults_of_staff(checkout, vertical)]:
        lines = "".join(f"\n  {fault}" for fault in faults)
        raise DeskError(f"The company cannot start; correct this, then run the command again:{lines}")


def require_workable_once(checkout: Path, vertical: str, digest: str, cache: Path) -> None:
    """The same, unless it was found workable before; digest: of all that is deployed. Kept as a file in `cache`."""
    known = f"{digest}\n{vertical}\n{Path(__file__).read_text(encoding='utf-8')}"
    mark = cache / f"workable-{hashlib.sha256(known.encode()).hexdigest()[:32]}"
    if mark.exists():
        return
    require_workable(checkout, vertical)
    cache.mkdir(parents=True, exist_ok=True)
    mark.touch()


def faults_of_staff(checkout: Path, vertical: str) -> Iterator[str]:
    """What the records say of people and tools that do not exist."""
    staff = read_staff(checkout / "functions", vertical)
    common = set().union(*(_tools_in(checkout / f"layers/company/python/company/tools/{name}.py") for name in COMMON))
    for record in staff.values():
        folder = checkout / "functions" / record.role
        where = record_path(folder).relative_to(checkout)
        yield from (f"{where}: {fault}" for fault in _faults(record, staff))
        yield from (f"functions/{record.role}/{fault}" for fault in _missing_code(folder, record))
        own = _tools_in(folder / "tools.py")
        yield from (f"{where}: tools: there is no tool {name}" for name in record.tools if name not in common | own)


def faults_of_code(checkout: Path) -> Iterator[str]:
    """Each deployed file that Python cannot read, with its line."""
    for folder in ("functions", "layers/*/python"):
        for path in sorted(checkout.glob(f"{folder}/**/*.py")):
            try:
                ast.parse(path.read_bytes(), str(path))
            except (SyntaxError, ValueError) as error:
                line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
                said = error.msg if isinstance(error, SyntaxError) else str(error)
                yield f"{path.relative_to(checkout)}{line}: {said}"


def _faults(record: Record, staff: Mapping[str, Record]) -> Iterator[str]:
    if record.reports_to not in {*staff, "owner"}:
        yield f"reports_to: there is no role {record.reports_to}; name a manager who works here, or owner"
    elif circle := _circle(record, staff):
        yield f"reports_to: {' -> '.join(circle)} is a circle; let one of them report to the owner"
    if record.watched_by is not None and record.watched_by not in staff:
        yield f"watched_by: there is no role {record.watched_by}; name one that works here"
    if record.schedule is not None:
        try:
            Expression.parse(record.schedule, record.timezone)
        except InvalidExpression as error:
            yield f"schedule: {record.schedule}: {error}"


def _circle(record: Record, staff: Mapping[str, Record]) -> list[str]:
    """The way up from a role that comes back to it; empty where it ends at the owner, or in another's circle."""
    way = [record.role, record.reports_to]
    while way[-1] in staff and way[-1] not in way[:-1]:
        way.append(staff[way[-1]].reports_to)
    return way if way[-1] == record.role else []


def _missing_code(folder: Path, record: Record) -> Iterator[str]:
    """A role's container starts from handler.py, and its fire calls what an employee's or a machine's module holds."""
    for name in ("handler.py", "book.py" if record.is_employee else "work.py"):
        if not (folder / name).is_file():
            yield f"{name} is missing: copy one from a neighbour's folder"
    yield from _missing_names(folder)


def _missing_names(folder: Path) -> Iterator[str]:
    """What handler.py takes from the role's own modules, and none of them defines."""
    for node in _statements(folder / "handler.py") or ():
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{folder.name}."):
            module = str(node.module).removeprefix(f"{folder.name}.")
            body = _statements(folder / f"{module}.py")
            defined = set(_defined_in(body))
            # Of a module that Python cannot read, faults_of_code says why.
            for wanted in node.names if body is not None else ():
                if wanted.name not in defined:
                    yield f"{module}.py defines no {wanted.name}, which handler.py takes from it"


def _defined_in(body: list[ast.stmt] | None) -> Iterator[str]:
    for node in body or ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (name.asname or name.name for name in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def _statements(path: Path) -> list[ast.stmt] | None:
    """A module's own statements; None where there is no such module, or it cannot be read."""
    try:
        return ast.parse(path.read_bytes(), str(path)).body
    except (OSError, SyntaxError, ValueError):
        return None


def _tools_in(path: Path) -> set[str]:
    """The names of the tools that a module defines."""
    body = _statements(path) or []
    functions = (node for node in body if isinstance(node, ast.FunctionDef))
    own = {one.name for one in functions if MARKS & {ast.unparse(mark) for mark in one.decorator_list}}
    # What is imported may be another's tool: only its fire can tell.
    imports = (name for node in body if isinstance(node, ast.ImportFrom) for name in node.names)
    return own | {name.asname or name.name for name in imports}
