"""A brain for one backtest: its clock at the end of the day, its tables filled straight from recorded editions."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from company.brain import Brain
from company.brain.migrations import migrate
from company.brain.sql import load_queries
from company.pipeline.rows.fitting import Fitter, Misfit
from company.pipeline.rows.staging import StagingTable
from company.records import read_staff
from company.vertical import Details, Edition, Parsed, Vertical
from watchbill.backtest.evidence import Evidence, end_of, read_edition
from watchbill.cloud.postgres.server import Server, drop_company
from watchbill.cloud.postgres.shared_server import desk_server
from watchbill.desk.companies import database_of, living, server_name
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT

Report = Callable[[str], None]
PAST_TRIGGERS = "SET session_replication_role = replica"
"""The rows come from no fire, so no writer and no open batch stands for them."""


@dataclass(frozen=True)
class LoadedSource:
    """What became of a source's rows: those in force, and those left out, as dated later or as fitting no column."""

    source: str
    rows: int
    dated_later: int
    version: str | None
    unfit: int = 0


@dataclass(frozen=True)
class Stream:
    """A source's tables, and how one row of several is chosen."""

    source: str
    schema_name: str
    key_column: str
    value_columns: Sequence[str]
    prefer_smallest: str | None
    newer_by: str | None


@contextmanager
def scratch_brain(
    home: Path, desk_postgres: str | None, vertical: Vertical, day: date, report: Report
) -> Iterator[Brain]:
    """A migrated database on the desk's server, dropped at the end; its time is the last second of the day."""
    report("starting Postgres")
    with desk_server(home, desk_postgres=desk_postgres) as server:
        company = f"desk_{secrets.token_hex(3)}"
        with living(home, company, server_name(server, desk_postgres)), _database(server, company, day) as dsn:
            report("making a brain of that day")
            _migrate(dsn, company, vertical)
            address = server.dsn(database_of(company))
            with closing(psycopg.connect(address, autocommit=True, row_factory=dict_row)) as connection:
                _go_past_triggers(connection)
                yield Brain(connection, load_queries(CHECKOUT / "sql", "company", vertical.name))


def _go_past_triggers(connection: psycopg.Connection[DictRow]) -> None:
    try:
        connection.execute(PAST_TRIGGERS)
    except psycopg.errors.InsufficientPrivilege as error:
        login = sql.Identifier(connection.info.user).as_string()
        raise DeskError(
            f"DESK_POSTGRES: a backtest goes past the triggers, and the login {connection.info.user!r} may not. As a"
            f" superuser run: GRANT SET ON PARAMETER session_replication_role TO {login};"
            " or unset DESK_POSTGRES to use the embedded server."
        ) from error


@contextmanager
def _database(server: Server, company: str, day: date) -> Iterator[str]:
    name, login, password = database_of(company), f"{company}_migrate", secrets.token_urlsafe(24)
    try:
        server.create_database(name, simulated_from=end_of(day) - timedelta(seconds=1))
        server.create_migrator(name, login, password)
        yield server.dsn(name, login, password)
    finally:
        drop_company(server, name, login)


def _migrate(dsn: str, company: str, vertical: Vertical) -> None:
    migrate(
        dsn,
        sql_dir=CHECKOUT / "sql",
        company=company,
        vertical=vertical.name,
        staff=read_staff(CHECKOUT / "functions", vertical.name),
        product_text=vertical.product,
        password_of=lambda _: secrets.token_urlsafe(24),
    )


def load_editions(
    brain: Brain, vertical: Vertical, evidence: Evidence, own_dates: Mapping[str, tuple[str, ...]], day: date
) -> list[LoadedSource]:
    """Puts the editions of each source in force, without the rows that a date of their own puts after the day.

    They are read at the moment of the outcomes' edition: a date after its own edition would be unreadable otherwise,
    and its row would stay.
    """
    loaded = []
    for name in dict.fromkeys(edition.source for edition in evidence.known):
        own = [edition for edition in evidence.known if edition.source == name]
        read = partial(read_edition, vertical, came_at=evidence.later.edition_at)
        loaded.append(_load_source(brain, read, own, own_dates.get(name, ()), day))
    return loaded


def _load_source(
    brain: Brain, read: Callable[[Edition], Parsed], editions: Sequence[Edition], dated_by: Sequence[str], day: date
) -> LoadedSource:
    stream = brain.row(Stream, "stream_of", source=editions[0].source)
    assert stream is not None, "every source has its stream"
    connection, run = brain.connection, partial(_run, brain.connection, stream)
    version, unfit = None, 0
    table = brain.row(StagingTable, "stream_columns", source=stream.source)
    assert table is not None, "every stream has its columns"
    for number, edition in enumerate(editions, start=1):
        parsed = read(edition)
        version = parsed.version
        unfit += _copy(connection, table, number, parsed)
    later = sum(run("DELETE FROM {staging} WHERE {column} >= %s", (end_of(day),), column=c) for c in dated_by)
    rows = run(_PUT_IN_FORCE, (editions[-1].edition_at,) * 2, order=_order(stream))
    run("TRUNCATE {staging}", None)
    connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(stream.schema_name, stream.source)))
    return LoadedSource(stream.source, rows, later, version, unfit)


_PUT_IN_FORCE = """
INSERT INTO {canonical} ({key}, {values}, first_seen_at, valid_from, batch_id)
SELECT DISTINCT ON ({key}) {key}, {values}, %s, %s, 0 FROM {staging} ORDER BY {key}, {order}
"""


def _order(stream: Stream) -> sql.Composable:
    """Of several rows of one key: the newest, or the smallest where the stream says so, else the last read."""
    last = sql.SQL("batch_id DESC, row_no")
    if stream.newer_by:
        return sql.SQL("{} DESC NULLS LAST, ").format(sql.Identifier(stream.newer_by)) + last
    if stream.prefer_smallest:
        return sql.SQL("{} ASC NULLS LAST, ").format(sql.Identifier(stream.prefer_smallest)) + last
    return last


def _run(
    connection: psycopg.Connection[DictRow],
    stream: Stream,
    statement: LiteralString,
    values: tuple[object, ...] | None,
    *,
    column: str = "",
    order: sql.Composable | None = None,
) -> int:
    """Runs a statement over a stream's tables; gives the number of rows."""
    text = sql.SQL(statement).format(
        staging=sql.Identifier(stream.schema_name, f"{stream.source}_staging"),
        canonical=sql.Identifier(stream.schema_name, stream.source),
        key=sql.Identifier(stream.key_column),
        values=sql.SQL(", ").join(map(sql.Identifier, stream.value_columns)),
        column=sql.Identifier(column or stream.key_column),
        order=order or sql.SQL(""),
    )
    return connection.execute(text, values).rowcount


def _copy(connection: psycopg.Connection[DictRow], table: StagingTable, number: int, parsed: Parsed) -> int:
    """Stages an edition's rows as a fire does; the number of those that fit no column, which are left out."""
    target = sql.Identifier(table.schema_name, table.staging)
    names = sql.SQL(", ").join(map(sql.Identifier, ["batch_id", "row_no", *table.columns]))
    fitter, unfit = Fitter(table.columns, table.types, Details()), 0
    with connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(target, names)) as copy:
        if parsed.copy_text:
            prefix = b"%d\t" % number
            copy.write((prefix + parsed.copy_text.replace(b"\n", b"\n" + prefix))[: -len(prefix)])
        for row in parsed.rows:
            try:
                copy.write_row((number, *fitter.fit(row)))
            except Misfit:
                unfit += 1
    return unfit
