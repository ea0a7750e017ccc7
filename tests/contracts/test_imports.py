"""Who may import whom: the company no product, the product no staff, and nobody the desk."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchfirst.vertical import VERTICAL
from tests.contracts.repository import (
    COMPANY,
    DESK,
    FUNCTIONS,
    PRODUCT,
    SQL,
    deployed_sources,
    name,
    records,
    sources,
    tree,
)  # fmt: skip

ROLES = set(records())
OURS = ROLES | {"company", "patchfirst", "watchbill", "tests", "bench"}
READS_THE_ENVIRONMENT = {"layers/company/python/company/fire/wiring.py", "functions/migrate/work.py"}
READS_THE_TIME = {"now", "utcnow", "today", "time", "localtime", "gmtime"}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _strays(folder: Path, allowed: set[str]) -> list[str]:
    found = [(name(path), part) for path in sources(folder) for part in _imported(path)]
    return [f"{where} imports {part}" for where, part in found if part in OURS - allowed]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_function_imports_the_company_and_itself(role: str) -> None:
    assert _strays(FUNCTIONS / role, {"company", role}) == []


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [(COMPANY, {"company"}), (PRODUCT, {"company", "patchfirst"}), (DESK, {"company", "watchbill"})],
    ids=["company", "product", "desk"],
)
def test_a_layer_imports_only_the_layers_below_it(folder: Path, allowed: set[str]) -> None:
    assert _strays(folder, allowed) == []


def test_what_the_company_has_says_nothing_of_one_product() -> None:
    """Its code, its SQL and its roles' pages serve another product too: they name no source of the shipped one."""
    pages = [
        page for role, record in records().items() if not record.product for page in FUNCTIONS.glob(f"{role}/*.md")
    ]
    files = [*pages, *COMPANY.rglob("*.py"), *(SQL / "company").rglob("*.sql")]
    word = re.compile(rf"\b(cve|{'|'.join(source.name for source in VERTICAL.sources)})s?\b", re.IGNORECASE)

    assert len(pages) > 20
    assert [f"{name(path)}: {said[0]}" for path in files if (said := word.search(path.read_text("utf-8")))] == []


def test_only_the_composition_root_reads_the_environment() -> None:
    readers = {name(path) for path in deployed_sources() if _mentions(path, "os", {"environ", "getenv"})}

    assert readers <= READS_THE_ENVIRONMENT


def test_nothing_deployed_reads_the_time_by_itself() -> None:
    clocks = [name(path) for path in deployed_sources() if any(_asks_for_time(node) for node in ast.walk(tree(path)))]

    assert clocks == [], "a fire's time is fire.now, and nothing else"


def test_importing_the_staff_loads_neither_boto3_nor_anthropic() -> None:
    eager = [
        f"{name(path)} imports {part} for everybody"
        for path in deployed_sources()
        for node in tree(path).body
        for part in _at_top(node)
        if part in {"boto3", "botocore", "anthropic"}
    ]

    assert eager == []


def _at_top(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [(node.module or "").partition(".")[0]] if isinstance(node, ast.ImportFrom) else []


def _mentions(path: Path, module: str, attributes: set[str]) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in attributes
        and isinstance(node.value, ast.Name)
        and node.value.id == module
        for node in ast.walk(tree(path))
    )


def _asks_for_time(node: ast.AST) -> bool:
    """datetime.now(), date.today(), time.time() and the like; a stopwatch (monotonic) is no clock."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    return isinstance(owner, ast.Name) and owner.id in {"datetime", "date", "time"} and node.func.attr in READS_THE_TIME
