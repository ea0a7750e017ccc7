"""MONEY shows how much of the day's limit is spent, and who reached a limit."""

from tests.brief.conftest import Write
from tests.support import days
from tests.support.acts import session_of
from tests.support.brains import TestBrain

CALL = {"model": "claude-haiku-4-5", "most_input": 4000, "most_output": 1000}


def test_money_shows_how_much_of_the_limit_is_spent(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    worker, session = brain.as_role("data_worker"), session_of(brain, "data_worker")
    worker.value("reserve_spend", session_id=session, **CALL)

    assert brief().page.section("MONEY").lines[1] == "today (UTC) $0.01 of $2.00"


def test_money_and_the_banner_count_each_fire_that_called_a_model(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    brain.set_now(days.EVENING)
    worker, session = brain.as_role("data_worker"), session_of(brain, "data_worker")
    worker.value("reserve_spend", session_id=session, **CALL)

    page = brief().page

    assert page.section("MONEY").lines[0].startswith("model $0.01: 1 fire called it, ")
    assert page.banner == "SIMULATED DAY, sample data, with the model"


def test_money_names_how_many_a_limit_sent_to_the_book(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    brain.owner.run("set_spending_limit", whose="company", unit="usd", most=0.001)
    brain.set_now(days.EVENING)
    worker, session = brain.as_role("data_worker"), session_of(brain, "data_worker")
    worker.value("note_spending_refused", session_id=session, **CALL)

    assert brief().page.section("MONEY").lines[1].endswith("; 1 employee reached a limit and went on by the book")
