"""What a role owes is done after its model's finish, by plain code."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from company.fire.fire import Fire
from company.money.budget import BudgetSpent
from company.outcomes import Done, Evidence
from data_manager.book import ROLE
from tests.model.conftest import Think
from tests.support.messages_api import Fails, finishes, uses


def give_duties(monkeypatch: pytest.MonkeyPatch, duties: Callable[[Fire, Done], Evidence]) -> None:
    monkeypatch.setattr("data_manager.book.ROLE", replace(ROLE, duties=duties))


def test_duties_follow_the_models_finish_and_their_figures_join_the_evidence(
    think: Think, monkeypatch: pytest.MonkeyPatch
) -> None:
    def duties(fire: Fire, done: Done) -> Evidence:
        return {"seen": list(fire.journal.tools_used), "looked_at": 7, "said": dict(done.evidence)}

    give_duties(monkeypatch, duties)

    thought = think([uses(("task_figures", {})), finishes(looked_at=99, filed=2)])

    assert thought.session["worked_by"] == "model"
    assert thought.answer["evidence"] == {
        "looked_at": 7,
        "filed": 2,
        "seen": ["task_figures"],
        "said": {"looked_at": 99, "filed": 2},
    }


def test_the_book_has_its_duties_in_its_work(think: Think, monkeypatch: pytest.MonkeyPatch) -> None:
    give_duties(monkeypatch, lambda fire, done: {"twice": 1})

    thought = think([Fails(401)])

    assert thought.session["worked_by"] == "book"
    assert "twice" not in thought.answer["evidence"]


def test_duties_without_time_fail_the_slot_and_keep_what_was_done(
    think: Think, monkeypatch: pytest.MonkeyPatch
) -> None:
    def duties(fire: Fire, done: Done) -> Evidence:
        raise BudgetSpent("the seconds of this fire are spent")

    give_duties(monkeypatch, duties)

    thought = think([finishes(filed=2)])

    assert (thought.answer["outcome"], thought.answer["evidence"]) == ("failed", {"filed": 2})
