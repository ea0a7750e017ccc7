"""Usage that cannot be is no usage: the database takes the call at what was reserved for it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.brain.test_spending import TAKEN, WORKER, cost_of, reserve, settle
from tests.support.acts import session_of
from tests.support.brains import TestBrain


@pytest.mark.parametrize(
    "reported",
    [
        {"input": -9_000_000},
        {"output": -1},
        {"output": 1001},
        {"input": 0, "cache_write": 0, "cache_read": 0},
        {"cache_read": 21_000},
        {"input": 2**62, "cache_write": 2**62, "cache_read": 2**62},
        {"output": None},
        dict.fromkeys(TAKEN),
    ],
    ids=["negative", "less than none", "more than asked", "nothing read", "too much", "huge", "no output", "missing"],
)
def test_usage_that_cannot_be_costs_what_was_reserved(brain: TestBrain, reported: dict[str, Any]) -> None:
    session = session_of(brain, WORKER)

    cost = settle(brain, reserve(brain, session), **reported)

    assert cost == cost_of(brain, session) == Decimal("0.01")
    assert brain.sql("owner", "SELECT state, counts_tokens FROM company.spend") == [
        {"state": "settled", "counts_tokens": 5000}
    ]
