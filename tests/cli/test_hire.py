"""Hiring copies one folder and one template block; retiring removes both, and every role keeps a manager."""

import errno
import io
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from company.records import read_record, read_staff, record_path
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT
from watchbill.staffing.hiring import HireRequest, doctrine_naming, hire, roles_of
from watchbill.staffing.retiring import retire
from watchbill.staffing.template_blocks import find_block

PARTS = ("functions", "infra", "sql", "docs", "tests/events", "tests/functions")
CLERK = HireRequest("data_clerk", like="data_worker", schedule="cron(5 * * * ? *)", description="Reads along.")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that describe a role, to be changed."""
    for part in PARTS:
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def files(root: Path) -> Mapping[str, str]:
    found = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8", errors="replace") for path in found}


def test_a_hire_is_one_folder_one_block_and_the_files_that_name_it(checkout: Path) -> None:
    before = files(checkout)

    hired = hire(checkout, CLERK)

    after = files(checkout)
    new = {name for name in after if name not in before}
    assert {name for name in new if not name.startswith("functions/data_clerk/")} == {
        "tests/events/data_clerk.json",
        "tests/functions/test_data_clerk.py",
    }
    assert {n for n in before if before[n] != after[n]} == {"infra/template.yaml", "docs/company.md"}
    assert "sql/company/doctrine/350_links.sql" in hired.not_copied, "what data_worker may by name is not the clerk's"
    assert (hired.record.kind, hired.record.schedule) == ("worker", "cron(5 * * * ? *)")
    naming = {name: after[name].count("data_worker") for name in new if "data_worker" in after[name]}
    assert naming == {"functions/data_clerk/SKILL.md": 1}, "its record says of whom it is a copy"
    assert hired.record.copied_from == "data_worker"


def test_a_copy_of_a_copy_says_whom_the_first_was_copied_from(checkout: Path) -> None:
    hire(checkout, CLERK)

    second = hire(checkout, HireRequest("data_scribe", like="data_clerk"))

    assert second.record.copied_from == "data_worker"


def test_the_line_in_the_roster_is_no_wider_than_a_screen(checkout: Path) -> None:
    hire(checkout, HireRequest("data_clerk", like="data_worker", description="Reads along, " * 20))

    [line] = [text for text in files(checkout)["docs/company.md"].splitlines() if "| data_clerk |" in text]
    assert line.endswith("Reads along, ... |") and 100 < len(line) <= 120


def test_the_block_is_the_neighbours_in_the_new_name(checkout: Path) -> None:
    hire(checkout, CLERK)

    template = (checkout / "infra" / "template.yaml").read_text(encoding="utf-8")
    assert template.count("DataClerk:\n") == 1 and template.count("  DataClerkLog:\n") == 1
    assert "ScheduleExpression: cron(5 * * * ? *)" in template
    assert "Value: !Ref DataClerk}" in template, "its errors are in its domain's alarm"
    assert template.count("DataWorker") == (CHECKOUT / "infra" / "template.yaml").read_text().count("DataWorker")


def test_nothing_remains_of_a_role_that_was_hired_and_retired(checkout: Path) -> None:
    before = files(checkout)
    hire(checkout, CLERK)

    retired = retire(checkout, "data_clerk")

    assert retired.handed_over == ()
    assert files(checkout) == before


@contextmanager
def failing_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A disk that is full at the so-many-th write; gives what was opened to be written. Modes would not stop root."""
    real: Callable[..., Any] = io.open
    opened: list[str] = []

    def full(file: object, mode: str = "r", *more: Any, **named: Any) -> Any:
        if "w" in mode:
            opened.append(str(file))
            if len(opened) == number:
                raise OSError(errno.EACCES, "Permission denied", str(file))
        return real(file, mode, *more, **named)

    with monkeypatch.context() as broken:
        broken.setattr(io, "open", full)
        yield opened


