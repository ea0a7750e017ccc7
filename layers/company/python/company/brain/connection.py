"""A session's connection to the shared Postgres: it runs named queries and turns broken rules into errors."""

import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, RowFactory, dict_row, tuple_row
from psycopg.types.json import Jsonb

from company.brain import authorities
from company.brain.binary import is_same_in_binary
from company.brain.record_rows import record_row
from company.brain.sql import by_position, explain, load_queries
from company.brain.waiting import WaitingConnection
from company.errors import BrainError, BrainUnreachable
from company.settings import Settings
from company.text.cleaning import storable, storable_json

R = TypeVar("R")
CONNECT_SECONDS = 10
IDLE_SECONDS = 300
"""A connection that was not used for so long is not used again: a NAT gateway forgets it after 350 seconds."""
NETWORK: Mapping[str, str | int] = {
    "keepalives": 1,
    "keepalives_idle": 60,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "target_session_attrs": "read-write",
}
"""A peer that is gone is noticed (seconds, and milliseconds), and a standby is no brain."""
VERIFIES = ("verify-ca", "verify-full")
LONGEST_STATEMENT_SECONDS = 120
OPTIONS = "-c timezone=UTC -c idle_in_transaction_session_timeout=60s"
LOCK_TIMEOUTS: Mapping[str, str] = {"heartbeat": "2s"}
"""How long the statements of a login wait for a lock; those of any other may wait for as long as they last. Who ends
the transactions that stand open must never wait for one of them."""


