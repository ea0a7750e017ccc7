"""What a role owes is done after its model's finish, by plain code."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from company.fire.fire import Fire
from company.money.budget import BudgetSpent
from company.outcomes import Done, Evidence
from data_manager.book import ROLE
from tests.model.conftest import RunByModel
from tests.support.messages_api import Fails, finishes, uses


def give_duties(monkeypatch: pytest.MonkeyPatch, duties: Callable[[Fire, Done], Evidence]) -> None:
    monkeypatch.setattr("data_manager.book.ROLE", replace(ROLE, duties=duties))


def test_duties_follow_the_models_finish_and_their_figures_join_the_evidence(
    run_by_model: RunByModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def duties(fire: Fire, done: Done) -> Evidence:
        return {"seen": list(fire.journal.tools_used), "looked_at": 7, "finish": dict(done.evidence)}

    give_duties(monkeypatch, duties)

    ran = run_by_model([uses(("task_figures", {})), finishes(looked_at=99, filed=2)])

    assert ran.session["worked_by"] == "model"
    assert ran.answer["evidence"] == {
        "looked_at": 7,
        "filed": 2,
        "seen": ["task_figures"],
        "finish": {"looked_at": 99, "filed": 2},
    }


def test_the_book_has_its_duties_in_its_work(run_by_model: RunByModel, monkeypatch: pytest.MonkeyPatch) -> None:
    give_duties(monkeypatch, lambda fire, done: {"twice": 1})

    ran = run_by_model([Fails(401)])

    assert ran.session["worked_by"] == "book"
    assert "twice" not in ran.answer["evidence"]


def test_duties_without_time_fail_the_slot_and_keep_what_was_done(
    run_by_model: RunByModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def duties(fire: Fire, done: Done) -> Evidence:
        raise BudgetSpent("the seconds of this fire are spent")

    give_duties(monkeypatch, duties)

    ran = run_by_model([finishes(filed=2)])

    assert (ran.answer["outcome"], ran.answer["evidence"]) == ("failed", {"filed": 2})
