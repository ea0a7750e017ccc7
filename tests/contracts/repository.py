"""The repository as its files state it: folders, records, sources, and the roster in docs/company.md."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from company.records import Record, read_staff

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
COMPANY = ROOT / "layers" / "company" / "python" / "company"
PRODUCT = ROOT / "layers" / "patchfirst" / "python" / "patchfirst"
DESK = ROOT / "watchbill"
TESTS = ROOT / "tests"
SQL = ROOT / "sql"
SHIPPED = "patchfirst"
"""The machines of another product are added to these, in a template part of their own."""
NOT_OURS = {"__pycache__", ".aws-sam"}


@cache
def records() -> dict[str, Record]:
    """Every role of the shipped company by its folder's record; a malformed one raises an error with its name."""
    return read_staff(FUNCTIONS, SHIPPED)


def released() -> dict[str, Record]:
    """The roles of the release alone: its documents count these. A role that was hired says whom it is a copy of."""
    return {role: record for role, record in records().items() if record.copied_from is None}


def as_released(roles: Iterable[str]) -> set[str]:
    """The same roles, a copy by the name of the role that it was copied from: what that one may, the copy may."""
    return {records()[role].copied_from or role for role in roles}


def files(folder: Path, *suffixes: str) -> Iterator[Path]:
    """Our files under a folder, in the order of their names."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in suffixes and not NOT_OURS & set(path.parts):
            yield path


def sources(*folders: Path) -> list[Path]:
    """Python files of some folders."""
    return [path for folder in folders for path in files(folder, ".py")]


def deployed_sources() -> list[Path]:
    """What runs on Lambda."""
    return sources(FUNCTIONS, COMPANY, PRODUCT)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """A path as messages show it."""
    return str(path.relative_to(ROOT))


def documented_roster() -> dict[str, tuple[str, str]]:
    """Whom each role reports to and who watches it, by the table in docs/company.md; '-' is nobody."""
    rows = {}
    for line in (ROOT / "docs" / "company.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 3 and re.fullmatch(r"[a-z_]+(, [a-z_]+)*", cells[0]) and cells[1] in {*records(), "owner"}:
            rows.update(dict.fromkeys(cells[0].split(", "), (cells[1], cells[2])))
    return rows
