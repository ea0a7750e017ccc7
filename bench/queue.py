"""The task queue: our API compared with its bare statements, and the effect of a long history on a claim."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import cast

import psycopg
from psycopg.rows import DictRow

from bench.database import LEASE_SECONDS, BenchDatabase, BenchSession
from bench.measure import Measurement, at_least, at_most, interleaved
from company.fire.fire import Fire
from company.outcomes import TaskClose
from company.tasks import claim_task, close_and_claim

BATCH = 100
ROUNDS = 15
HISTORY = 100_000
FEW, MANY = 10_000, 1_000_000
CLAIM = "SELECT * FROM company.claim_task('data', %s, make_interval(secs => %s))"
CLOSE = "SELECT company.close_task(%s, %s, 'complete', '{}')"
PLAIN_TABLE = """
CREATE TABLE bench_queue (LIKE company.task_queue INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)
"""
PLAIN_CLAIM = """
UPDATE bench_queue SET status = 'in_progress', claimed_by = 'me', lease_until = now() + interval '5 minutes'
WHERE id = (
  SELECT id FROM bench_queue WHERE status = 'pending' AND mode = 'data' ORDER BY priority, id LIMIT 1
  FOR UPDATE SKIP LOCKED
)
RETURNING *
"""
PLAIN_CLOSE = "UPDATE bench_queue SET status = 'complete', closed_at = now() WHERE id = %s AND claimed_by = 'me'"
FINISHED = """
INSERT INTO {table} (mode, title, status, created_by, attempts, closed_at)
SELECT 'data', 'done long ago', 'complete', 'data_manager', 1, now() FROM generate_series(1, %s)
"""
WAITING = """
INSERT INTO {table} (mode, title, created_by) SELECT 'data', 'look', 'data_manager' FROM generate_series(1, %s)
"""


def claim_and_complete(database: BenchDatabase) -> Iterator[Measurement]:
    """Compared with the same statements, and for information with two plain UPDATEs that check and record nothing."""
    admin, worker, bare = database.admin, database.session("data_worker"), database.session("data_worker")
    fill(admin, "company.task_queue", HISTORY, 5 * BATCH * (ROUNDS + 1))
    admin.execute(PLAIN_TABLE)
    fill(admin, "bench_queue", HISTORY, BATCH * (ROUNDS + 1))

    ours, same = interleaved(lambda: one_by_one(worker, BATCH), lambda: by_hand(bare, BATCH), rounds=ROUNDS)
    what = f"claim + complete, {HISTORY:,} finished tasks | the same two statements in bare psycopg"
    yield at_least("claim", what, BATCH / ours, BATCH / same, limit=0.7)

    ours, pairs = interleaved(lambda: in_a_loop(worker, BATCH), lambda: one_by_one(worker, BATCH), rounds=ROUNDS)
    what = "complete and claim the next in one statement | claim, then complete: two statements"
    yield at_least("claim-loop", what, BATCH / ours, BATCH / pairs)

    ours, plain = interleaved(lambda: one_by_one(worker, BATCH), lambda: _plain_updates(admin), rounds=ROUNDS)
    what = "the same | two plain UPDATEs: no session, no fencing, no history"
    yield at_least("claim-plain", what, BATCH / ours, BATCH / plain)


def long_history(database: BenchDatabase) -> Iterator[Measurement]:
    """A claim must cost the same with a long history."""
    with ExitStack() as stack:
        claims = [_claim_after(stack.enter_context(database.copied()), finished) for finished in (MANY, FEW)]
        many, few = interleaved(*claims, rounds=600)
    yield at_most("history", f"claim p50 with {MANY:,} finished tasks | with {FEW:,}", many, few, limit=1.2)


def _claim_after(copy: BenchDatabase, finished: int) -> Callable[[], object]:
    fill(copy.admin, "company.task_queue", finished, 1_000)
    session = copy.session("data_worker")
    return lambda: claim_task(cast(Fire, session), "data")


def fill(admin: psycopg.Connection[DictRow], table: str, finished: int, waiting: int) -> None:
    """Puts so many finished and waiting tasks into a queue."""
    admin.execute(FINISHED.format(table=table).encode(), (finished,))
    admin.execute(WAITING.format(table=table).encode(), (waiting,))
    admin.execute(f"VACUUM ANALYZE {table}".encode())


def one_by_one(worker: BenchSession, tasks: int) -> None:
    """Claims and completes so many tasks by our API, one after the other."""
    for _ in range(tasks):
        task = claim_task(cast(Fire, worker), "data")
        assert task is not None
        worker.brain.run(
            "close_task",
            task_id=task.id,
            session_id=worker.session_id,
            status="complete",
            result={},
            is_permanent=True,
            blocked_on=None,
            blocked_action=None,
            wait_seconds=0,
        )


def by_hand(bare: BenchSession, tasks: int) -> None:
    """The same in its two statements, without our API."""
    connection, session = bare.brain.connection, bare.session_id
    for _ in range(tasks):
        task = connection.execute(CLAIM, (session, LEASE_SECONDS)).fetchone()
        assert task is not None
        connection.execute(CLOSE, (task["id"], session))


def in_a_loop(worker: BenchSession, tasks: int) -> None:
    """Completes so many tasks as a loop does: each is ended in the statement that claims the next."""
    task = claim_task(cast(Fire, worker), "data")
    for _ in range(tasks):
        assert task is not None
        task = close_and_claim(cast(Fire, worker), TaskClose(task.id, "complete"), "data")
    assert task is not None
    worker.brain.run(
        "close_task", session_id=worker.session_id, **{**vars(TaskClose(task.id, "pending")), "result": {}}
    )


def _plain_updates(connection: psycopg.Connection[DictRow]) -> None:
    for _ in range(BATCH):
        task = connection.execute(PLAIN_CLAIM).fetchone()
        assert task is not None
        connection.execute(PLAIN_CLOSE, (task["id"],))
