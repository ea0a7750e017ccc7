"""Changes of our own code: the author does not approve its own change, and a proposed change is never edited."""

import json
from typing import Any

import pytest

from tests.support.acts import claim, close_session, file_task, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

DIFF = '--- a/x.toml\n+++ b/x.toml\n@@ -1 +1 @@\n-a = ["a"]\n+a = ["a", "A"]\n'
SHOWN = {"failed_without": 1, "passed_with": 1, "others_differing": 0, "rows": 12}
TEXTS = {"subject": "x", "title": "x: a comes as A", "reason": "all of its values", "diff": DIFF, "files": ["x.toml"]}


def held(brain: TestBrain, role: str = "build_worker", mode: str = "build") -> dict[str, int]:
    """A task of a mode that its worker holds in an open session."""
    file_task(brain, "build_manager", mode=mode)
    session = session_of(brain, role)
    task = claim(brain, role, session, mode=mode)
    assert task is not None
    return {"task_id": task, "session_id": session}


def propose(brain: TestBrain, role: str = "build_worker", *, of: dict[str, int] | None = None, **other: Any) -> int:
    given = {**TEXTS, "test": "def test_it():\n    assert True\n", "documents": [], **other, **(of or held(brain))}
    row = brain.as_role(role).one("propose_change", **given)
    assert row is not None
    return int(row["change_id"])


def judge(brain: TestBrain, change: int, role: str = "build_auditor", status: str = "proved", **other: Any) -> None:
    given = {"verdict": "tried on a copy", "evidence": SHOWN, **other}
    session = session_of(brain, role)
    brain.as_role(role).run("judge_change", change_id=change, session_id=session, status=status, **given)


def test_a_change_is_proved_by_the_auditor_of_its_domain(brain: TestBrain) -> None:
    change = propose(brain)

    judge(brain, change)

    [row] = brain.sql("owner", "SELECT status, author, judged_by, evidence FROM company.changes")
    assert (row["status"], row["author"], row["judged_by"]) == ("proved", "build_worker", "build_auditor")
    assert row["evidence"] == SHOWN


def test_an_auditor_whose_session_has_ended_gives_no_verdict(brain: TestBrain) -> None:
    change, session = propose(brain), session_of(brain, "build_auditor")
    close_session(brain, "build_auditor", session, "skipped", reason="nothing to judge")
    given = {"change_id": change, "session_id": session, "status": "proved", "verdict": "fine", "evidence": SHOWN}

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("build_auditor").run("judge_change", **given)


@pytest.mark.parametrize("role", ["build_manager", "data_auditor", "ceo", "owner", "check", "research_worker"])
def test_nobody_else_gives_a_verdict(brain: TestBrain, role: str) -> None:
    change = propose(brain)
    given = {"change_id": change, "session_id": 1, "status": "proved", "verdict": "fine", "evidence": SHOWN}

    with refused("only_auditors_of_building_judge_changes"):
        brain.as_role(role).run("judge_change", **given)


def test_the_author_does_not_approve_its_own_change(brain: TestBrain) -> None:
    work = held(brain)
    change = propose(brain, of=work)

    with refused("only_auditors_of_building_judge_changes"):
        brain.as_role("build_worker").run(
            "judge_change",
            change_id=change,
            session_id=work["session_id"],
            status="proved",
            verdict="I tried it",
            evidence=SHOWN,
        )
    with refused(NO_RIGHT):
        brain.sql("build_worker", "UPDATE company.changes SET status = 'proved'")


def test_nobody_is_both_author_and_auditor_even_past_the_function(brain: TestBrain) -> None:
    propose(brain)

    with refused("nobody_judges_their_own_change"):
        run_sql(
            brain.as_login("migrate"),
            "UPDATE company.changes SET status = 'proved', judged_by = author, judged_at = company.now(),"
            " verdict = 'fine', evidence = %(shown)s",
            shown=json.dumps(SHOWN),
        )


@pytest.mark.parametrize("role", ["build_auditor", "build_manager", "ceo", "scrape_kev"])
def test_only_a_worker_writes_a_change(brain: TestBrain, role: str) -> None:
    work = held(brain)

    with refused("only_workers_write_changes"):
        propose(brain, role, of=work)


