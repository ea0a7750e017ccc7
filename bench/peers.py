"""Other queues on the same server, each in a process of its own with its own libraries: `bench --peers`.

What they need is installed once into .cache/peers, of which nothing else of the project knows.
"""

import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from bench.database import BenchDatabase, BenchSession
from bench.measure import Measurement, at_least, interleaved
from bench.queue import HISTORY, by_hand, fill, in_a_loop, one_by_one
from company.fire.closing import close_tasks
from company.fire.fire import Fire
from company.outcomes import TaskClose
from company.tasks import claim_tasks, close_and_claim_tasks

HOME = Path(__file__).resolve().parents[1] / ".cache" / "peers"
VERSIONS = (
    "procrastinate==3.10.0",
    "pgqueuer[psycopg]==1.6.0",
    "pgmq==1.1.4",
    "psycopg[binary]",
    "dlt[postgres]==1.31.0",
)
BATCH, TEN, ROUNDS = 100, 10, 31
LONG = 3 * BATCH
LOOP, BARE = 0, -1
JOBS = 4 * BATCH * (ROUNDS + 1)
# Each script fills its queue, says so, and then works as many jobs as a line of its input says, by so many at once;
# by 0: each is closed in the statement that takes the next, where that queue can; by -1: in its bare statements.
SERVE = """
import asyncio, sys, time, uuid
from datetime import timedelta
DSN, JOBS, HISTORY, LOOP, BARE = sys.argv[1], *map(int, sys.argv[2:])
async def serve(work):
    print("ready", flush=True)
    for line in sys.stdin:
        jobs, by = map(int, line.split())
        await work(jobs, by)
        print("done", flush=True)
"""
PROCRASTINATE = """
from procrastinate import App, PsycopgConnector, jobs, manager
async def main():
    app = App(connector=PsycopgConnector(conninfo=DSN, min_size=1, max_size=1))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        queue = manager.JobManager(app.connector)
        job = dict(queue="data", lock=None, queueing_lock=None, task_name="look")
        await queue.batch_defer_jobs_async([jobs.Job(id=None, **job) for _ in range(JOBS)])
        await app.connector.execute_query_async(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) SELECT 'data', 'look', 'succeeded'"
            " FROM generate_series(1, %(n)s)", n=HISTORY)
        await app.connector.execute_query_async("ANALYZE procrastinate_jobs")
        worker = await queue.register_worker()
        async def work(count, by):
            for _ in range(count):
                taken = await queue.fetch_job(["data"], worker)
                await queue.finish_job(taken, jobs.Status.SUCCEEDED, delete_job=False)
        await serve(work)
asyncio.run(main())
"""
PGQUEUER = """
import psycopg
from pgqueuer.db import PsycopgDriver
from pgqueuer.queries import EntrypointExecutionParameter, Queries
async def main():
    connection = await psycopg.AsyncConnection.connect(DSN, autocommit=True)
    queue = Queries(PsycopgDriver(connection))
    await queue.install()
    await queue.enqueue(["look"] * JOBS, [None] * JOBS, [0] * JOBS)
    await connection.execute("ANALYZE")
    known = {"look": EntrypointExecutionParameter(concurrency_limit=0)}
    me, beat = uuid.uuid4(), timedelta(seconds=300)
    async def work(count, by):
        for _ in range(count // by):
            taken = await queue.dequeue(by, known, me, None, beat)
            assert len(taken) == by
            await queue.log_jobs([(job, "successful", None) for job in taken])
    await serve(work)
asyncio.run(main())
"""
PGMQ = """
import importlib.resources, psycopg
from pgmq import PGMQueue
async def main():
    sql = (importlib.resources.files("pgmq") / "sql" / "pgmq.sql").read_text()
    with psycopg.connect(DSN, autocommit=True) as connection:
        connection.execute(sql.encode())
        connection.execute("SELECT pgmq.create('data')")
        connection.execute("SELECT pgmq.send_batch('data', array_agg('{}'::jsonb)) FROM generate_series(1, %s)", [JOBS])
        connection.execute("ANALYZE")
        def loop(count):
            taken = connection.execute("SELECT msg_id FROM pgmq.read('data', 300, 1)").fetchone()[0]
            for _ in range(count):
                taken = connection.execute("WITH done AS MATERIALIZED (SELECT pgmq.archive('data', %s::bigint))"
                    " SELECT r.msg_id FROM done, pgmq.read('data', 300, 1) AS r", [taken]).fetchone()[0]
        def bare(count):
            for _ in range(count):
                taken = connection.execute("SELECT * FROM pgmq.read('data', 300, 1)").fetchone()
                connection.execute("SELECT pgmq.archive('data', %s::bigint)", [taken[0]])
        # On a connection of its user's, which commits by itself: its own would begin and commit around each call.
        queue = PGMQueue(conn_string=DSN, init_extension=False, pool_size=1)
        def api(count):
            for _ in range(count):
                taken = queue.read("data", vt=300, conn=connection)
                assert queue.archive("data", taken.msg_id, conn=connection)
        async def work(count, by):
            {LOOP: loop, BARE: bare, 1: api}[by](count)
        await serve(work)
asyncio.run(main())
"""
SCRIPTS = {"procrastinate": PROCRASTINATE, "pgqueuer": PGQUEUER, "pgmq": PGMQ}
LIMITS = {"procrastinate": 2.0, "pgqueuer": 2.0, "pgmq": 1.3}
# What ours does in the same time and the peer does not: each closing of a peer's names the job alone.
MORE = {
    "procrastinate": "ours has a lease, and closes only what its session still holds; both keep a trail",
    "pgqueuer": "ours has a lease, and closes only what its session still holds; both keep a trail",
    "pgmq": "ours keeps a trail, and closes only what its session still holds; both have a lease",
}