class Brain:
    """One login's connection to the brain. Each statement commits by itself, except inside transaction()."""

    def __init__(self, connection: psycopg.Connection[DictRow], queries: Mapping[str, bytes]) -> None:
        self.connection = connection
        self._queries = queries
        self._comes_in_binary: dict[str, bool] = {}
        self._used_at = monotonic()
        self._only_reads = False

    def one(self, query: str, /, **values: object) -> DictRow | None:
        """The first row of a named query, or None."""
        return self._execute(dict_row, query, values).fetchone()

    def all(self, query: str, /, **values: object) -> list[DictRow]:
        """Every row of a named query."""
        return self._execute(dict_row, query, values).fetchall()

    def row(self, kind: type[R], query: str, /, **values: object) -> R | None:
        """The first row of a named query as a record, whose fields are the query's columns; or None."""
        return self._typed(kind, query, values).fetchone()

    def rows(self, kind: type[R], query: str, /, **values: object) -> list[R]:
        """Every row of a named query as records, whose fields are the query's columns."""
        return self._typed(kind, query, values).fetchall()

    def run(self, query: str, /, **values: object) -> int:
        """Runs a named query for its effect; the number of rows touched."""
        return self._execute(tuple_row, query, values).rowcount

    def value(self, query: str, /, **values: object) -> Any:
        """The single value of a query that gives exactly one row."""
        row = self._execute(tuple_row, query, values).fetchone()
        if row is None:
            raise BrainError(f"the query {query} gave no row")
        return row[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction. A rule that breaks at its commit raises Refused too."""
        with self._explained(), self.connection.transaction():
            yield

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Within a transaction a savepoint, so that what fails in it takes nothing else back; outside, nothing."""
        if self.connection.info.transaction_status == TransactionStatus.IDLE:
            yield
            return
        with self.transaction():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction in which Postgres refuses any write."""
        self._only_reads = True
        try:
            with self.transaction():
                self.connection.execute("SET TRANSACTION READ ONLY")
                yield
        finally:
            self._only_reads = False

    @contextmanager
    def dry_run(self) -> Iterator[None]:
        """A transaction that is rolled back. A broken rule raises as it would in a real one."""
        with self._explained(), self.connection.transaction(force_rollback=True):
            yield

    def now(self) -> datetime:
        """The company's time, UTC: simulated in a brain that was created so, the server's in every other."""
        moment: datetime = self.value("company_now")
        return moment

    def is_usable(self) -> bool:
        """Whether the connection is still open, as far as the driver knows; asks nothing of the server."""
        return not self.connection.closed and not self.connection.broken

    def is_fresh(self) -> bool:
        """Whether another fire may begin on it: used lately, and the server sent nothing since, not even its end."""
        if not self.is_usable() or monotonic() - self._used_at > IDLE_SECONDS:
            return False
        arrived = select.poll()
        arrived.register(self.connection.fileno(), select.POLLIN)
        return not arrived.poll(0)

    def close(self) -> None:
        """Ends the connection."""
        self.connection.close()

    def _typed(self, kind: type[R], query: str, values: Mapping[str, object]) -> psycopg.Cursor[R]:
        return self._execute(record_row(kind), query, values)

    def _execute(self, made_by: RowFactory[R], query: str, values: Mapping[str, object]) -> psycopg.Cursor[R]:
        """Without _explained(): it would cost each statement some microseconds more.

        A query's first answer comes as text; by its types it is known whether the next ones may come in binary.
        """
        self._used_at = monotonic()
        try:
            text, names = by_position(self._text(query))
            in_binary = self._comes_in_binary.get(query)
            cursor = psycopg.RawCursor(self.connection, row_factory=made_by)
            cursor.execute(text, _adapted(query, names, values), binary=in_binary)
            if in_binary is None:
                self._comes_in_binary[query] = is_same_in_binary(cursor)
            return cursor
        except psycopg.Error as error:
            raise self._explain(error) from error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        self._used_at = monotonic()
        try:
            yield
        except psycopg.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: psycopg.Error) -> BrainError:
        """The company's error for one of Postgres; the connection of a server that serves no more is closed."""
        explained = explain(error, only_reads=self._only_reads)
        if isinstance(explained, BrainUnreachable):
            self.close()
        return explained

    def _text(self, query: str) -> bytes:
        text = self._queries.get(query)
        if text is None:
            raise BrainError(f"there is no query named {query} under sql/")
        return text


def with_network(dsn: str) -> str:
    """The address with what every connection needs: a peer that is gone is noticed, and TLS is verified.

    Without an sslmode of its own an address outside this machine is asked with verify-full; the authorities are the
    layer's own, because psycopg's wheel knows none.
    """
    given = conninfo_to_dict(dsn)
    tls: dict[str, str] = {}
    if "sslmode" not in given and not _is_here(str(given.get("host") or "")):
        tls["sslmode"] = "verify-full"
    if {**given, **tls}.get("sslmode") in VERIFIES and "sslrootcert" not in given:
        tls["sslrootcert"] = str(authorities.bundle())
    return make_conninfo(dsn, **NETWORK, **tls)


def _hint(message: str) -> str:
    """What to do about the two refusals that an owner meets at a first deploy."""
    if "startup parameter" in message:
        return (
            ". This is a pooler in transaction mode: session locks and the time limits of a session do not survive it;"
            " give the server's own address, or the pooler's port for sessions"
        )
    if "certificate verify failed" in message or "does not match host name" in message:
        return (
            ". The server's certificate is by no authority that the layer knows, or for another name: use the name that"
            " it was made for, or put the authority's .pem into layers/company/python/company/brain/authorities"
        )
    return ""


def _is_here(host: str) -> bool:
    """A socket's folder, or loopback."""
    return host.startswith("/") or host in ("", "localhost", "::1") or host.startswith("127.")


def connect(settings: Settings, fire_seconds: int = LONGEST_STATEMENT_SECONDS) -> Brain:
    """Connects as this role's own login; BrainUnreachable names the login and never the password.

    fire_seconds: what the record gives one fire of the role (its budget), which none of its statements outlasts.
    """
    try:
        connection = WaitingConnection.connect(
            with_network(settings.brain_dsn),
            user=settings.login,
            password=settings.brain_password,
            autocommit=True,
            row_factory=dict_row,
            connect_timeout=CONNECT_SECONDS,
            application_name=settings.role,
            options=_options(settings.role, fire_seconds),
        )
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        raise BrainUnreachable(f"the brain did not answer {settings.login}: {said}{_hint(said)}") from error
    return Brain(connection, load_queries(settings.sql_dir, "company", settings.vertical))


def statement_limit(fire_seconds: int = LONGEST_STATEMENT_SECONDS) -> str:
    """'40s': how long a statement may last where one fire has so many seconds; two minutes at most."""
    return f"{min(fire_seconds, LONGEST_STATEMENT_SECONDS)}s"


def _options(role: str, fire_seconds: int) -> str:
    limited = f"{OPTIONS} -c statement_timeout={statement_limit(fire_seconds)}"
    return f"{limited} -c lock_timeout={LOCK_TIMEOUTS[role]}" if role in LOCK_TIMEOUTS else limited


def _adapted(query: str, names: Sequence[str], values: Mapping[str, object]) -> list[object]:
    """Every text that goes to Postgres is one that it takes: what a feed holds must not end a fire in mid-sentence."""
    try:
        return [_adapt(values[name]) for name in names]
    except KeyError as missing:
        raise BrainError(f"the query {query} needs a value for {missing.args[0]}") from missing


def _adapt(value: object) -> object:
    match value:
        case dict():
            return Jsonb(storable_json(value))
        case str():
            return storable(value)
        case list():
            return [storable(part) if isinstance(part, str) else part for part in value]
        case _:
            return value
