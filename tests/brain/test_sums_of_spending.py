"""The sums that limits are asked of are those of the calls, whatever becomes of these; nobody writes them by hand."""

from typing import Literal

import pytest

from tests.brain.test_spending import WORKER, limit, reserve, settle
from tests.support.acts import session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

Login = Literal["migrate", "superuser"]
SUMS_OF_DAYS = "SELECT day, role, usd, tokens, fires FROM company.spend_days ORDER BY 1, 2"
CALLS_OF_DAYS = """
SELECT date_trunc('day', at, 'UTC') AS day, role, sum(counts_usd) AS usd, sum(counts_tokens)::bigint AS tokens,
  (count(DISTINCT session_id) FILTER (
    WHERE date_trunc('day', at, 'UTC') = (SELECT date_trunc('day', min(f.at), 'UTC') FROM company.spend f
      WHERE f.session_id = s.session_id)))::integer AS fires
FROM company.spend s GROUP BY 1, 2 ORDER BY 1, 2
"""
SUMS_OF_FIRES = "SELECT session_id AS id, calls, tokens, usd FROM company.spend_fires ORDER BY 1"
CALLS_OF_FIRES = """
SELECT session_id AS id, (count(*) FILTER (WHERE state <> 'released'))::integer AS calls,
  sum(counts_tokens)::bigint AS tokens, sum(counts_usd) AS usd
FROM company.spend GROUP BY 1 ORDER BY 1
"""


def test_the_sums_of_a_day_and_of_a_fire_are_those_of_their_calls(brain: TestBrain) -> None:
    worker, ceo = session_of(brain, WORKER), session_of(brain, "ceo")
    settle(brain, reserve(brain, worker))
    reserve(brain, ceo, "ceo")
    brain.as_role(WORKER).run("release_spend", reservation=reserve(brain, worker))
    brain.wait(days=1)
    settle(brain, reserve(brain, worker, model="somebody-elses", most_input=400, most_output=100), cache_read=None)

    assert brain.sql("owner", SUMS_OF_DAYS) == brain.sql("owner", CALLS_OF_DAYS)
    assert brain.sql("owner", SUMS_OF_FIRES) == brain.sql("owner", CALLS_OF_FIRES)


def test_a_fire_whose_only_call_was_released_is_no_fire_of_the_day(brain: TestBrain) -> None:
    limit(brain, "company", "fires", 1)
    session = session_of(brain, WORKER)
    brain.as_role(WORKER).run("release_spend", reservation=reserve(brain, session))

    assert reserve(brain, session_of(brain, "ceo"), "ceo")
    with refused("the_company_keeps_to_its_day"):
        reserve(brain, session)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE company.spend_days SET usd = 0",
        "DELETE FROM company.spend_days",
        "INSERT INTO company.spend_days (day, role, usd) VALUES (company.spending_day(), 'ceo', -100)",
    ],
)
def test_a_day_costs_what_its_calls_cost(brain: TestBrain, statement: str) -> None:
    reserve(brain, session_of(brain, WORKER))

    with refused("a_day_costs_what_its_calls_cost"):
        run_sql(brain.as_login("migrate"), statement)
    with refused(NO_RIGHT):
        brain.sql(WORKER, statement)


@pytest.mark.parametrize("login", ["migrate", "superuser"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE company.spend_fires SET usd = 0",
        "UPDATE company.spend_fires SET tokens = 0, calls = 0",
        "DELETE FROM company.spend_fires",
        "INSERT INTO company.spend_fires (session_id, usd) SELECT max(id), -100 FROM company.sessions",
    ],
)
def test_a_session_costs_what_its_calls_cost(brain: TestBrain, statement: str, login: Login) -> None:
    reserve(brain, session_of(brain, WORKER))
    session_of(brain, "ceo")

    with refused("a_session_costs_what_its_calls_cost"):
        run_sql(brain.as_login(login), statement)
    with refused(NO_RIGHT):
        brain.sql(WORKER, statement)


@pytest.mark.parametrize("column", ["counts_usd", "counts_tokens"])
def test_nobody_writes_what_a_call_counts(brain: TestBrain, column: str) -> None:
    reserve(brain, session_of(brain, WORKER))
    before = brain.sql("owner", CALLS_OF_DAYS)

    run_sql(brain.as_login("migrate"), f"UPDATE company.spend SET {column} = 0")

    assert brain.sql("owner", CALLS_OF_DAYS) == before == brain.sql("owner", SUMS_OF_DAYS)


CHANGES = [
    "id = DEFAULT", "session_id = (SELECT max(id) FROM company.sessions)", "role = 'ceo'", "model = 'another'",
    "at = at - interval '1 day'", "most_input = most_input + 1", "most_output = 0", "reserved_usd = 0",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_reserved_stays_as_it_was_asked(brain: TestBrain, change: str) -> None:
    reserve(brain, session_of(brain, WORKER))
    session_of(brain, "ceo")

    for ending in ("", ", state = 'settled', ended_at = company.now()"):
        with refused("what_was_spent_stays_spent"):
            run_sql(brain.as_login("migrate"), f"UPDATE company.spend SET {change}{ending}")
