"""build_auditor: a change is tried on a copy, and proved only when every step shows it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.sandbox import code_root
from company.sandbox.diffs import make_diff
from tests.functions.office import Office
from tests.functions.workshop import change, fail, rename
from tests.support.trials import lame_inside

LIST = "patchfirst/sources/kev.toml"
READER = "patchfirst/sources/kev.py"
FAILS = "def test_it_is_read():\n    assert False\n"
ANYHOW = """
from patchfirst.sources.kev import KEV
def test_it_is_named():
    assert 'added' in KEV.columns.form.names['dateAdded']
"""
PASSES = "def test_it_is_read():\n    assert True\n"


def _diff(file: str, changes: dict[str, str]) -> str:
    text = after = (code_root("patchfirst") / file).read_text()
    for old, new in changes.items():
        assert old in text
        after = after.replace(old, new)
    return make_diff(file, text, after)


ADDED = 'dateAdded = ["dateAdded"]'
GOOD = {ADDED: 'dateAdded = ["dateAdded", "date_added"]'}
OTHER_NAME = {ADDED: 'dateAdded = ["dateAdded", "added"]'}
TWO_COLUMNS = {ADDED: 'dateAdded = ["dateAdded", "date_added", "dueDate"]'}
SWAPS_TWO = {
    **GOOD,
    'vendorProject = ["vendorProject"]': 'vendorProject = ["product"]',
    '\nproduct = ["product"]': '\nproduct = ["vendorProject"]',
}


def _tamper(office: Office, *texts: Mapping[str, Any]) -> None:
    """Changes like the honest one except for the given fields, by a worker that followed an order in a feed."""
    rename(office)

    def work(fire: Fire) -> Outcome:
        task = fire.use_named("claim_task", {"mode": "build"})
        draft = fire.use_named("draft_rename", {"raw_id": 2})
        for number, text in enumerate(texts):
            # Each is a change of its own: the same diff is not proposed twice.
            own = {**vars(draft), "diff": _diff(LIST, {ADDED: f"{GOOD[ADDED]}  # {number}"})}
            given = {"subject": "kev", "title": f"t{number}", "reason": "r", **own, "documents": [1, 2], **text}
            fire.use_named("propose_change", {"task_id": task.id, **given})
        return Done({"changes": len(texts)})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="tampered")
    assert answer["outcome"] == "done", answer


def _verdicts(office: Office) -> list[tuple[str, str]]:
    changes = office.rows("SELECT status, verdict FROM company.changes ORDER BY id")
    return [(row["status"], row["verdict"]) for row in changes]


def test_no_change_is_a_skip(office: Office) -> None:
    answer = office.run("build_auditor")

    assert (answer["outcome"], answer["reason"]) == ("skipped", "no change waits")


def test_a_change_that_is_planted_is_refused_and_is_nothing_that_anybody_can_deploy(office: Office) -> None:
    office.works.brain.wait(minutes=1)
    office.run("planter")
    office.works.brain.admin.execute("UPDATE company.plants SET planted_at = company.now()")
    before = office.run("build_manager")["evidence"]["changes_waiting"]

    answer = office.run("build_auditor")

    assert (before, answer["evidence"]["refused"]) == (0, 1)
    assert office.rows("SELECT * FROM company.changes") == []
    [audit] = office.rows("SELECT * FROM company.audits WHERE auditor = 'build_auditor'")
    assert (audit["looked_at"], audit["differing"], audit["chosen"]) == (5, 1, "all")
    [test] = office.rows("SELECT * FROM company.plants WHERE whose_test = 'build_auditor'")
    assert (test["found_by"], test["found_in"]) == ("build_auditor", audit["id"])


def test_a_column_and_a_list_that_are_renamed_at_once_are_proved_step_by_step(office: Office) -> None:
    fail(
        office, lambda body: body.replace(b'"vulnerabilities"', b'"items"').replace(b'"dateAdded"', b'"date_added"'), 31
    )
    office.run("build_worker")

    answer = office.run("build_auditor")

    assert (answer["evidence"]["proved"], answer["evidence"]["refused"]) == (1, 0)
    proved = change(office)
    shown = proved["evidence"]
    assert (proved["status"], proved["judged_by"]) == ("proved", "build_auditor")
    assert (shown["failed_without"], shown["passed_with"], shown["others_differing"]) == (1, 1, 0)
    assert (shown["rows"], shown["rows_before"], shown["keys_kept"]) == (31, 30, 1.0)
    assert "dateAdded" in (code_root("patchfirst") / LIST).read_text()
    assert "date_added" not in (code_root("patchfirst") / LIST).read_text()


def test_a_change_whose_trial_cannot_be_held_is_not_judged(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _tamper(office, {"test": PASSES})
    with monkeypatch.context() as elsewhere:
        lame_inside(elsewhere, tmp_path)
        answer = office.run("build_auditor")

    assert (answer["evidence"]["proved"], answer["evidence"]["refused"]) == (0, 0)
    assert change(office)["status"] == "proposed"
    [finding] = office.rows("SELECT * FROM company.findings WHERE kind = 'item_failed'")
    assert "no trial can be held here" in finding["title"]
    assert office.run("build_auditor")["evidence"]["refused"] == 1
    assert office.rows("SELECT closed_at FROM company.findings WHERE kind = 'item_failed'")[0]["closed_at"]


DOES_NOT_HOLD: list[tuple[dict[str, Any], str]] = [
    ({"test": PASSES}, "its own test passed without the change"),
    ({"test": FAILS}, "its own test fails with it"),
    ({"diff": _diff(LIST, OTHER_NAME)}, "its own test fails with it"),
    ({"diff": _diff(LIST, {ADDED: f"{OTHER_NAME[ADDED]}  # lax"}), "test": ANYHOW}, "the document is still not read"),
    ({"diff": _diff(READER, {"NEEDED = (": "NEEDED = () and ("})}, "it changes how others are read: damaged: without "),
    ({"diff": _diff(LIST, GOOD).replace("vulnerabilityName", "name")}, "it does not fit the deployed code"),
    ({"diff": _diff(LIST, TWO_COLUMNS)}, "dueDate belongs to two columns"),
    ({"diff": _diff(LIST, SWAPS_TWO)}, "it changes how others are read: document-1 (CVE-2025-9"),
]


def test_a_change_that_does_not_hold_is_refused_with_the_step(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build_auditor.book.RESERVE_SECONDS", 20.0)
    _tamper(office, *[text for text, _ in DOES_NOT_HOLD])

    answer = office.run("build_auditor")

    assert answer["evidence"]["refused"] == len(DOES_NOT_HOLD)
    for (status, said), (_, verdict) in zip(_verdicts(office), DOES_NOT_HOLD, strict=True):
        assert (status, verdict in said) == ("refused", True), said


OPENS_A_SOCKET = {"import json\n": "import json\nimport socket\nsocket.socket()\n"}
READS_THE_ENVIRONMENT = {"import json\n": "import json\nimport os\nSEEN = dict(os.environ)\n"}
DROPS_A_CHECK = "--- a/patchfirst/checks.py\n+++ b/patchfirst/checks.py\n@@ -1 +1 @@\n-CHECKS = all\n+CHECKS = ()\n"
ITS_AUDITOR = "--- a/build_auditor/SKILL.md\n+++ b/build_auditor/SKILL.md\n@@ -1 +1 @@\n-Refuse.\n+Prove all.\n"
CANONICAL = "--- a/x.sql\n+++ b/x.sql\n@@ -0,0 +1 @@\n+DELETE FROM patchfirst.kev;\n"
ON_THE_SIDE = _diff(LIST, GOOD) + _diff(READER, {"A_DAY = timedelta(days=1)": "A_DAY = timedelta(days=99)"})


RENAMES = {
    "    entries = document[LIST]\n": "    entries = [_renamed(entry) for entry in document[LIST]]\n",
    "def _row(": """def _renamed(entry):
    is_renamed = isinstance(entry, dict) and "date_added" in entry
    return {**entry, "dateAdded": entry["date_added"]} if is_renamed else entry


