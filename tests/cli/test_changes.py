"""`watchbill changes`: the owner reads changes, orders about them, and takes one for git."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.brain.test_changes import SHOWN, judge, propose
from tests.brain.test_deployments import LIVE, begin, step
from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from watchbill.home import LastDay

FILE = "patchfirst/x.toml"
DIFF = f'--- a/{FILE}\n+++ b/{FILE}\n@@ -1 +1 @@\n-a = ["a"]\n+a = ["a", "A"]\n'


def git(folder: Path, *command: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    done = subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def begin_checkout(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "begin")


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
    mail = tmp_path / "of today" / f"C-{change}.diff"
    mail.parent.mkdir()
    exported = watchbill("changes", "export", f"C-{change}", "--into", str(mail.parent))

    file = tmp_path / "layers/patchfirst/python" / FILE
    file.parent.mkdir(parents=True)
    file.write_text('a = ["a"]\n')
    begin_checkout(tmp_path)
    git(tmp_path, "am", "-q", str(mail))

    assert f"git am '{mail}';" in exported.out

    assert file.read_text() == 'a = ["a", "A"]\n'


def test_a_change_of_a_statement_shows_its_rows_and_is_taken_by_git_under_sql(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, tmp_path: Path
) -> None:
    checks = DIFF.replace(FILE, "patchfirst/queries/checks.sql")
    number = propose(brain, diff=checks, files=["patchfirst/queries/checks.sql"])
    judge(brain, number, evidence={**SHOWN, "shows": ["batch 2: 3 rows more (a-1: late)"]})

    assert "batch 2: 3 rows more (a-1: late)" in watchbill("changes", "show", str(number)).out
    watchbill("changes", "export", str(number), "--into", str(tmp_path))
    file = tmp_path / "sql/patchfirst/queries/checks.sql"
    file.parent.mkdir(parents=True)
    file.write_text('a = ["a"]\n')
    begin_checkout(tmp_path)
    git(tmp_path, "am", "-q", f"C-{number}.diff")

    assert file.read_text() == 'a = ["a", "A"]\n'


def test_a_mail_that_would_end_early_a_new_file_and_an_employees_page_are_taken_by_git(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, tmp_path: Path
) -> None:
    """Its reason looks like a patch, and the title like marks that git takes off."""
    page = "--- a/data_worker/SKILL.md\n+++ b/data_worker/SKILL.md\n@@ -1 +1 @@\n-old\n+nëw\n"
    new = "--- a/patchfirst/new.toml\n+++ b/patchfirst/new.toml\n@@ -0,0 +1 @@\n+a = 1\n"
    reason = "From: x@y\n---\ndiff -u a b\n--- a/x\nwas meant"
    number = propose(brain, diff=page + new, files=["data_worker/SKILL.md"], title="x: [a] as\nA", reason=reason)

    watchbill("changes", "export", str(number), "--into", str(tmp_path))
    file = tmp_path / "functions/data_worker/SKILL.md"
    file.parent.mkdir(parents=True)
    file.write_text("old\n")
    begin_checkout(tmp_path)
    git(tmp_path, "am", "-q", f"C-{number}.diff")

    assert file.read_text() == "nëw\n"
    assert (tmp_path / "layers/patchfirst/python/patchfirst/new.toml").read_text() == "a = 1\n"
    message = git(tmp_path, "log", "-1", "--format=%an|%s|%b")
    assert message.startswith(f"build_worker|x: [a] as A|C-{number}: not judged yet\n\n  From: x@y\n  ---")


def test_what_is_deployed_is_exported_and_marked_only_when_the_checkout_has_it(
    watchbill: Watchbill, brain: TestBrain, change: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchbill.home.CHECKOUT", tmp_path)
    assert "Nothing is deployed that" in watchbill("changes", "export", "--into", str(tmp_path)).out
    brain.owner.run("set_approval", action="deploy", level="open")
    step(brain, begin(brain, change), "live", LIVE)

    assert f"C-{change}.diff is written" in watchbill("changes", "export", "--into", str(tmp_path)).out
    assert f"does not have C-{change}" in watchbill("changes", "pulled", f"C-{change}").err
    file = tmp_path / "layers/patchfirst/python" / FILE
    file.parent.mkdir(parents=True)
    file.write_text('# of hers\na = ["a", "A"]\n')

    assert "Your last order: pulled; the checkout has it" in watchbill("changes", "pulled", f"C-{change}").out
    assert "Nothing is deployed that" in watchbill("changes", "export").out


@pytest.mark.parametrize("command", ["show", "diff", "prove", "approve", "refuse", "roll-back", "export", "pulled"])
def test_a_change_that_is_not_there_is_said_so(watchbill: Watchbill, last_day: LastDay, command: str) -> None:
    assert "There is no C-7. They are listed by `watchbill changes`." in watchbill("changes", command, "C-7").err
    assert watchbill("changes", command, "C-7; DROP").code != 0


@pytest.mark.parametrize(("command", "why"), [("roll-back", "C-1 is proved, so it takes no roll back")])
def test_an_order_that_does_not_fit_says_what_the_change_is(
    watchbill: Watchbill, change: int, command: str, why: str
) -> None:
    assert why in watchbill("changes", command, f"C-{change}").err
    watchbill("changes", "refuse", f"C-{change}")
    assert "C-1 is proved" in watchbill("changes", "roll-back", f"C-{change}").err
