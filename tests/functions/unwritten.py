"""For tests of pages that cannot be written: the product with a defect in one function, in the process and on disk."""

import ast
import shutil
from pathlib import Path

import pytest

import patchfirst
from company.vertical import Customer
from patchfirst.page import sections
from tests.functions.office import Office
from tests.pipeline.works import Works, kev, kev_entry

FILE = "patchfirst/page/sections.py"
KNOWN = 'True: "ransomware uses it", '
"""Without this a page fails where ransomware uses what it names."""
CUSTOMERS = [
    Customer("Alder Bank", "desk@alder-bank.invalid", "brief", {"vendors": ["Harbourgate"]}),
    Customer("Northferry", "feeds@northferry.invalid", "feed", {"vendors": ["Harbourgate"]}),
    Customer("Oak and Sons", "it@oak.invalid", "brief", {}),
    Customer("Quayside", "it@quayside.invalid", "brief", {"vendors": ["Marrowstone"]}),
]
"""The last sees nothing of what makes the pages of the others fail."""


def broken_product(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, function: str = "_facts", old: str = KNOWN, new: str = ""
) -> str:
    """The text of the file as it was before this defect came into one of its functions."""
    root = Path(patchfirst.__file__).parent
    shutil.copytree(root, folder / root.name, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / FILE
    was = file.read_text()
    assert was.count(old) == 1
    file.write_text(was.replace(old, new))
    monkeypatch.setattr(patchfirst, "__file__", str(folder / root.name / "__init__.py"))
    node = next(n for n in ast.parse(file.read_text()).body if isinstance(n, ast.FunctionDef) and n.name == function)
    made: dict[str, object] = {}
    exec(compile(ast.Module([node], []), str(file), "exec"), vars(sections), made)
    monkeypatch.setattr(sections, function, made[function])
    return was


def serve_customers(works: Works) -> None:
    """Each has had a page that could be written; then two entries come that ransomware uses, and three see them."""
    others = [kev_entry(n, vendorProject="Marrowstone", product="Quay") for n in range(20, 25)]
    entries = [kev_entry(n) for n in range(5)]
    works.take_in("kev", kev(*entries, *others))
    works.run("link", "score")
    works.open_for(*CUSTOMERS)
    works.run("deliver")
    used = [kev_entry(n, knownRansomwareCampaignUse="Known") for n in (5, 6)]
    at = "2026-03-10T18:00:00Z"
    works.take_in("kev", kev(*entries, *used, *others, at=at), at=at)
    works.run("link", "score")


FIXES = ("    ransomware = {False", f"    ransomware = {{{KNOWN}False")
"""The passage of the broken text, and what stands there in a right one."""
TEST = """
from datetime import date
from patchfirst.page.sections import _facts
def test_it_is_written():
    assert "ransomware uses it" in _facts({"ransomware": True, "due_date": None}, date(2026, 3, 11), is_due_said=False)
"""


def unwritten_task(office: Office, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Three customers wait for a page that the product cannot write, and a build task says so.

    For modules whose brains begin where serve_customers ended.
    """
    broken_product(monkeypatch, folder)
    office.works.run("deliver", "deliver")
    office.run("build_manager")
