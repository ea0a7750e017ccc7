"""How far a model may act: closed in a new company; at level ask, a yes opens it for one day."""

from datetime import timedelta

from tests.support.acts import session_of
from tests.support.brains import TestBrain


def approval_level(brain: TestBrain) -> str:
    return str(brain.as_role("data_manager").value("model_approval_level"))


def shadowed(brain: TestBrain, fires: int, differ: int = 0) -> int:
    """A session with so many shadow fires of a model beside the book; the owner has set the level to ask."""
    brain.owner.run("set_approval", action="act_by_model", level="ask")
    session = session_of(brain, "data_manager")
    for _ in range(fires):
        brain.as_role("data_manager").run(
            "log_learned", session_id=session, kind="shadow", body="b", facts={"differ": differ}, task_id=None
        )
    return session


def ask(brain: TestBrain, session: int) -> int | None:
    by = brain.now() + timedelta(hours=5)
    asked: int | None = brain.as_role("data_manager").value("ask_for_a_model_day", session_id=session, answer_by=by)
    return asked


def test_in_a_new_company_no_model_acts(live_brain: TestBrain) -> None:
    assert approval_level(live_brain) == "closed"


def test_the_owner_is_asked_only_when_there_are_figures(brain: TestBrain) -> None:
    assert ask(brain, shadowed(brain, 9)) is None


def test_a_day_is_asked_for_once_with_its_figures(brain: TestBrain) -> None:
    session = shadowed(brain, 12, differ=2)

    decision, again = ask(brain, session), ask(brain, session)

    asked = brain.owner.one("subject_of_decision", id=decision)
    assert asked is not None and again is None
    assert "in 12 fires and differed in 12" in asked["background"]
    assert (asked["asked_by"], asked["recommendation"], asked["default_option"]) == ("ceo", "no", "no")


def test_a_yes_opens_one_day(brain: TestBrain) -> None:
    decision = ask(brain, shadowed(brain, 10))

    brain.owner.run("answer_decision", decision_id=decision, option="yes", words=None)
    opened = approval_level(brain)
    brain.wait(hours=24)

    assert (opened, approval_level(brain)) == ("open", "ask")


def test_after_a_no_the_owner_is_not_asked_for_seven_days(brain: TestBrain) -> None:
    brain.owner.run("answer_decision", decision_id=ask(brain, shadowed(brain, 10)), option="no", words=None)

    brain.wait(days=6)
    before = ask(brain, shadowed(brain, 10))
    brain.wait(days=1, minutes=1)
    after = ask(brain, shadowed(brain, 10))

    assert approval_level(brain) == "ask"
    assert (before, after is not None) == (None, True)


def test_closing_ends_a_day_that_was_allowed(brain: TestBrain) -> None:
    brain.owner.run("answer_decision", decision_id=ask(brain, shadowed(brain, 10)), option="yes", words=None)

    brain.owner.run("set_approval", action="act_by_model", level="closed")
    closed = approval_level(brain)
    brain.owner.run("set_approval", action="act_by_model", level="ask")

    assert (closed, approval_level(brain)) == ("closed", "ask")