def writes_of(act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> int:
    with failing_at(0, monkeypatch) as opened:
        act()
    return len(opened)


def test_a_write_that_fails_leaves_nothing_of_a_hire_or_of_a_retirement(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_at_each(act: Callable[[], object], undo: Callable[[], object]) -> None:
        number = writes_of(act, monkeypatch)
        undo()
        before = files(checkout)
        for place in range(1, number + 1):
            with failing_at(place, monkeypatch), pytest.raises(DeskError, match="denied. Nothing was changed"):
                act()
            assert files(checkout) == before, place
        act()

    def hires() -> object:
        return hire(checkout, HireRequest("tide_worker", like="scraping_worker", reports_to="tide_manager"))

    hire(checkout, HireRequest("tide_manager", like="scraping_manager"))
    fails_at_each(hires, lambda: retire(checkout, "tide_worker"))
    shutil.copytree(checkout, whole := checkout.with_name("whole"))
    fails_at_each(
        lambda: retire(checkout, "tide_manager", hand_over=True),
        lambda: shutil.copytree(whole, checkout, dirs_exist_ok=True),
    )


@pytest.mark.parametrize("page", ["docs/hire.md", "CONTRIBUTING.md", "watchbill/cli/app.py"])
def test_a_hire_that_is_documented_copies_a_role_with_no_rights_by_name(page: str) -> None:
    neighbours = re.findall(r"hire \w+ --like ([a-z_]+)", (CHECKOUT / page).read_text(encoding="utf-8"))

    assert neighbours and not set(neighbours) - set(roles_of(CHECKOUT))
    assert [role for role in neighbours if doctrine_naming(CHECKOUT, role)] == []


def test_the_copy_logs_in_as_itself_by_iam(checkout: Path) -> None:
    hire(checkout, CLERK)

    template = (checkout / "infra" / "template.yaml").read_text(encoding="utf-8")
    block = find_block(template, "data_clerk")
    assert block is not None
    assert "/${Company}_data_clerk" in block.text and "data_worker" not in block.text


@pytest.mark.parametrize(
    ("hiring", "expected"),
    [
        (HireRequest("DataClerk", "data_worker"), "'DataClerk' is not a name for a role"),
        (HireRequest("data_manager", "data_worker"), "data_manager exists already"),
        (HireRequest("owner", "data_worker"), "owner is a login or a group of the brain already; give"),
        (HireRequest("staff", "data_worker"), "staff is a login or a group of the brain already; give"),
        (HireRequest("email", "data_worker"), "email is a module of Python already; give the role another name"),
        (HireRequest("anthropic", "data_worker"), "anthropic is an installed package already; give the role another"),
        (HireRequest("data_clerk", "nobody"), "There is no role 'nobody'. There are: "),
        (HireRequest("data_clerk", "migrate"), "migrate has no schedule"),
        (HireRequest("data_clerk", "data_worker", schedule="hourly"), "--schedule hourly"),
        (HireRequest("data_clerk", "data_worker", reports_to="nobody"), "There is no role 'nobody'"),
    ],
)
def test_a_hire_that_cannot_be_changes_nothing(checkout: Path, hiring: HireRequest, expected: str) -> None:
    before = files(checkout)

    with pytest.raises(DeskError, match=expected.replace(".", r"\.")) as refused:
        hire(checkout, hiring)

    assert " data_clerk," not in str(refused.value), "who is only being hired is none of those that there are"
    assert files(checkout) == before


def test_a_role_to_which_others_report_is_retired_only_when_they_are_handed_over(checkout: Path) -> None:
    hire(checkout, HireRequest("tide_manager", like="scraping_manager"))
    hire(
        checkout,
        HireRequest("tide_worker", like="scraping_worker", reports_to="tide_manager", watched_by="tide_manager"),
    )

    with pytest.raises(DeskError, match="tide_worker reports to, or is watched by, tide_manager"):
        retire(checkout, "tide_manager")
    done = retire(checkout, "tide_manager", hand_over=True)

    record = read_record(checkout / "functions" / "tide_worker")
    assert done.handed_over == ("tide_worker",)
    assert (record.reports_to, record.watched_by) == ("ceo", "ceo")
    assert "tide_manager" not in read_staff(checkout / "functions")


def test_a_manager_who_was_watched_by_who_leaves_is_watched_by_its_own_manager(checkout: Path) -> None:
    hire(checkout, HireRequest("tide_manager", like="scraping_manager"))
    hire(checkout, HireRequest("tide_worker", like="scraping_worker", reports_to="tide_manager"))
    page = record_path(checkout / "functions" / "tide_manager")
    text = re.sub(r"(?m)^( *watched_by: ).*$", r"\g<1>tide_worker", page.read_text(encoding="utf-8"))
    page.write_text(text, encoding="utf-8")

    retire(checkout, "tide_worker", hand_over=True)

    assert read_record(checkout / "functions" / "tide_manager").watched_by == "ceo"


def test_a_role_that_the_doctrine_names_cannot_be_retired(checkout: Path) -> None:
    with pytest.raises(DeskError, match="heartbeat cannot be retired: doctrine names it \\(sql/company/doctrine/.*\\)"):
        retire(checkout, "heartbeat")


@pytest.mark.parametrize("role", ["migrate", "console", "lookup"])
def test_what_the_company_cannot_be_deployed_without_is_not_retired(checkout: Path, role: str) -> None:
    before = files(checkout)

    with pytest.raises(DeskError, match=rf"^{role} cannot be retired: .* needs its function \(line \d+: .*!GetAtt"):
        retire(checkout, role, hand_over=True)

    assert files(checkout) == before
