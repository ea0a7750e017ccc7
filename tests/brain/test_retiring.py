"""Sessions older than three months go with their lines; what money, mail, audits or people refer to stays."""

from typing import Any

import pytest

from company.watch.ledger import retire_old_sessions, retire_old_slots
from tests.support.acts import session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

FIRED = """
WITH s AS (
  INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, deadline_at, started_at, finished_at,
    outcome)
  SELECT 'heartbeat', 'heartbeat', at, 'r', 1, at, at, at, 'done'
  FROM (
    SELECT company.now() - make_interval(days => n, mins => 5) AS at FROM generate_series(%(days)s, 1, -1) AS n
  ) AS fires
  RETURNING id, due_at
), lines AS (
  INSERT INTO company.session_log (session_id, role, at, kind, body) SELECT id, 'heartbeat', due_at, 'x', 'y' FROM s
), beats AS (
  INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen) SELECT due_at, id, 1, 1 FROM s
)
INSERT INTO company.slots (schedule, due_at, role, status, evidence, ended_at)
SELECT 'heartbeat', due_at, 'heartbeat', 'succeeded', '{"looked": 1}', due_at FROM s
"""
MAIL = """
INSERT INTO company.outbox (action, dedupe_key, to_whom, status, by_role, session_id)
SELECT 'brief', 'brief:old', 'o@example.invalid', 'recorded', 'ceo', min(id) FROM company.sessions
"""


@pytest.fixture
def old(brain: TestBrain) -> TestBrain:
    """A beat a day for 200 days."""
    run_sql(brain.as_login("superuser"), FIRED, days=200)
    return brain


def count(brain: TestBrain) -> list[Any]:
    tables = ("sessions", "session_log", "beats", "slots")
    return [brain.sql("owner", f"SELECT count(*) AS n FROM company.{table}")[0]["n"] for table in tables]


def retire(brain: TestBrain) -> int:
    heartbeat = brain.as_role("heartbeat")
    retire_old_slots(heartbeat)
    return retire_old_sessions(heartbeat)


def test_what_is_older_than_three_months_goes_and_its_sums_stay(old: TestBrain) -> None:
    gone = retire(old)

    assert (gone, count(old)) == (111, [89, 89, 89, 89])
    assert old.sql("owner", "SELECT sum(slots)::int AS n FROM company.slot_days") == [{"n": 111}]
    assert retire(old) == 0


def test_what_is_retired_is_counted_no_more_among_the_ends_of_its_moment(old: TestBrain) -> None:
    retire(old)

    assert old.sql("owner", "SELECT sum(slots)::int AS n FROM company.slot_ends") == [{"n": 89}]
    assert old.sql("owner", "SELECT count(*) AS n FROM company.slot_ends WHERE slots < 1") == [{"n": 0}]


def test_a_session_that_something_refers_to_stays_with_its_lines(old: TestBrain) -> None:
    run_sql(old.as_login("superuser"), MAIL)

    assert retire(old) == 110
    assert count(old)[:2] == [90, 90]


def test_a_session_whose_slot_is_still_in_the_ledger_stays(old: TestBrain) -> None:
    assert retire_old_sessions(old.as_role("heartbeat")) == 0


def test_nothing_younger_than_a_month_can_be_called_old(old: TestBrain) -> None:
    with refused("a_session_is_kept_for_a_month"):
        old.as_role("heartbeat").run("retire_old_sessions", keep_days=29, at_most=10)
    with refused("session_log_is_append_only"):
        run_sql(
            old.as_login("migrate"), "DELETE FROM company.session_log WHERE at > company.now() - interval '29 days'"
        )


def test_only_heartbeat_retires_and_nobody_deletes_by_hand(old: TestBrain) -> None:
    with refused(NO_RIGHT):
        old.as_role("ceo").run("retire_old_sessions", keep_days=90, at_most=10)
    with refused(NO_RIGHT):
        old.sql("heartbeat", "DELETE FROM company.sessions")
    session_of(old, "heartbeat")
    with refused(NO_RIGHT):
        old.sql("heartbeat", "DELETE FROM company.session_log")
