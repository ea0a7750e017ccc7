"""The spending of a fire: it names the limit that stops it, records the stop, and knows its own sums."""

from decimal import Decimal
from typing import Any

import pytest

from company.errors import Refused
from company.fire.fire import Fire
from company.money.budget import BudgetSpent
from company.money.spending import FireSpending
from company.money.tokens import TokenUsage
from company.outcomes import Done, Outcome
from tests.support.acts import session_of
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.races import standing_open

CALL: dict[str, Any] = {"model": "claude-haiku-4-5", "most_input": 4000, "most_output": 1000}


USED = TokenUsage(input=100, output=200, cache_write=1000, cache_read=5000)


def test_a_fire_knows_what_it_spent(fire: Fires) -> None:
    def work(fire: Fire) -> Outcome:
        spending = FireSpending(fire)
        cost = spending.settle(spending.reserve(**CALL), USED)
        spending.release(spending.reserve(**CALL))
        spent = spending.so_far()
        assert (spent.turns, spent.usd) == (1, cost) == (1, Decimal("0.00285"))
        assert TokenUsage(spent.input, spent.output, spent.cache_write, spent.cache_read) == USED
        return Done({"calls": spent.turns})

    assert fire("data_worker", work)["evidence"] == {"calls": 1}


def test_a_spent_limit_is_named_and_noted(brain: TestBrain, fire: Fires) -> None:
    brain.owner.run("set_spending_limit", whose="company", unit="usd", most=0.001)

    def work(fire: Fire) -> Outcome:
        with pytest.raises(BudgetSpent, match=r"today by the company.*opens again 2026-03-12 00:00"):
            FireSpending(fire).reserve(**CALL)
        return Done({"calls": 0})

    fire("data_worker", work)

    [noted] = brain.owner.all("spending_refusals", since=brain.now())
    assert (noted["role"], noted["scope"], noted["times"]) == ("data_worker", "company", 1)


def test_while_the_balance_is_kept_locked_no_call_is_made_and_the_book_works(brain: TestBrain, fire: Fires) -> None:
    holder = standing_open(brain, "content_worker")
    theirs = session_of(brain, "content_worker", via=holder)
    holder.value("reserve_spend", session_id=theirs, **CALL)

    def work(fire: Fire) -> Outcome:
        fire.brain.connection.execute("SET statement_timeout = '8s'")
        with pytest.raises(BudgetSpent, match="keeps the company's balance locked"):
            FireSpending(fire).reserve(**CALL)
        return Done({"calls": 0})

    assert fire("data_worker", work)["outcome"] == "done"


def test_what_is_no_limit_is_no_spent_budget(fire: Fires) -> None:
    def work(fire: Fire) -> Outcome:
        spending = FireSpending(fire)
        taken = spending.reserve(**CALL)
        spending.settle(taken, USED)
        with pytest.raises(Refused, match="is settled"):
            spending.release(taken)
        return Done({"calls": 1})

    assert fire("data_worker", work)["outcome"] == "done"


def test_an_empty_queue_costs_no_call(brain: TestBrain, fire: Fires) -> None:
    def work(fire: Fire) -> Outcome:
        FireSpending(fire).reserve(**CALL)
        return Done({"calls": 1})

    skipped = fire("data_worker", work, preflight=lambda _: "nothing to do")
    own = fire("build_worker")

    assert skipped["outcome"] == own["outcome"] == "skipped"
    assert brain.sql("owner", "SELECT count(*) AS calls FROM company.spend") == [{"calls": 0}]