def test_a_change_is_written_only_for_a_build_task_that_one_holds(brain: TestBrain) -> None:
    work = held(brain)
    other = held(brain, "data_worker", "data")

    with refused("one_closes_only_what_is_still_ones_own"):
        propose(brain, "data_worker", of=work)
    with refused("a_change_answers_a_build_task"):
        propose(brain, "data_worker", of=other)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("a_change_brings_its_test", {"test": ""}),
        ("a_change_brings_its_test", {"test": "print('it works')"}),
        ("a_change_says_why", {"reason": ""}),
        ("a_change_changes_something", {"diff": "--- a/x\n+++ b/x\n"}),
        ("a_change_changes_something", {"diff": "please rename it"}),
        ("a_change_names_its_files", {"files": []}),
    ],
)
def test_a_change_without_its_test_and_reason_is_refused(brain: TestBrain, rule: str, fields: dict[str, Any]) -> None:
    with refused(rule):
        propose(brain, **fields)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("a_verdict_has_evidence_in_numbers", {"evidence": {}, "status": "refused"}),
        ("a_verdict_has_evidence_in_numbers", {"evidence": {"said": "looks good"}, "status": "refused"}),
        ("a_judged_change_says_by_whom_and_why", {"verdict": ""}),
        ("proved_means_that_it_was_shown", {"evidence": {"rows": 12}}),
        ("proved_means_that_it_was_shown", {"evidence": {**SHOWN, "failed_without": 0}}),
        ("proved_means_that_it_was_shown", {"evidence": {**SHOWN, "others_differing": 2}}),
        ("proved_means_that_it_was_shown", {"evidence": {**SHOWN, "rows": 0}}),
    ],
)
def test_a_verdict_without_evidence_is_refused(brain: TestBrain, rule: str, fields: dict[str, Any]) -> None:
    change = propose(brain)

    with refused(rule):
        judge(brain, change, **fields)


def test_a_change_is_judged_once_and_stays_as_it_was_proposed(brain: TestBrain) -> None:
    change = propose(brain)

    with refused("a_change_stays_as_it_was_proposed"):
        run_sql(brain.as_login("migrate"), "UPDATE company.changes SET diff = diff || '+b = 1'")
    judge(brain, change, status="refused")
    with refused("a_change_is_judged_once"):
        _again(brain, change)
    with refused("a_change_stays_as_it_was_proposed"):
        run_sql(brain.as_login("migrate"), "DELETE FROM company.changes")


def test_the_same_change_is_written_once_while_it_is_open(brain: TestBrain) -> None:
    first = propose(brain)
    brain.wait(minutes=5)

    assert propose(brain) == first
    judge(brain, first, status="refused")
    brain.wait(minutes=5)
    assert propose(brain) != first
    with refused("one_open_change_of_the_same_diff"):
        run_sql(
            brain.as_login("migrate"),
            "INSERT INTO company.changes (task_id, subject, title, reason, diff, files, test, author, session_id)"
            " SELECT task_id, subject, title, reason, diff, files, test, author, session_id FROM company.changes"
            " WHERE status = 'proposed'",
        )


def test_the_auditor_is_woken_for_the_oldest_of_many_changes_first(brain: TestBrain) -> None:
    """It begins with the oldest. Woken for the tenth before the ninth, it had no wake left for the tenth."""
    run_sql(brain.as_login("superuser"), "ALTER TABLE company.changes ALTER id RESTART WITH 9")
    work = held(brain)
    ninth, tenth = (propose(brain, of=work, diff=DIFF.replace('"A"', f'"{letter}"')) for letter in "BC")

    woken = brain.as_role("heartbeat").all("build_wakes_due", most_a_day=9)

    assert (ninth, tenth) == (9, 10)
    assert [row["name"] for row in woken if row["role"] == "build_auditor"] == ["wake-build_auditor-c9"]


def test_a_change_has_no_other_status(brain: TestBrain) -> None:
    propose(brain)

    with refused("a_change_status_is_known"):
        run_sql(brain.as_login("migrate"), "UPDATE company.changes SET status = 'surely'")


def _again(brain: TestBrain, change: int) -> None:
    brain.wait(minutes=5)
    judge(brain, change)
