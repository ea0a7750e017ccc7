"""Money is reserved before it is spent, never beyond a limit, and what was spent stays recorded."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from company.brain import Brain
from tests.support.acts import ask_decision, close_session, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import NO_RIGHT, refused

WORKER = "data_worker"
HAIKU, SONNET = "claude-haiku-4-5", "claude-sonnet-4-5"
TAKEN = {"input": 100, "output": 200, "cache_write": 1000, "cache_read": 5000}
COST = "SELECT coalesce(sum(usd), 0) AS usd FROM company.spend_fires WHERE session_id = %(id)s"


def reserve(brain: TestBrain, session: int, role: str = WORKER, *, via: Brain | None = None, **more: Any) -> int:
    asked = {"model": HAIKU, "most_input": 4000, "most_output": 1000, **more}
    return int((via or brain.as_role(role)).value("reserve_spend", session_id=session, **asked))


def settle(brain: TestBrain, reservation: int, role: str = WORKER, **taken: int | None) -> Decimal:
    cost: Decimal = brain.as_role(role).value("settle_spend", reservation=reservation, **{**TAKEN, **taken})
    return cost


def limit(brain: TestBrain, whose: str, unit: str, most: float, *, by: str = "owner") -> None:
    brain.as_role(by).run("set_spending_limit", whose=whose, unit=unit, most=most)


def cost_of(brain: TestBrain, session: int) -> Decimal:
    cost: Decimal = brain.sql("owner", COST, id=session)[0]["usd"]
    return cost


def test_every_kind_of_token_has_its_price(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)

    cost = settle(brain, reserve(brain, session))

    # 100 x $1 + 200 x $5 + 1,000 x $1.25 + 5,000 x $0.10, for a million.
    assert cost == cost_of(brain, session) == Decimal("0.00285")


def test_a_reservation_takes_the_most_that_a_call_can_cost(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)

    reserve(brain, session)

    assert cost_of(brain, session) == Decimal("0.01"), "4,000 tokens written to the cache and 1,000 of output"


def test_a_released_reservation_costs_nothing(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)

    brain.as_role(WORKER).run("release_spend", reservation=reserve(brain, session))

    assert cost_of(brain, session) == 0


@pytest.mark.parametrize(
    ("model", "known_as"),
    [
        ("claude-haiku-4-5-20251001", HAIKU),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", HAIKU),
        ("claude-opus-5-5", "claude-opus-5-5"),
        ("claude-opus-5-9", None),
    ],
)
def test_a_model_is_known_by_its_own_name_and_not_by_a_similar_one(
    brain: TestBrain, model: str, known_as: str | None
) -> None:
    assert brain.sql("owner", "SELECT company.priced_as(%(m)s) AS it", m=model) == [{"it": known_as}]


def test_an_unknown_model_costs_what_the_most_expensive_known_one_does(brain: TestBrain) -> None:
    session = session_of(brain, "ceo")

    cost = settle(brain, reserve(brain, session, "ceo", model="somebody-elses"), "ceo", cache_write=0, cache_read=0)

    assert cost == Decimal("0.0165"), "100 x $15 + 200 x $75, for a million"
    assert brain.owner.all("unpriced_models", since=brain.now()) == [{"model": "somebody-elses", "calls": 1}]


def test_a_long_prompt_is_priced_as_a_long_one(brain: TestBrain) -> None:
    cost = "SELECT company.cost_of('claude-haiku-5-5', %(n)s, 0, 0, 0) AS usd"

    usd = [run_sql(brain.as_login("migrate"), cost, n=n)[0]["usd"] for n in (100_000, 200_000)]

    assert usd == [Decimal("0.01"), Decimal("0.1")]


def test_a_price_counts_from_its_day(brain: TestBrain) -> None:
    cost = "SELECT company.cost_of('claude-sonnet-5-5', 0, 0, 0, 1000000) AS usd"

    before = run_sql(brain.as_login("migrate"), cost)[0]["usd"]
    brain.wait(days=365)

    assert (before, run_sql(brain.as_login("migrate"), cost)[0]["usd"]) == (Decimal("0.2"), Decimal("0.1"))


def test_a_fire_keeps_to_its_budget(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)

    with refused("a_fire_keeps_to_its_budget"):
        reserve(brain, session, most_input=50_000, most_output=20_000)
    with refused("a_fire_keeps_to_its_budget"):
        reserve(brain, session, model=SONNET, most_input=20_000, most_output=8_000)
    assert cost_of(brain, session) == 0


def test_a_fire_has_so_many_turns(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)
    for _ in range(12):
        settle(
            brain,
            reserve(brain, session, most_input=10, most_output=10),
            input=1,
            output=1,
            cache_write=1,
            cache_read=1,
        )

    with refused("a_fire_keeps_to_its_budget"):
        reserve(brain, session, most_input=10, most_output=10)


@pytest.mark.parametrize(("unit", "most"), [("usd", 0.015), ("tokens", 6000), ("fires", 1)])
def test_an_employee_keeps_to_its_day(brain: TestBrain, unit: str, most: float) -> None:
    limit(brain, WORKER, unit, most)
    first = session_of(brain, WORKER)
    reserve(brain, first)
    close_session(brain, WORKER, first)

    with refused("an_employee_keeps_to_its_day"):
        reserve(brain, session_of(brain, WORKER, schedule="wake-data_worker-1"))


@pytest.mark.parametrize(("unit", "most"), [("usd", 0.015), ("tokens", 6000), ("fires", 1)])
def test_the_company_keeps_to_its_day(brain: TestBrain, unit: str, most: float) -> None:
    limit(brain, "company", unit, most)
    reserve(brain, session_of(brain, "ceo"), "ceo")

    with refused("the_company_keeps_to_its_day"):
        reserve(brain, session_of(brain, WORKER))


def test_a_new_day_opens_the_limit_again(brain: TestBrain) -> None:
    limit(brain, "company", "usd", 0.015)
    reserve(brain, session_of(brain, WORKER))
    brain.wait(hours=17)

    assert reserve(brain, session_of(brain, "ceo"), "ceo")


def test_a_machine_has_no_money(brain: TestBrain) -> None:
    with refused("a_fire_keeps_to_its_budget"):
        reserve(brain, session_of(brain, "heartbeat"), "heartbeat")


def test_two_sessions_cannot_both_take_the_last_dollar(brain: TestBrain) -> None:
    limit(brain, "company", "usd", 0.015)
    worker, ceo = session_of(brain, WORKER), session_of(brain, "ceo")

    with ThreadPoolExecutor(max_workers=1) as background:
        with unfinished(brain.as_role(WORKER)):
            reserve(brain, worker)
            second = background.submit(reserve, brain, ceo, "ceo")
            wait_until_blocked(brain, brain.as_role("ceo"), second)

        with refused("the_company_keeps_to_its_day"):
            second.result()


def test_the_reservation_of_a_crashed_session_counts_and_stays_as_it_was(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)
    reservation = reserve(brain, session)
    close_session(brain, WORKER, session, "crashed", reason="killed")

    with refused("a_fenced_session_writes_nothing"):
        settle(brain, reservation)
    assert cost_of(brain, session) == Decimal("0.01")


def test_a_call_is_settled_once_and_by_its_own_session(brain: TestBrain) -> None:
    reservation = reserve(brain, session_of(brain, WORKER))

    with refused("a_fenced_session_writes_nothing"):
        settle(brain, reservation, "ceo")
    settle(brain, reservation)
    with refused("a_call_is_settled_once"):
        settle(brain, reservation)


def test_tokens_are_never_negative(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)

    with refused("tokens_are_never_negative"):
        reserve(brain, session, most_input=-5000)


@pytest.mark.parametrize("role", ["ceo", "data_manager", WORKER, "heartbeat"])
def test_only_the_owner_sets_limits(brain: TestBrain, role: str) -> None:
    with refused("only_the_owner_sets_limits"):
        limit(brain, "company", "usd", 1000, by=role)


def test_a_default_never_raises_a_limit(brain: TestBrain) -> None:
    before = brain.owner.all("spending_limits")
    ask_decision(brain, "ceo", question="Raise the day's limit to $20?", options={"yes": "raise", "no": "keep"})
    brain.wait(hours=2)

    brain.as_role("ceo").all("let_silence_answer")

    assert brain.owner.all("spending_limits") == before


@pytest.mark.parametrize("whose", ["heartbeat", "owner", "nobody"])
def test_only_a_role_that_can_spend_is_limited(brain: TestBrain, whose: str) -> None:
    with refused("one_limits_who_can_spend"):
        limit(brain, whose, "usd", 1)


def test_a_limit_is_stated_in_a_number_and_a_known_unit(brain: TestBrain) -> None:
    with refused("a_limit_is_a_number_from_zero_up"):
        limit(brain, "company", "usd", -1)
    with refused("a_limit_is_in_dollars_tokens_or_fires"):
        limit(brain, "company", "euros", 1)


def test_nobody_writes_spend_past_its_functions(brain: TestBrain) -> None:
    with refused(NO_RIGHT):
        brain.sql(WORKER, "UPDATE company.spend SET cost_usd = 0")
    with refused(NO_RIGHT):
        brain.sql("ceo", "DELETE FROM company.spending_limits")


@pytest.mark.parametrize("statement", ["UPDATE company.spend SET cost_usd = 0", "DELETE FROM company.spend"])
def test_what_was_spent_stays_spent(brain: TestBrain, statement: str) -> None:
    settle(brain, reserve(brain, session_of(brain, WORKER)))

    with refused("what_was_spent_stays_spent"):
        run_sql(brain.as_login("migrate"), statement)


@pytest.mark.parametrize("table", ["spend", "spend_days", "spend_fires"])
def test_spend_is_never_emptied(brain: TestBrain, table: str) -> None:
    with refused("history_is_never_emptied"):
        run_sql(brain.as_login("migrate"), f"TRUNCATE company.{table}")


def test_a_session_costs_what_its_calls_cost(brain: TestBrain) -> None:
    session = session_of(brain, WORKER)
    cost = settle(brain, reserve(brain, session))
    used = {"worked_by": "model", "model": HAIKU, "turns": 1, "tokens": TAKEN, "cost_usd": 0.000001}

    brain.as_role(WORKER).run("record_model_use", session_id=session, **used)

    assert cost_of(brain, session) == cost


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE company.spend SET state = 'forgiven', ended_at = at", "a_call_is_reserved_settled_or_released"),
        ("UPDATE company.spend SET state = 'settled'", "a_settled_call_says_when"),
        ("UPDATE company.model_prices SET usd = 0", "nothing_is_free"),
        ("UPDATE company.model_prices SET kind = 'thought'", "a_kind_of_token_is_known"),
    ],
)
def test_rows_of_money_are_consistent(brain: TestBrain, statement: str, rule: str) -> None:
    reserve(brain, session_of(brain, WORKER))

    with refused(rule):
        run_sql(brain.as_login("migrate"), statement)