class Peer:
    """Another queue, filled and waiting."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._expect("ready")

    def work(self, jobs: int, by: int) -> None:
        """Claims and completes so many jobs, `by` at once."""
        cast(IO[str], self._process.stdin).write(f"{jobs} {by}\n")
        cast(IO[str], self._process.stdin).flush()
        self._expect("done")

    def _expect(self, word: str) -> None:
        said = cast(IO[str], self._process.stdout).readline().strip()
        if said != word:
            raise RuntimeError(f"a peer said {said or 'nothing'} in place of {word}; its own words are above")


def install() -> Path:
    """The interpreter of the peers' environment, which is made where it is missing or has other versions."""
    python, stamp = HOME / "bin" / "python", HOME / "installed"
    if not stamp.is_file() or stamp.read_text("utf-8").split("\n") != [*VERSIONS]:
        venv.create(HOME, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *VERSIONS], check=True)
        stamp.write_text("\n".join(VERSIONS), "utf-8")
    return python


def beside(database: BenchDatabase, name: str) -> Iterator[Measurement]:
    """Claim and complete by our API, one by one, compared with that queue's own."""
    with _both(database, name) as (worker, peer):
        ours, theirs = interleaved(lambda: one_by_one(worker, BATCH), lambda: peer.work(BATCH, 1), rounds=ROUNDS)
        what = f"claim + complete, one by one | {name}'s API, one by one, on the same server ({MORE[name]})"
        yield at_least(f"queue-{name}", what, BATCH / ours, BATCH / theirs, limit=LIMITS[name])


def by_hand_beside_pgmq(database: BenchDatabase) -> Iterator[Measurement]:
    """The two statements of each side without an API; both read the whole row."""
    with _both(database, "pgmq") as (worker, peer):
        ours, theirs = interleaved(lambda: by_hand(worker, BATCH), lambda: peer.work(BATCH, BARE), rounds=ROUNDS)
        what = f"claim + complete by our two bare statements | by pgmq's two, written by hand ({MORE['pgmq']})"
        yield at_least("queue-pgmq-bare", what, BATCH / ours, BATCH / theirs)


