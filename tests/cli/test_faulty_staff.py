"""A fault in the staff's files stops a day before it begins, and is named with its file; no code of it is run."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from company.errors import CompanyError
from company.vertical import load
from tests.cli.conftest import Watchbill
from watchbill.desk import desk
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT
from watchbill.staffing.checking import faults_of_code, faults_of_staff, require_workable, require_workable_once

VERTICAL = "patchfirst"
READING = """
from pathlib import Path

from company.text.files import read_utf8

product = read_utf8(Path(__file__).parent / "product.md")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for part in ("functions", "layers/company/python", "layers/patchfirst/python"):
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def edited(old: str, new: str) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


FAULTS = {
    "a manager who is not there": (
        "functions/data_worker/SKILL.md",
        edited("reports_to: data_manager", "reports_to: nobody"),
        "functions/data_worker/SKILL.md: reports_to: there is no role nobody",
    ),
    "a watcher who is not there": (
        "functions/promote/MACHINE.md",
        edited("watched_by: data_auditor", "watched_by: nobody"),
        "functions/promote/MACHINE.md: watched_by: there is no role nobody",
    ),
    "two who report to each other": (
        "functions/ceo/SKILL.md",
        edited("reports_to: owner", "reports_to: data_manager"),
        "functions/ceo/SKILL.md: reports_to: ceo -> data_manager -> ceo is a circle",
    ),
    "a schedule that AWS refuses": (
        "functions/data_worker/SKILL.md",
        edited("schedule: ", "schedule: cron(61 * * * ? *) # "),
        "functions/data_worker/SKILL.md: schedule: cron(61 * * * ? *): ",
    ),
    "an employee without a book": (
        "functions/data_worker/book.py",
        Path.unlink,
        "functions/data_worker/book.py is missing: copy one from a neighbour's folder",
    ),
    "a machine without a handler": (
        "functions/promote/handler.py",
        Path.unlink,
        "functions/promote/handler.py is missing",
    ),
    "a tool that is not there": (
        "functions/data_worker/SKILL.md",
        edited("tools: [", "tools: [turn_back_time, "),
        "functions/data_worker/SKILL.md: tools: there is no tool turn_back_time",
    ),
    "a book with a slip of the pen": (
        "functions/data_worker/book.py",
        lambda path: path.write_text("ROLE = 'data_worker'\n\ndef work(fire:\n    return\n", encoding="utf-8"),
        "functions/data_worker/book.py, line 3: ",
    ),
    "a book with nothing in it": (
        "functions/data_worker/book.py",
        lambda path: path.write_text("", encoding="utf-8"),
        "functions/data_worker/book.py defines no ROLE, which handler.py takes from it",
    ),
    "a layer with a NUL": (
        "layers/patchfirst/python/patchfirst/ids.py",
        lambda path: path.write_bytes(b"X = 1\n\0"),
        "layers/patchfirst/python/patchfirst/ids.py",
    ),
    "code that is not UTF-8": (
        "layers/patchfirst/python/patchfirst/ids.py",
        lambda path: path.write_bytes("X = 'é'\n".encode("latin-1")),
        "layers/patchfirst/python/patchfirst/ids.py",
    ),
}


def test_the_company_as_it_is_can_start() -> None:
    assert [*faults_of_code(CHECKOUT), *faults_of_staff(CHECKOUT, VERTICAL)] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file(fault: str, checkout: Path) -> None:
    name, damage, said = FAULTS[fault]
    damage(checkout / name)

    with pytest.raises(DeskError, match="^The company cannot start") as refused:
        require_workable(checkout, VERTICAL)

    assert said in str(refused.value)
    assert str(checkout) not in str(refused.value)


def test_a_record_that_is_not_utf8_is_named(checkout: Path) -> None:
    (checkout / "functions/ceo/SKILL.md").write_bytes("---\nname: ceo\n---\né".encode("latin-1"))

    with pytest.raises(CompanyError, match=r"ceo/SKILL\.md, line 4: is not UTF-8 \(byte 18 is 0xe9\)"):
        require_workable(checkout, VERTICAL)


def test_a_record_with_brackets_without_end_is_named_and_one_with_a_byte_order_mark_is_read(checkout: Path) -> None:
    record = checkout / "functions/ceo/SKILL.md"
    record.write_bytes(b"\xef\xbb\xbf" + record.read_bytes())
    require_workable(checkout, VERTICAL)
    record.write_text(f"---\n{'[' * 5000}\n---\n", encoding="utf-8")

    with pytest.raises(CompanyError, match=r"ceo/SKILL\.md: the front matter is not YAML: .*recursion"):
        require_workable(checkout, VERTICAL)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "product.md").unlink(), "product.md: cannot be read: No such file or directory"),
        (lambda folder: (folder / "product.md").write_bytes(b"# \xff"), r"product.md, line 1: is not UTF-8"),
        (lambda folder: (folder / "vertical.py").write_text("x = 1\ny = (\n"), r"vertical.py, line 2: '\(' was never"),
        (lambda folder: (folder / "vertical.py").write_text("\nx = 1 / 0"), "vertical.py, line 2: ZeroDivisionError"),
        (lambda folder: (folder / "vertical.py").write_text("import nothing_of_that_name"), "no module nothing_of"),
        (lambda folder: (folder / "vertical.py").write_text("VERTICAL = 3"), "has no VERTICAL record"),
    ],
)
def test_a_broken_product_is_named_with_its_file_and_line(
    damage: Callable[[Path], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "broken_product"
    folder.mkdir()
    (folder / "product.md").write_text("# What we sell\n", encoding="utf-8")
    (folder / "vertical.py").write_text(READING, encoding="utf-8")
    damage(folder)
    monkeypatch.syspath_prepend(tmp_path)
    for module in ("broken_product", "broken_product.vertical"):
        monkeypatch.delitem(sys.modules, module, raising=False)

    with pytest.raises(CompanyError, match=said):
        load("broken_product")


def test_a_role_may_use_a_tool_that_its_module_takes_from_another(checkout: Path) -> None:
    tools = checkout / "functions/data_worker/tools.py"
    tools.write_text("from ceo.elsewhere import borrowed\n", encoding="utf-8")
    edited("tools: [", "tools: [borrowed, turn_back_time, ")(checkout / "functions/data_worker/SKILL.md")

    with pytest.raises(DeskError) as refused:
        require_workable(checkout, VERTICAL)

    assert "borrowed" not in str(refused.value)
    assert "turn_back_time" in str(refused.value)


def test_a_day_refuses_to_start_and_runs_nothing(
    watchbill: Watchbill, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "CHECKOUT", checkout)
    (checkout / "sql").mkdir()
    (checkout / "functions/ceo/book.py").write_text(f"open({str(checkout / 'ran')!r}, 'w')\ndef (", encoding="utf-8")

    result = watchbill("day", "--calm", "--hours", "1")

    assert result.code == 1
    assert "functions/ceo/book.py, line 2: invalid syntax" in result.err
    assert not (checkout / "ran").exists()


def test_what_was_found_workable_is_looked_at_again_only_when_it_changed(checkout: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    require_workable_once(checkout, VERTICAL, "as it was", cache)
    FAULTS["a manager who is not there"][1](checkout / "functions/data_worker/SKILL.md")

    require_workable_once(checkout, VERTICAL, "as it was", cache)
    for _ in range(2):
        with pytest.raises(DeskError, match="there is no role nobody"):
            require_workable_once(checkout, VERTICAL, "changed", cache)
