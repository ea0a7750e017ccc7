"""`watchbill changes`: the owner reads changes, orders about them, and takes one for git."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.brain.test_changes import judge, propose
from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from watchbill.home import LastDay

FILE = "patchfirst/x.toml"
DIFF = f'--- a/{FILE}\n+++ b/{FILE}\n@@ -1 +1 @@\n-a = ["a"]\n+a = ["a", "A"]\n'


@pytest.fixture
def change(brain: TestBrain, last_day: LastDay) -> int:
    number = propose(brain, diff=DIFF, files=[FILE])
    judge(brain, number)
    return number


def test_no_change_is_said_so(watchbill: Watchbill, last_day: LastDay) -> None:
    assert "No change was proposed yet." in watchbill("changes").out
    assert json.loads(watchbill("changes", "--json").out) == []


def test_changes_are_listed_shown_and_printed(watchbill: Watchbill, change: int) -> None:
    assert f"C-{change}" in watchbill("changes", "list").out
    assert "Proved by build_auditor: tried on a copy" in watchbill("changes", "show", f"C-{change}").out
    assert '+a = ["a", "A"]' in watchbill("changes", "diff", str(change)).out
    [row] = json.loads(watchbill("changes", "--json").out)
    assert (row["id"], row["status"]) == (change, "proved")
    assert "not deployed yet" in watchbill("why", f"C-{change}").out


def test_a_refused_change_says_who_refused_it(watchbill: Watchbill, change: int) -> None:
    watchbill("changes", "refuse", f"C-{change}", "--reason", "by hand")

    assert "refused by the owner" in watchbill("changes").out
    assert "ordered: refuse, because by hand; not deployed" in watchbill("why", f"C-{change}").out


def test_an_exported_change_is_taken_by_git(watchbill: Watchbill, change: int, tmp_path: Path) -> None:
    watchbill("changes", "export", f"C-{change}", "--into", str(tmp_path))

    file = tmp_path / "layers/patchfirst/python" / FILE
    file.parent.mkdir(parents=True)
    file.write_text('a = ["a"]\n')
    who = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    for command in (["init", "-q"], ["add", "layers"], [*who, "commit", "-qm", "begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    subprocess.run(["git", *who, "am", "-q", f"C-{change}.diff"], cwd=tmp_path, check=True)

    assert file.read_text() == 'a = ["a", "A"]\n'


def test_a_change_that_is_not_there_is_said_so(watchbill: Watchbill, last_day: LastDay) -> None:
    assert "There is no C-7" in watchbill("changes", "show", "C-7").err