# What comes nearest to closing one and taking the next in one statement.
IN_A_LOOP = {
    "procrastinate": (1, "procrastinate's API, which has no such call: two statements"),
    "pgqueuer": (1, "pgqueuer's API, which has no such call: two statements"),
    "pgmq": (LOOP, "pgmq.archive and pgmq.read in one statement, written by hand"),
}


def in_a_loop_beside(database: BenchDatabase, name: str) -> Iterator[Measurement]:
    """Closing one and claiming the next in one statement, compared with what comes nearest to it there."""
    by, nearest = IN_A_LOOP[name]
    with _both(database, name) as (worker, peer):
        ours, theirs = interleaved(lambda: in_a_loop(worker, BATCH), lambda: peer.work(BATCH, by), rounds=ROUNDS)
        what = f"complete and claim the next in one statement | {nearest} ({MORE[name]})"
        yield at_least(f"loop-{name}", what, BATCH / ours, BATCH / theirs, limit=LIMITS[name])


def by_ten(database: BenchDatabase) -> Iterator[Measurement]:
    """The same ten at once."""
    with _both(database, "pgqueuer") as (worker, peer):
        ours, theirs = interleaved(lambda: in_tens(worker, BATCH), lambda: peer.work(BATCH, TEN), rounds=ROUNDS)
        what = f"claim + complete, ten at once, with the trail of each | pgqueuer's, ten at once ({MORE['pgqueuer']})"
        yield at_least("queue-ten", what, BATCH / ours, BATCH / theirs, limit=1.5)


def in_tens(worker: BenchSession, tasks: int) -> None:
    """Claims and completes so many tasks, ten at once."""
    for _ in range(tasks // TEN):
        claimed = claim_tasks(cast(Fire, worker), "data", TEN)
        assert len(claimed) == TEN
        close_tasks(worker.brain, worker.session_id, [TaskClose(task.id, "complete") for task in claimed])


def by_ten_in_a_loop(database: BenchDatabase) -> Iterator[Measurement]:
    """Ending ten and claiming the next ten in one statement, compared with pgqueuer's ten, which are two."""
    with _both(database, "pgqueuer") as (worker, peer):
        ours, theirs = interleaved(lambda: tens_in_a_loop(worker, LONG), lambda: peer.work(LONG, TEN), rounds=ROUNDS)
        what = (
            "complete ten and claim the next ten in one statement, with the trail of each | pgqueuer's, ten at once,"
            f" which has no such call: two statements ({MORE['pgqueuer']})"
        )
        yield at_least("loop-ten", what, LONG / ours, LONG / theirs, limit=1.5)


def tens_in_a_loop(worker: BenchSession, tasks: int) -> None:
    """Completes so many tasks as a loop does: ten are ended in the statement that claims the next ten."""
    fire = cast(Fire, worker)
    claimed = claim_tasks(fire, "data", TEN)
    for _ in range(tasks // TEN):
        assert len(claimed) == TEN
        claimed = close_and_claim_tasks(fire, [TaskClose(task.id, "complete") for task in claimed], "data", TEN)
    close_tasks(worker.brain, worker.session_id, [TaskClose(task.id, "pending") for task in claimed])


@contextmanager
def _both(database: BenchDatabase, name: str) -> Iterator[tuple[BenchSession, Peer]]:
    with ExitStack() as stack:
        copy = stack.enter_context(database.copied())
        fill(copy.admin, "company.task_queue", HISTORY, JOBS)
        yield copy.session("data_worker"), stack.enter_context(_peer(database, name))


@contextmanager
def _peer(database: BenchDatabase, name: str) -> Iterator[Peer]:
    server, own = database.server, f"{database.name}_{name}"
    server.create_database(own)
    dsn = server.dsn(own, server.superuser, server.password)
    command = [str(install()), "-c", SERVE + SCRIPTS[name], dsn, *map(str, (JOBS, HISTORY, LOOP, BARE))]
    try:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
        ) as process:
            try:
                yield Peer(process)
            finally:
                process.kill()
    finally:
        server.drop_database(own)
