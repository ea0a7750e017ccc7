"""No fire works past its seconds or past Lambda's, whichever end first."""

import pytest

from company.money.budget import CLOSING_SECONDS, BudgetSpent, FireBudget
from company.records import Budget


class Ticks:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_fire_ends_with_its_record_when_that_is_sooner() -> None:
    budget = FireBudget.start(Budget(seconds=60), 900.0, Ticks())

    assert budget.seconds_left() == 60


def test_a_fire_ends_before_lambda_does_so_that_it_can_still_close() -> None:
    budget = FireBudget.start(Budget(seconds=60), 30.0, Ticks())

    assert budget.seconds_left() == 30 - CLOSING_SECONDS


def test_a_spent_budget_stops_the_work() -> None:
    ticks = Ticks()
    budget = FireBudget.start(Budget(seconds=60), None, ticks)
    budget.require_time()

    ticks.now += 60

    with pytest.raises(BudgetSpent):
        budget.require_time()
