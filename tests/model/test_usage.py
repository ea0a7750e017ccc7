"""What an answer says about its tokens is not believed blindly: nonsense never ends a fire, and never is free."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.money.tokens import MOST_TOKENS, TokenUsage, read_usage
from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.messages_api import Breaks, Fails, Reply, Says, finishes

SPENT = "SELECT state, counts_usd = reserved_usd AS at_most FROM company.spend ORDER BY id"


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "many",
        [],
        {},
        {"input_tokens": 10},
        {"input_tokens": -5, "output_tokens": 1},
        {"input_tokens": 1, "output_tokens": 10**9},
        {"input_tokens": 10**30, "output_tokens": 1},
        {"input_tokens": "10", "output_tokens": 1},
        {"input_tokens": 1.5, "output_tokens": 1},
        {"input_tokens": float("nan"), "output_tokens": 1},
        {"input_tokens": float("inf"), "output_tokens": 1},
        {"input_tokens": True, "output_tokens": 1},
        {"input_tokens": 0, "output_tokens": 0},
        {"input_tokens": 9, "output_tokens": 1, "cache_read_input_tokens": {"n": 1}},
        {"input_tokens": 9, "output_tokens": 1, "cache_creation_input_tokens": -1},
        {"input_tokens": 90_000_000, "output_tokens": 1},
    ],
    ids=str,
)
def test_nonsense_usage_costs_what_was_reserved_and_the_fire_goes_on(
    run_by_model: RunByModel, brain: TestBrain, usage: Any
) -> None:
    ran = run_by_model([Says(finishes().content, usage=usage)])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "model")
    assert brain.sql("owner", SPENT) == [{"state": "settled", "at_most": True}]


@pytest.mark.parametrize(
    ("troubles", "states"),
    [
        ([Breaks(half=True)], ["reserved", "settled"]),
        ([Breaks(half=True), Breaks()], ["reserved", "reserved", "settled"]),
        ([Fails(504)], ["reserved", "settled"]),
        ([Fails(529, retry_after="0"), Breaks(half=True)], ["released", "reserved", "settled"]),
    ],
    ids=["half sent", "twice", "a gateway gave up", "busy, then half sent"],
)
def test_each_try_that_may_be_billed_counts_though_a_later_one_succeeds(
    run_by_model: RunByModel, brain: TestBrain, troubles: list[Reply], states: list[str]
) -> None:
    ran = run_by_model([*troubles, finishes()])

    assert ran.session["worked_by"] == "model"
    assert [row["state"] for row in brain.sql("owner", SPENT)] == states


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
NAMES = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


@given(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)))
def test_any_usage_is_four_counts_or_unknown(reported: Any) -> None:
    usage = read_usage(reported)

    assert usage is None or all(type(n) is int and 0 <= n <= MOST_TOKENS for n in usage.as_json().values())


def test_cache_figures_may_be_missing() -> None:
    assert read_usage({"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": None}) == TokenUsage(3, 4)
