"""For migrate: one at a time in one brain, by a lock that no member of staff can take, and never by a silent wait."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import DictRow, dict_row

from company.errors import BrainError

Connection = psycopg.Connection[DictRow]
WAIT_SECONDS = 60
NO_FUNCTION_LIVES_LONGER_MINUTES = 16
"""Lambda's own limit, and a margin."""
MAKE = "CREATE SCHEMA IF NOT EXISTS migrations; CREATE TABLE IF NOT EXISTS migrations.turn ()"
# Not in the way of reading or writing; the connection's end ends it.
TAKE = """
BEGIN;
SET LOCAL lock_timeout = '{seconds}s';
SET LOCAL idle_in_transaction_session_timeout = 0;
LOCK TABLE migrations.turn IN SHARE UPDATE EXCLUSIVE MODE
"""
HOLDER = """
SELECT a.pid, a.usename AS login, a.backend_start AS since
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.relation = 'migrations.turn'::regclass AND l.granted AND l.pid <> pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
# Whose connections migrate may end: its own, and those of the logins that it made.
END_OLD = """
SELECT a.usename AS login, pg_terminate_backend(a.pid, 5000) AS ended
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND pg_has_role(a.usesysid, 'USAGE')
  AND a.xact_start < clock_timestamp() - make_interval(mins => %(minutes)s)
"""


@contextmanager
def take_turn(connection: Connection) -> Iterator[None]:
    """Waits a minute at most for another migrate; BrainError names who has the turn, and since when.

    A transaction that is older than any function lives is a ghost's: its connection is ended first, migrate's own too.
    The turn is held on a second connection, because the work has many transactions.
    """
    connection.execute(MAKE)
    connection.execute(END_OLD, {"minutes": NO_FUNCTION_LIVES_LONGER_MINUTES})
    with psycopg.connect(
        connection.info.dsn, password=connection.info.password, autocommit=True, row_factory=dict_row
    ) as turn:
        _take(turn)
        yield


def _take(turn: Connection) -> None:
    try:
        turn.execute(TAKE.format(seconds=WAIT_SECONDS).encode())
    except psycopg.errors.LockNotAvailable as error:
        turn.execute("ROLLBACK")
        holder = turn.execute(HOLDER).fetchone()
        raise BrainError(f"nothing was migrated: {_named(holder)}") from error


def _named(holder: DictRow | None) -> str:
    if holder is None:
        return "another migrate has just ended; deploy again"
    return (
        f"{holder['login']} has been migrating since {holder['since']}; wait for it, or end it by"
        f" SELECT pg_terminate_backend({holder['pid']})"
    )
