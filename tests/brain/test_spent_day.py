"""A spent day is one alert, closed when the owner raises the limit or a new day begins."""

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from heartbeat import money
from tests.support.acts import session_of
from tests.support.brains import TestBrain
from tests.support.fires import Fires

CALL = {"model": "claude-haiku-4-5", "most_input": 4000, "most_output": 1000}
ALERTS = "SELECT level, closed_at IS NULL AS is_open FROM company.findings WHERE kind = 'budget_spent'"


def beat(fire: Fires) -> bool:
    """One beat of heartbeat: whether it opened the alert about money."""
    alerted: list[bool] = []

    def work(fire: Fire) -> Outcome:
        alerted.append(money.report_spent_budget(fire))
        return Done({"beats": 1})

    fire("heartbeat", work, request_id=f"beat-{fire.brain.now()}")
    fire.brain.wait(minutes=5)
    return alerted[0]


def refuse(brain: TestBrain, most: float) -> None:
    """The day limit of the company refuses data_worker's second call."""
    brain.owner.run("set_spending_limit", whose="company", unit="usd", most=most)
    worker, session = brain.as_role("data_worker"), session_of(brain, "data_worker")
    worker.value("reserve_spend", session_id=session, **CALL)
    worker.value("note_spending_refused", session_id=session, **CALL)


def test_a_spent_day_is_one_alert_and_closes_when_the_limit_is_raised(brain: TestBrain, fire: Fires) -> None:
    refuse(brain, 0.015)

    alerted = [beat(fire), beat(fire)]
    brain.owner.run("set_spending_limit", whose="company", unit="usd", most=5)
    beat(fire)

    assert alerted == [True, False]
    assert brain.sql("owner", ALERTS) == [{"level": "ring", "is_open": False}]


def test_a_new_day_closes_the_finding(brain: TestBrain, fire: Fires) -> None:
    refuse(brain, 0.015)
    beat(fire)
    brain.wait(hours=17)
    beat(fire)

    assert brain.sql("owner", ALERTS) == [{"level": "ring", "is_open": False}]


def test_one_call_too_large_is_no_spent_day(brain: TestBrain, fire: Fires) -> None:
    refuse(brain, 0.0195)
    huge = {**CALL, "most_input": 6000}
    brain.owner.run("set_spending_limit", whose="company", unit="usd", most=1.0)
    brain.owner.run("set_spending_limit", whose="company", unit="tokens", most=12000)

    noted = brain.as_role("data_worker").value("note_spending_refused", session_id=1, **{**huge, "most_output": 5000})

    assert noted is True and beat(fire) is False
