"""Questions of the last hours or days give what they gave when they read all that ever was."""

from datetime import timedelta
from typing import Any

import pytest

from bench.ageing import WEEKS, age
from company.tasks import TaskFigures
from tests.support.acts import close_session, file_task, session_of
from tests.support.brains import TestBrain

# One task for each state and each side of the moment that is asked of: a day before the company's now.
TASKS = """
INSERT INTO company.task_queue (mode, title, status, created_by, created_at, closed_at)
SELECT mode, 'look', status, 'data_manager', company.now() - filed * interval '1 hour',
  CASE WHEN status IN ('complete', 'failed', 'stale', 'superseded') THEN company.now() - closed * interval '1 hour' END
FROM unnest(ARRAY['data', 'scrape']) AS mode, unnest(ARRAY['pending', 'complete', 'failed', 'stale']) AS status,
  (VALUES (50, 30), (50, 24), (50, 2), (24, 3), (3, 1)) AS span (filed, closed)
"""
FIGURES_OF_ALL = """
SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open, count(*) FILTER (WHERE status = 'blocked') AS blocked,
  count(*) FILTER (WHERE created_at >= %(since)s) AS filed,
  count(*) FILTER (WHERE status = 'complete' AND closed_at >= %(since)s) AS completed,
  count(*) FILTER (WHERE status = 'failed' AND closed_at >= %(since)s) AS failed,
  count(*) FILTER (WHERE created_at < %(since)s AND (closed_at IS NULL OR closed_at >= %(since)s)) AS open_before
FROM company.task_queue WHERE mode = 'data'
"""
BEGUN = """
WITH t AS (
  INSERT INTO company.task_queue (mode, title, status, created_by, closed_at)
  SELECT 'scrape', 'look', CASE WHEN closed IS NULL THEN 'pending' ELSE 'complete' END, 'data_manager',
    company.now() - closed * interval '1 day'
  FROM (VALUES (%(closed)s::numeric)) AS one (closed) RETURNING id
)
INSERT INTO company.task_events (task_id, by_role, from_status, to_status, at)
SELECT id, 'data_worker', 'pending', 'in_progress', company.now() - %(begun)s * interval '1 day' FROM t
"""


def _past_every_rule(brain: TestBrain, statement: str, **values: object) -> None:
    with brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(statement.encode(), values or None)


def test_the_figures_of_a_backlog_are_those_of_all_tasks(brain: TestBrain) -> None:
    _past_every_rule(brain, TASKS)
    since = brain.now() - timedelta(hours=24)

    found = brain.as_role("data_manager").row(TaskFigures, "task_figures", modes=["data"], since=since)

    assert found is not None
    assert vars(found) == brain.admin.execute(FIGURES_OF_ALL.encode(), {"since": since}).fetchone()
    assert (found.open, found.filed, found.completed, found.open_before) == (5, 8, 4, 9)


@pytest.mark.parametrize("lasts", [0, 2], ids=["in simulated time", "in real time"])
def test_what_a_fire_filed_a_day_ago_was_open_a_day_ago(brain: TestBrain, lasts: int) -> None:
    since, yesterday = brain.now(), session_of(brain, "data_manager", seconds=300)
    brain.wait(minutes=lasts)
    file_task(brain)
    close_session(brain, "data_manager", yesterday)
    brain.wait(hours=24)

    found = brain.as_role("data_manager").row(TaskFigures, "task_figures", modes=["data"], since=since)

    assert found is not None
    assert (found.open, found.open_before, found.filed) == (1, 1, 0)


@pytest.mark.parametrize(
    ("begun", "closed", "is_told"),
    [(6, 5, True), (6, None, True), (8, None, False), (8, 6, False), (8, 7.5, False)],
    ids=["begun and closed", "open", "begun long ago, open", "begun long ago, closed lately", "all long ago"],
)
def test_a_task_of_another_mode_is_told_for_a_week_after_it_was_begun(
    brain: TestBrain, begun: int, closed: float | None, is_told: bool
) -> None:
    _past_every_rule(brain, BEGUN, begun=begun, closed=closed)

    found = [dict(row) for row in brain.as_role("docs_auditor").all("acts_beside_records")]

    assert found == ([{"role": "data_worker", "what": "modes", "done": ["scrape"]}] if is_told else [])


def test_a_brain_that_the_bench_makes_older_has_each_row_once_more_for_each_week(brain: TestBrain) -> None:
    _past_every_rule(brain, TASKS)
    closed = "SELECT count(*) AS n, min(closed_at) AS first FROM company.task_queue WHERE closed_at IS NOT NULL"
    before: Any = brain.admin.execute(closed.encode()).fetchone()

    with brain.admin as admin:
        age(admin)

    after: Any = brain.admin.execute(closed.encode()).fetchone()
    assert after["n"] == before["n"] * (1 + WEEKS)
    assert after["first"] == before["first"] - WEEKS * timedelta(days=7)
