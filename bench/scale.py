"""What grows with the number of schedules: a simulated week of the ledger, and with --year what retention keeps.

`python -m bench.scale` prints the figures that docs/scale.md explains. Every schedule fires once an hour, each in a
minute of its own; each fire is a slot, a session and a line of its log; heartbeat's queries run once a simulated hour.
"""

import json
import secrets
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, LiteralString

import psycopg
import typer
from psycopg.rows import DictRow
from rich.console import Console
from rich.table import Table

from bench.database import BenchDatabase, bench_database, migrate_company
from bench.measure import seconds
from bench.watch import DEPLOYED, ROLES, ask_of_a_beat
from company.brain import Brain
from company.watch.ledger import fill_ledger, retire_old_sessions, retire_old_slots
from watchbill.cloud.seal import seal

START = datetime(2026, 3, 11, tzinfo=UTC)
SIZES = (30, 300, 3000)
DAYS_OF_A_YEAR = 365
SHOWN_DAYS = (30, 90, 120, 240, 365)
BEATS: LiteralString = """
WITH s AS (
  INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, deadline_at, started_at, finished_at,
    outcome)
  SELECT 'heartbeat', 'heartbeat', at, 'bench', 1, at, at, at, 'done'
  FROM generate_series(company.now() - %(span)s + interval '5 minutes', company.now(), '5 minutes') AS at
  RETURNING id, due_at
)
INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen) SELECT due_at, id, 1, 1 FROM s
"""
FIRES: LiteralString = """
WITH due AS (
  UPDATE company.slots
  SET status = 'succeeded', evidence = '{"looked": 1}', started_at = due_at, finished_at = due_at, ended_at = due_at,
    attempts = 1
  WHERE status = 'expected' AND due_at <= company.now()
  RETURNING schedule, due_at, role
), s AS (
  INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, deadline_at, started_at, finished_at,
    outcome, evidence)
  SELECT role, schedule, due_at, 'bench', 1, due_at, due_at, due_at, 'done', '{"looked": 1}' FROM due
  RETURNING id, role, due_at
)
INSERT INTO company.session_log (session_id, role, at, kind, body) SELECT id, role, due_at, 'looked', 'at one' FROM s
"""
SIZE: LiteralString = """
SELECT sum(pg_total_relation_size(c.oid)) / 1e6 AS megabytes FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'company' WHERE c.relkind = 'r'
"""
COUNTS: LiteralString = """
SELECT (SELECT count(*) FROM company.slots) AS slots, (SELECT count(*) FROM company.sessions) AS sessions,
  (SELECT count(*) FROM company.session_log) AS lines, (SELECT count(*) FROM company.beats) AS beats,
  (SELECT count(*) FROM company.slot_days) AS sums, (SELECT count(*) FROM company.findings) AS findings
"""


@dataclass(frozen=True)
class Row:
    """The brain after so many days of so many schedules, and what a beat's queries took: median and most, seconds."""

    schedules: int
    days: int
    slots: int
    sessions: int
    lines: int
    beats: int
    sums: int
    findings: int
    megabytes: float
    beat_median: float
    beat_most: float


@dataclass(frozen=True)
class Company:
    """A simulated company with so many schedules beside its own staff's."""

    schedules: int
    heartbeat: Brain
    admin: psycopg.Connection[DictRow]

    def step(self, now: datetime, span: timedelta) -> float:
        """To this moment: what was due fires, the beats are recorded, heartbeat asks; the seconds of its queries."""
        self.admin.execute("UPDATE company.clock SET simulated_now = %s", (now,))
        self.admin.execute(FIRES)
        self.admin.execute(BEATS, {"span": span})
        return seconds(lambda: self._beat(now))

    def _beat(self, now: datetime) -> None:
        fill_ledger(self.heartbeat, now)
        ask_of_a_beat(self.heartbeat)

    def row(self, days: int, took: list[float]) -> Row:
        counted = self.admin.execute(COUNTS).fetchone() or {}
        size = self.admin.execute(SIZE).fetchone() or {"megabytes": 0}
        return Row(
            schedules=self.schedules,
            days=days,
            **counted,
            megabytes=float(size["megabytes"]),
            beat_median=statistics.median(took),
            beat_most=max(took),
        )


def a_week(database: BenchDatabase, schedules: int, days: int) -> Row:
    """Hour by hour."""
    with simulated(database, schedules) as company:
        hour = timedelta(hours=1)
        took = [company.step(START + n * hour, hour) for n in range(1, days * 24 + 1)]
        return company.row(days, took[24:] or took)


def a_year(database: BenchDatabase, schedules: int) -> Iterator[Row]:
    """Day by day, and after each what is old is retired until nothing more is."""
    with simulated(database, schedules) as company:
        day = timedelta(days=1)
        for n in range(1, DAYS_OF_A_YEAR + 1):
            took = company.step(START + n * day, day)
            while retire_old_slots(company.heartbeat) + retire_old_sessions(company.heartbeat):
                pass
            if n in SHOWN_DAYS:
                yield company.row(n, [took])


@contextmanager
def simulated(database: BenchDatabase, schedules: int) -> Iterator[Company]:
    """A fresh simulated brain of the same server with so many more schedules, dropped afterwards."""
    copy = BenchDatabase(database.server, database.home, database.company, f"scale_{secrets.token_hex(3)}")
    database.server.create_database(copy.name, simulated_from=START)
    try:
        migrate_company(copy)
        admin = copy.admin
        admin.execute(ROLES, {"expressions": [f"cron({n % 60} * * * ? *)" for n in range(schedules)]})
        admin.execute(DEPLOYED)
        admin.execute("UPDATE company.schedules SET filled_until = NULL")
        company = Company(schedules, copy.brain("heartbeat"), admin)
        fill_ledger(company.heartbeat, START)
        admin.execute("VACUUM ANALYZE")
        yield company
    finally:
        copy.close()
        database.server.drop_database(copy.name)


def main(
    schedules: Annotated[list[int] | None, typer.Option(help="How many; may be repeated.")] = None,
    days: Annotated[int, typer.Option(min=1, help="Of the simulated week.")] = 7,
    year: Annotated[bool, typer.Option("--year", help="A year of the first number of schedules instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure what grows. A week of 3,000 takes some minutes, a year of 300 some ten."""
    seal()
    sizes = tuple(schedules or SIZES)
    with bench_database() as database:
        rows = list(a_year(database, sizes[0])) if year else [a_week(database, size, days) for size in sizes]
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=1))
    else:
        Console().print(_table(rows))


def _table(rows: list[Row]) -> Table:
    table = Table(title="what grows with schedules that fire once an hour")
    for column in asdict(rows[0]):
        table.add_column(column.replace("_", " "), justify="right")
    for row in rows:
        table.add_row(
            *(f"{value:,.3f}" if isinstance(value, float) else f"{value:,}" for value in asdict(row).values())
        )
    return table


if __name__ == "__main__":
    typer.run(main)
