"""What a change of code that writes customers' pages may not do, by its text: looked at before anything of it runs.

The replay writes pages, and nothing else. So what other code of the product takes from these modules (a dashboard, the
choice of what is explained) stays as it is, with all that it rests on.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from build_auditor.code_rules import LEAST_LETTERS, constants_of
from company.vertical import Facts

LONGEST_NAME = 60
"""Letters of a value that is a name and no sentence."""
Defined = Mapping[tuple[str, str], list[ast.AST]]
"""What modules define, by module and name."""


def changed_for_others(
    before: Mapping[str, str], after: Mapping[str, str], root: Path, written_in: str, writes: str
) -> list[str]:
    """What code beside these modules uses too, and the change alters. before, after: their texts, by file.

    root: the folder of the product's package. written_in, writes: the module and the function by which pages are made;
    what that function alone uses is shown by the replay.
    """
    was, becomes = _defined(before), _defined(after)
    users = dict(_users(set(before), root, written_in, writes))
    found = {place: users[first] for first in users for place in _rests_on(was, first)}
    return [
        f"{name} of {_file(module)}, which {user} uses too"
        for (module, name), user in sorted(found.items())
        if _dumps(was, module, name) != _dumps(becomes, module, name)
    ]


def facts_by_heart(before: str, after: str, pages: Mapping[str, Facts], change_key: Sequence[str]) -> list[str]:
    """Whether new constants hold what only these facts say: a customer's name, an entity, a name of a product.

    The constant itself is not said, for it may be a customer's name.
    """
    new = {text.lower() for text in constants_of(after) - constants_of(before) if len(text) >= LEAST_LETTERS}
    names, words = set[str](), set[str]()
    for facts in pages.values():
        names |= {text for column, value in facts.customer.items() if column != "kind" for text in _texts(value)}
        for row in chain(facts.items, facts.top_of_list, facts.handled, facts.unmatched):
            names |= {text for column, value in row.items() if column not in change_key[1:] for text in _texts(value)}
        words |= {text for row in chain(facts.freshness, facts.troubles) for text in _texts(row)}
    names = {name for name in names - words if LEAST_LETTERS <= len(name) <= LONGEST_NAME}
    known = sum(any(text in name or name in text for name in names) for text in new)
    return [f"it has {known} of the facts' own names by heart"] if known else []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.lower()
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _users(files: set[str], root: Path, written_in: str, writes: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Each module and name that other code of the product imports from these, and one file that does."""
    modules = {_module(file) for file in files}
    for path in sorted(root.rglob("*.py")):
        file = path.relative_to(root.parent).as_posix()
        if file in files:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        by_page = _used_only_in(tree, writes) if _module(file) == written_in else set()
        for module, name, alias in _imports(tree):
            if module in modules and alias not in by_page:
                yield (module, name), file


def _imports(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Module, name, and what it is called here; of a whole module the name is *."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name, alias.asname or alias.name) for alias in node.names)
            yield from ((f"{node.module}.{alias.name}", "*", alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "*", alias.asname or alias.name) for alias in node.names)


def _used_only_in(tree: ast.Module, function: str) -> set[str]:
    """The names that a module uses within one of its functions, and nowhere beside it."""
    within = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function]
    beside = [node for node in tree.body if node not in within]
    return set(chain(*map(_names, within))) - set(chain(*map(_names, beside)))


def _defined(texts: Mapping[str, str]) -> Defined:
    found: dict[tuple[str, str], list[ast.AST]] = {}
    for file, text in texts.items():
        for node in ast.parse(text).body:
            for name in _binds(node):
                found.setdefault((_module(file), name), []).append(node)
    return found


def _binds(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.ImportFrom | ast.Import):
        return [alias.asname or alias.name for alias in node.names]
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]


def _rests_on(defined: Defined, first: tuple[str, str]) -> set[tuple[str, str]]:
    """A definition and all of these modules that it uses, at any distance; of a whole module everything."""
    waiting = [place for place in defined if place[0] == first[0]] if first[1] == "*" else [first]
    found = set[tuple[str, str]]()
    while waiting:
        module, name = place = waiting.pop()
        if place in found or place not in defined:
            continue
        found.add(place)
        for node in defined[place]:
            if isinstance(node, ast.ImportFrom):
                waiting += [(node.module or "", one.name) for one in node.names if (one.asname or one.name) == name]
            else:
                waiting += [(module, used) for used in _names(node)]
    return found


def _dumps(defined: Defined, module: str, name: str) -> list[str]:
    """An import by the one name alone: what is imported beside it may change."""
    nodes = defined.get((module, name), [])
    return [_dump(node, name) for node in nodes]


def _dump(node: ast.AST, name: str) -> str:
    if isinstance(node, ast.ImportFrom | ast.Import):
        module = getattr(node, "module", "")
        return f"{module} {[ast.dump(one) for one in node.names if (one.asname or one.name) == name]}"
    return ast.dump(node)


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py"
