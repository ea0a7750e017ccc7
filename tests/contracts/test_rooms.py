"""The rooms of the tree: no circle of imports, few loose modules, and records that nobody changes in place."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, PRODUCT, ROOT, name, records, released, sources, tree

MOST_LOOSE_MODULES = 7
STEPS = ("pipeline", "tools")
BASES = {COMPANY: COMPANY.parent, PRODUCT: PRODUCT.parent, FUNCTIONS: FUNCTIONS, DESK: ROOT, ROOT / "bench": ROOT}
MOST_MODULES_OF_A_FUNCTION = 2
ROLE_FUNCTIONS = {"work", "preflight", "duties", "write_note"}
SHARED_NAMES = ROLE_FUNCTIONS | {"main", "parse", "render"}
"""What each role, each reader of a feed and each kind of page defines; such a name is read after its module's."""
VAGUE = {"deem", "handle", "heed", "judge", "look", "tell"}
"""No public function has one of these as its whole name: the object is missing."""
CHANGEABLE = {"list", "dict", "set", "bytearray"}


def _modules() -> dict[str, Path]:
    """Every module of ours by its dotted name; a package is its __init__."""
    return {_dotted(path, base): path for folder, base in BASES.items() for path in sources(folder)}


def _dotted(path: Path, base: Path) -> str:
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """What a module imports of ours, wherever in its text: also inside functions and for the type checker only."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from [whole] if whole in known else [node.module] if node.module in known else []


def _circles(imports: Mapping[str, set[str]]) -> list[str]:
    """What is left when every module that imports nothing of the rest is taken away, again and again."""
    left = {module: set(found) for module, found in imports.items()}
    while free := [module for module, found in left.items() if not found & left.keys()]:
        for module in free:
            del left[module]
    while unused := left.keys() - set().union(*left.values()):
        for module in unused:
            del left[module]
    return sorted(left)


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = _modules()

    assert _circles({module: set(_imports(path, known)) for module, path in known.items()}) == []


def test_a_circle_is_found() -> None:
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": set()}) == ["b", "c"]


def test_few_modules_of_the_company_are_outside_a_room() -> None:
    loose = [path.name for path in COMPANY.glob("*.py") if path.name != "__init__.py"]

    assert len(loose) <= MOST_LOOSE_MODULES, sorted(loose)


def test_a_class_of_a_name_is_defined_once() -> None:
    assert _defined_in_many(ast.ClassDef, most=1) == {}


def test_a_public_functions_name_says_what_it_does_and_where() -> None:
    """The module of a command has the command's name, so the command line is not counted."""
    found = _defined_in_many(ast.FunctionDef, most=MOST_MODULES_OF_A_FUNCTION)

    assert {function: where for function, where in found.items() if function not in SHARED_NAMES} == {}
    assert VAGUE & _places(ast.FunctionDef).keys() == set()


def _defined_in_many(kind: type[ast.ClassDef | ast.FunctionDef], *, most: int) -> dict[str, list[str]]:
    return {defined: where for defined, where in _places(kind).items() if len(where) > most}


def _places(kind: type[ast.ClassDef | ast.FunctionDef]) -> dict[str, list[str]]:
    """The modules of the product that define each public name at their top level; a copied role repeats the names."""
    found = defaultdict(list)
    copies = {FUNCTIONS / role for role in records().keys() - released().keys()}
    for path in (path for path in sources(*BASES) if not copies & set(path.parents)):
        for node in tree(path).body:
            is_command = kind is ast.FunctionDef and DESK / "cli" in path.parents
            if isinstance(node, kind) and not node.name.startswith("_") and not is_command:
                found[node.name].append(name(path))
    return found


def test_what_one_role_alone_uses_lies_in_its_folder() -> None:
    """A step of the pipeline is the company's, although one machine runs it; tools are found by their names."""
    known = _modules()
    users: dict[str, set[str]] = {}
    for module, path in known.items():
        for found in set(_imports(path, known)):
            users.setdefault(found, set()).add(module.partition(".")[0])
    roles = set(records())

    shared = {module for module in users if module.startswith("company.") and module.split(".")[1] not in STEPS}
    assert sorted(module for module in shared if len(users[module]) == 1 and users[module] <= roles) == []


def test_a_frozen_record_holds_nothing_that_is_changed_in_place() -> None:
    found = [
        f"{name(path)}:{field.lineno} {record.name}.{ast.unparse(field.target)}"
        for path in sources(*BASES)
        for record in ast.walk(tree(path))
        if isinstance(record, ast.ClassDef) and _is_frozen(record)
        for field in record.body
        if isinstance(field, ast.AnnAssign) and _is_changeable(field.annotation)
    ]

    assert found == []


def _is_frozen(record: ast.ClassDef) -> bool:
    return any("frozen=True" in ast.unparse(decorator) for decorator in record.decorator_list)


def _is_changeable(annotation: ast.expr) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(outer, ast.Name) and outer.id in CHANGEABLE
