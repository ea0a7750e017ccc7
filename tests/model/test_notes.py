"""A manager by model closes with a note whose figures come from its tools; a malformed note is asked for once more."""

from typing import Any

import pytest

from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.messages_api import Says, uses


def _ends(note: str, **evidence: Any) -> Says:
    return uses(("finish", {"evidence": evidence or {"tasks_open": 0}, "note": note}))


FAULTS = {
    "no note": ("", "it says nothing"),
    "no figure": ("All is quiet.", "it has no figure"),
    "too long": ("0 tasks open. " * 60, "840 characters of 600"),
    "markup": ("**0** tasks open", "it holds markup"),
    "invented": ("777 tasks open, 0 blocked", "no tool answered 777"),
    "invented in letters": ("a dozen tasks open, 0 blocked", "no tool answered dozen"),
    "invented in other digits": ("\u0667\u0667\u0667 tasks open, 0 blocked", "no tool answered \u0667\u0667\u0667"),
    "invented in Roman ones": ("XIV tasks open, 0 blocked", "no tool answered XIV"),
    "vague": ("half of the tasks open, 0 blocked", "no tool answered half"),
}


@pytest.mark.parametrize(("note", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_malformed_note_is_refused_with_its_fault_and_asked_for_again(
    run_by_model: RunByModel, brain: TestBrain, note: str, fault: str
) -> None:
    ran = run_by_model([uses(("task_figures", {})), _ends(note), _ends("0 tasks open, 0 blocked.")])

    assert fault in ran.api.results()[0]["content"]
    assert (ran.session["worked_by"], ran.session["outcome"]) == ("model", "done")
    assert brain.sql("ceo", "SELECT body FROM company.inbox") == [{"body": "0 tasks open, 0 blocked."}]


def test_after_a_second_malformed_note_the_book_writes_it(run_by_model: RunByModel, brain: TestBrain) -> None:
    ran = run_by_model([_ends("All is quiet."), _ends("777 tasks open.")])

    assert (ran.session["worked_by"], ran.answer["outcome"]) == ("book", "done")
    assert "no tool answered 777" in ran.session["by_book_because"]
    [note] = brain.sql("ceo", "SELECT body FROM company.inbox WHERE kind = 'note'")
    assert "sources fresh" in note["body"]


def test_a_figure_may_be_rounded_counted_or_come_from_the_evidence(run_by_model: RunByModel, brain: TestBrain) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 'a', '{}', 5::smallint, NULL, NULL)")
    brain.sql("data_manager", "SELECT company.file_task('data', 'b', '{}', 5::smallint, NULL, NULL)")

    ran = run_by_model(
        [uses(("list_tasks", {}), ("task_figures", {"hours": 30})), _ends("2 open, 7 seen in 30 h.", seen=7.2)]
    )

    assert ran.session["worked_by"] == "model"


def test_a_worker_may_close_without_a_note_and_not_with_an_invented_one(
    run_by_model: RunByModel, brain: TestBrain
) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")

    ran = run_by_model(
        [uses(("list_tasks", {})), _ends("99 rows put right.", tasks=1), _ends("", tasks=1)], role="data_worker"
    )

    assert "no tool answered 99" in ran.api.results()[0]["content"]
    assert ran.session["worked_by"] == "model"
