"""The cost of reserving and settling the money of a call, compared with two bare statements without checks."""

from collections.abc import Iterator

from bench.database import BenchDatabase, BenchSession
from bench.measure import Measurement, at_most, interleaved

ROUNDS = 2_000
CALL = {"model": "claude-haiku-4-5", "most_input": 10, "most_output": 10}
TAKEN = {"input": 1, "output": 1, "cache_write": 1, "cache_read": 1}
ROOMY = """
UPDATE company.roster SET budget = budget || '{"turns": 1000000, "tokens": 100000000, "usd": 1000}'
WHERE role = 'data_worker'
"""
PLAIN_TABLE = "CREATE TABLE bench_spend (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, usd numeric, cost numeric)"
PLAIN_TAKE = "INSERT INTO bench_spend (usd) VALUES (0.01) RETURNING id"
PLAIN_SETTLE = "UPDATE bench_spend SET cost = 0.002 WHERE id = %s"


def reserve_and_settle(database: BenchDatabase) -> Iterator[Measurement]:
    """Compared with an INSERT and an UPDATE; a model call takes seconds, so milliseconds are small."""
    admin, worker = database.admin, database.session("data_worker")
    admin.execute(ROOMY)
    admin.execute(PLAIN_TABLE)

    def bare_statements() -> None:
        row = admin.execute(PLAIN_TAKE).fetchone()
        assert row is not None
        admin.execute(PLAIN_SETTLE, (row["id"],))

    ours, plain = interleaved(lambda: _take(worker), bare_statements, rounds=ROUNDS)
    yield at_most("spend", "reserve + settle one call | an INSERT and an UPDATE", ours, plain)


def _take(worker: BenchSession) -> None:
    reservation = worker.brain.value("reserve_spend", session_id=worker.session_id, **CALL)
    worker.brain.value("settle_spend", reservation=reservation, **TAKEN)
