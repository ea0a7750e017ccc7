"""Who begins or ends a task finds it by its number, however many tasks others hold."""

from collections.abc import Callable

import pytest

from tests.brain.test_batches_of_tasks import claim_many, close_many, complete
from tests.brain.test_begun_tasks import begin
from tests.brain.test_next_task import end_and_claim
from tests.support.acts import close_task, session_of
from tests.support.brains import TestBrain, run_sql

FILL = """
INSERT INTO company.task_queue (mode, title, created_by, status, closed_at)
SELECT 'data', 'look', 'ceo', CASE WHEN n < 5000 THEN 'complete' ELSE 'pending' END,
  CASE WHEN n < 5000 THEN company.now() END FROM generate_series(1, 5200) AS n
"""
SCANS = "SELECT pg_stat_get_xact_numscans('company.task_queue_leases'::regclass) AS n"

Act = Callable[[TestBrain, int, int], object]
ACTS: dict[str, Act] = {
    "begin": begin,
    "close": lambda brain, task, session: close_task(brain, "data_worker", task, session),
    "close many": lambda brain, task, session: close_many(brain, session, *complete([task])),
    "close and claim": end_and_claim,
}


@pytest.mark.parametrize("act", ACTS)
def test_leases_of_others_are_not_read(brain: TestBrain, act: str) -> None:
    run_sql(brain.migrator, FILL)
    run_sql(brain.admin, "VACUUM ANALYZE company.task_queue")
    claim_many(brain, session_of(brain, "data_manager"), 100, via=brain.as_role("data_manager"))
    session, worker = session_of(brain, "data_worker"), brain.as_role("data_worker")
    [task, *_] = claim_many(brain, session, 10)

    with worker.transaction():
        before = run_sql(worker.connection, SCANS)
        ACTS[act](brain, task, session)
        assert run_sql(worker.connection, SCANS) == before
