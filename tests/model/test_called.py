"""A fire that called a model counts as one that did, also where the book ended it: its money was spent."""

from datetime import timedelta
from typing import Any

import pytest

from tests.model.conftest import RunByModel
from tests.support.acts import close_session, session_of
from tests.support.brains import TestBrain
from tests.support.consoles import Visitor, site_over
from tests.support.messages_api import Breaks, Fails, Reply, finishes, uses

LOOKS = uses(("task_figures", {}))
Fired = tuple[list[Reply], dict[str, Any]]
SHADOW: Fired = ([LOOKS, finishes()], {"company_shadow": True})
TAKEN_OVER: Fired = ([LOOKS, Fails(401)], {})
CALL = {"model": "claude-haiku-4-5", "most_input": 4000, "most_output": 1000}


def _brief_fires(brain: TestBrain) -> Any:
    hour = timedelta(hours=1)
    return brain.owner.one("brief_fires", since=brain.now() - 24 * hour, until=brain.now() + hour)


@pytest.mark.parametrize(("script", "settings"), [SHADOW, TAKEN_OVER], ids=["shadow", "the book took over"])
def test_a_fire_that_the_book_ended_counts_as_one_that_called_a_model(
    run_by_model: RunByModel, brain: TestBrain, script: list[Reply], settings: dict[str, Any]
) -> None:
    ran = run_by_model([*script], **settings)

    fires = _brief_fires(brain)
    assert ran.session["worked_by"] == "book"
    assert fires["usd"] > 0
    assert (fires["with_the_model"], fires["by_the_book"]) == (1, 1)


def test_a_model_that_was_never_reached_was_not_called(run_by_model: RunByModel, brain: TestBrain) -> None:
    run_by_model([Fails(401)])

    fires = _brief_fires(brain)
    assert (fires["usd"], fires["with_the_model"], fires["by_the_book"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("script", "settings", "said"),
    [
        (*SHADOW, "by the book; claude-sonnet-5-5 was called"),
        (*TAKEN_OVER, "by the book; claude-sonnet-5-5 was called, because "),
        ([LOOKS, *[Breaks()] * 4], {}, "by the book; claude-sonnet-5-5 was called, because "),
        ([Fails(401)], {}, "by the book, because "),
        ([LOOKS, finishes()], {}, "by the model claude-sonnet-5-5<"),
    ],
    ids=["shadow", "taken over", "no answer", "never reached", "model"],
)
def test_the_page_of_a_fire_says_whether_a_model_was_called(
    run_by_model: RunByModel, brain: TestBrain, script: list[Reply], settings: dict[str, Any], said: str
) -> None:
    ran = run_by_model([*script], **settings)

    body = Visitor(site_over(brain)).log_in().get(f"/S-{ran.session['id']}")["body"]

    assert said in body


def test_the_brief_and_the_command_count_the_same_fires_as_by_the_book(brain: TestBrain) -> None:
    work, nothing = session_of(brain, "data_worker"), session_of(brain, "data_manager", schedule="wake-data_manager-1")
    close_session(brain, "data_worker", work)
    close_session(brain, "data_manager", nothing, "skipped", evidence=None, reason="nothing to do")
    session_of(brain, "ceo")

    by_role = brain.owner.all("cost_by_role", since=brain.now() - timedelta(hours=1))

    counts = {row["role"]: (row["fires"], row["by_the_book"]) for row in by_role}
    assert counts == {"data_worker": (1, 1), "data_manager": (0, 0), "ceo": (1, 0)}, (
        "one worked, one was skipped, one is at work"
    )
    assert _brief_fires(brain)["by_the_book"] == 1


def test_a_fire_that_has_not_ended_is_the_models_once_it_called_one(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")
    before = brain.owner.one("cost_by_role", since=brain.now() - timedelta(hours=1))
    brain.as_role("data_worker").value("reserve_spend", session_id=session, **CALL)

    after = brain.owner.one("cost_by_role", since=brain.now() - timedelta(hours=1))

    assert before and after
    assert (before["by_the_book"], after["by_the_book"]) == (0, 0)
    visitor = Visitor(site_over(brain)).log_in()
    assert "by the model claude-haiku-4-5<" in visitor.get(f"/S-{session}")["body"]
    assert "<td>model</td>" in visitor.get("/agents")["body"]
    assert [row["worked_by"] for row in brain.owner.all("org_people") if row["session_id"] == session] == ["model"]
