"""A model may say that it failed or waits for somebody, and it may not call errors a success."""

from dataclasses import replace
from typing import Any

import pytest

from data_manager.book import ROLE
from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.messages_api import Body, Says, finishes, uses

WRONG = uses(("sort_task", {"task_id": 99, "becomes": "stale", "reason": "gone"}))
SLOT = "SELECT status, reason FROM company.slots WHERE schedule = %(whose)s"


def ends(**fields: Any) -> Says:
    return uses(("finish", {"evidence": {}} | fields))


def slot(brain: TestBrain, role: str = "data_manager") -> dict[str, Any]:
    [row] = brain.sql("owner", SLOT, whose=role)
    return dict(row)


def test_a_failed_session_says_why_and_its_slot_too(run_by_model: RunByModel, brain: TestBrain) -> None:
    ran = run_by_model([ends(outcome="failed", reason="no source answered", evidence={"asked": 3})])

    assert (ran.answer["outcome"], ran.session["outcome"], ran.session["worked_by"]) == ("failed", "failed", "model")
    assert slot(brain) == {"status": "failed", "reason": "no source answered"}


def test_a_blocked_session_names_whom_it_waits_for(run_by_model: RunByModel, brain: TestBrain) -> None:
    blocked = {"outcome": "blocked", "reason": "the key is wrong", "waits_for": "owner"}

    ran = run_by_model([ends(**blocked, evidence={"asked": 3}, note="3 asked.")])

    assert ran.answer["outcome"] == "failed"
    assert slot(brain) == {"status": "failed", "reason": "blocked, waits for owner: the key is wrong"}
    assert brain.sql("ceo", "SELECT body FROM company.inbox") == [{"body": "3 asked."}]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"outcome": "failed"}, "needs a reason"),
        ({"outcome": "failed", "reason": " "}, "needs a reason"),
        ({"outcome": "failed", "reason": "x", "waits_for": "owner"}, "waits_for"),
        ({"outcome": "blocked", "reason": "x"}, "waits_for"),
        ({"outcome": "blocked", "reason": "x", "waits_for": "the_queen"}, "nobody to wait for"),
        ({"outcome": "blocked", "reason": "x", "waits_for": "data_manager"}, "nobody to wait for"),
        ({"outcome": "tired", "reason": "x"}, "outcome"),
        ({"outcome": "done"}, "at least one number"),
        ({"evidence": {"errors": 5}, "note": "5 errors; nothing was done."}, "errors alone are no success"),
        ({"evidence": {"failed_calls": 2, "refusals": 3}, "note": "5 of 5."}, "errors alone are no success"),
    ],
)
def test_an_outcome_without_what_it_needs_is_returned(run_by_model: RunByModel, fields: Body, wrong: str) -> None:
    ran = run_by_model([ends(**fields), finishes()])

    assert wrong in ran.api.results()[0]["content"]
    assert ran.session["worked_by"] == "model"


def test_a_failed_session_says_how_its_tasks_end(run_by_model: RunByModel, brain: TestBrain) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")
    failed = {"outcome": "failed", "reason": "it cannot be read"}
    closed = {"closes": [{"task_id": 1, "status": "failed", "result": {"reason": "it cannot be read"}}]}

    ran = run_by_model(
        [uses(("claim_task", {"mode": "data"})), ends(**failed), ends(**failed, **closed)], "data_worker"
    )

    assert "you claimed task 1" in ran.api.results()[0]["content"]
    assert brain.sql("owner", "SELECT status FROM company.task_queue") == [{"status": "failed"}]
    assert ran.session["outcome"] == "failed"


def test_errors_alone_are_no_success(run_by_model: RunByModel) -> None:
    ran = run_by_model([WRONG, finishes(), finishes()])

    assert "every call of this session was refused or failed" in ran.api.results()[0]["content"]
    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert "every call of this session was refused or failed" in ran.session["by_book_because"]


def test_after_errors_alone_a_model_may_say_that_it_failed(run_by_model: RunByModel, brain: TestBrain) -> None:
    ran = run_by_model([WRONG, finishes(), ends(outcome="failed", reason="task 99 does not exist")])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("failed", "model")
    assert slot(brain)["reason"] == "task 99 does not exist"


def test_errors_beside_work_are_a_success(run_by_model: RunByModel) -> None:
    ran = run_by_model([uses(("task_figures", {})), ends(evidence={"errors": 1, "looked_at": 4}, note="4 looked at.")])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "model")


def test_after_one_call_that_went_well_a_session_may_be_done(run_by_model: RunByModel) -> None:
    ran = run_by_model([WRONG, finishes(), uses(("task_figures", {})), finishes()])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "model")


def test_what_a_failed_model_owes_is_done_all_the_same(
    run_by_model: RunByModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_manager.book.ROLE", replace(ROLE, duties=lambda fire, done: {"owed": 1}))

    ran = run_by_model([ends(outcome="failed", reason="no source answered")])

    assert (ran.answer["outcome"], ran.answer["evidence"]) == ("failed", {"owed": 1})