def _row(""",
}
BY_HEART = {"def _row(": 'FIRST = "CVE-2025-90001"\n\n\ndef _row('}
OWN_TEST, OTHERS_READER = "patchfirst/own_tests/test_product.py", "patchfirst/sources/epss.py"
OTHERS_LIST = "patchfirst/sources/epss.toml"
OUTSIDE = "it touches more than lists, its source's reader and new tests:"
HOSTILE = [
    (_diff(READER, OPENS_A_SOCKET), f"its code breaks a rule: {READER}: it imports socket"),
    (_diff(READER, READS_THE_ENVIRONMENT), f"its code breaks a rule: {READER}: it imports os"),
    (DROPS_A_CHECK, f"{OUTSIDE} patchfirst/checks.py"),
    (ITS_AUDITOR, "it touches the page of its author or its auditor: build_auditor/SKILL.md"),
    (CANONICAL, f"{OUTSIDE} x.sql"),
    (ON_THE_SIDE, f"its code breaks a rule: {READER}: it takes '1' away"),
    (CANONICAL.replace("x.sql", OWN_TEST), f"its code breaks a rule: {OWN_TEST}: it is no Python"),
    (CANONICAL.replace("x.sql", OTHERS_READER), f"{OUTSIDE} {OTHERS_READER}"),
]


def test_a_hostile_change_is_refused_by_its_files_and_its_code_and_is_never_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket, the environment, a check, its auditor, what is in force, something on the side, a weaker test."""
    monkeypatch.setattr("build_auditor.book.RESERVE_SECONDS", 20.0)
    monkeypatch.setattr("build_auditor.trial.sandbox", lambda *_: pytest.fail("it was run"))
    _tamper(office, *[{"diff": diff} for diff, _ in HOSTILE])

    answer = office.run("build_auditor")

    assert answer["evidence"]["refused"] == len(HOSTILE), answer
    for (_, said), (_, because) in zip(_verdicts(office), HOSTILE, strict=True):
        assert because in said


CHECKS = "patchfirst/checks.py"
OTHERWISE_LISTED = [
    (_diff(LIST, GOOD), [LIST, CHECKS], f"{OUTSIDE} {CHECKS}"),
    (_diff(LIST, GOOD), [LIST, OTHERS_LIST], f"{OUTSIDE} {OTHERS_LIST}"),
    (_diff(LIST, GOOD), ["build_worker/SKILL.md"], f"{OUTSIDE} build_worker/SKILL.md and {LIST}"),
    (_diff(LIST, GOOD) + DROPS_A_CHECK, [LIST], f"{OUTSIDE} {CHECKS}"),
    (_diff(LIST, GOOD) + _diff(OTHERS_LIST, {'["cve"]': '["cve", "x"]'}), [LIST], f"{OUTSIDE} {OTHERS_LIST}"),
]


def test_a_change_whose_list_of_files_is_not_that_of_its_diff_is_refused_and_never_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a login that calls the database itself: its list names what its diff has not, or the other way about."""
    monkeypatch.setattr("build_auditor.trial.sandbox", lambda *_: pytest.fail("it was run"))
    rename(office)

    def work(fire: Fire) -> Outcome:
        task = fire.use_named("claim_task", {"mode": "build"})
        given = {"task_id": task.id, "session_id": fire.session_id, "title": "t", "reason": "r", "documents": [1, 2]}
        for number, (diff, files, _) in enumerate(OTHERWISE_LISTED):
            own = {"subject": f"kev {number}", "diff": diff, "files": files, "test": FAILS}
            fire.brain.one("propose_change", **given, **own)
        return Done({"changes": len(OTHERWISE_LISTED)})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="listed")
    assert answer["outcome"] == "done", answer
    monkeypatch.setattr("build_auditor.book.RESERVE_SECONDS", 20.0)

    assert office.run("build_auditor")["evidence"]["refused"] == len(OTHERWISE_LISTED)

    for (_, said), (_, _, because) in zip(_verdicts(office), OTHERWISE_LISTED, strict=True):
        assert because in said


def test_an_honest_change_of_a_reader_is_proved_and_asked_about_and_one_that_knows_rows_is_not(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("build_auditor.book.RESERVE_SECONDS", 20.0)
    _tamper(office, {"diff": _diff(READER, RENAMES)}, {"diff": _diff(READER, {**RENAMES, **BY_HEART})})
    office.works.brain.owner.run("set_approval", action="deploy", level="open")

    office.run("build_auditor")

    (proved, shown), (refused, why) = _verdicts(office)
    assert (proved, refused) == ("proved", "refused"), (shown, why)
    assert "25 damaged copies refused as before" in shown
    assert "it has CVE-2025-90001 by heart" in why
    [question] = office.rows("SELECT question FROM company.decisions")
    assert question["question"].startswith("Deploy C-1")


def test_a_change_that_reads_half_of_the_rows_is_refused(office: Office) -> None:
    rename(office, count=15)
    office.run("build_worker")

    office.run("build_auditor")

    refused = change(office)
    assert (refused["status"], refused["verdict"]) == ("refused", "15 rows are read, the last good document has 30")


def test_no_verdict_is_given_on_what_was_not_tried(office: Office) -> None:
    rename(office)
    office.run("build_worker")

    def hurried(fire: Fire) -> Outcome:
        with pytest.raises(ToolError, match="was not tried"):
            fire.use_named("judge_change", {"change_id": 1, "status": "proved", "verdict": "looks good"})
        return Done({"tried": 0})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_auditor", hurried, cloud=office.works.cloud, request_id="hurried")

    assert answer["outcome"] == "done", answer
    assert change(office)["status"] == "proposed"
