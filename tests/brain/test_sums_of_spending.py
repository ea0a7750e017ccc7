"""The sums that limits are asked of are those of the calls, whatever becomes of these; nobody writes them by hand."""

import pytest

from tests.brain.test_spending import WORKER, limit, reserve, settle
from tests.support.acts import session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

SUMS_OF_DAYS = "SELECT day, role, usd, tokens, fires FROM company.spend_days ORDER BY 1, 2"
CALLS_OF_DAYS = """
SELECT date_trunc('day', at, 'UTC') AS day, role, sum(counts_usd) AS usd, sum(counts_tokens)::bigint AS tokens,
  (count(DISTINCT session_id) FILTER (
    WHERE date_trunc('day', at, 'UTC') = (SELECT date_trunc('day', min(f.at), 'UTC') FROM company.spend f
      WHERE f.session_id = s.session_id)))::integer AS fires
FROM company.spend s GROUP BY 1, 2 ORDER BY 1, 2
"""
SUMS_OF_FIRES = """
SELECT id, counted_calls AS calls, counted_tokens AS tokens, cost_usd AS usd FROM company.sessions
WHERE counted_calls > 0 ORDER BY id
"""
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
