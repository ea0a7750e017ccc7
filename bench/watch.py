"""One beat of a company with ten thousand schedules and a million slots, and writing its ledger a day ahead."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from cronsim import CronSim

from bench.database import BenchDatabase
from bench.measure import Measurement, Median, at_least, at_most, interleaved, seconds
from company.brain import Brain
from company.json_values import JsonObject
from company.watch.ledger import EVENT_AGE_SECONDS, MOST_ATTEMPTS, fill_ledger

SCHEDULES = 10_000
SLOTS_EACH = 100
SILENT = 25
"""Schedules that missed their last time, so that the beat finds something."""
ROUNDS = 5
SHORT = 2_000
"""Ledgers that one beat may have to extend; on average it is 833 of ten thousand."""
LIMIT_SECONDS = 0.1
FILL_SECONDS = 2.0
ROLES: LiteralString = """
INSERT INTO company.roster (role, login, kind, reports_to, watched_by, schedule_expression, schedule_timezone, grace,
  published_at)
SELECT format('bench_%%s', n), format('bench_%%s', n), 'machine', 'data_manager', 'data_auditor', e.expression, 'UTC',
  interval '20 minutes', company.now() - interval '9 days'
FROM unnest(%(expressions)s::text[]) WITH ORDINALITY AS e (expression, n)
"""
DEPLOYED: LiteralString = """
INSERT INTO company.schedules (schedule, role, expression, state, modified_at, seen_at, first_seen_at, changed_at,
  failure_queue, filled_until)
SELECT role, role, schedule_expression, 'ENABLED', company.now() - random() * interval '9 days', company.now(),
  published_at, published_at, 'arn:aws:sqs:us-east-1:123456789012:bench', company.now() + interval '25 hours 30 minutes'
FROM company.roster WHERE schedule_expression IS NOT NULL
"""
LEDGER: LiteralString = """
INSERT INTO company.slots (schedule, due_at, role, watcher, grace, status, evidence, started_at, finished_at, ended_at)
SELECT s.schedule, moment, s.role, 'data_auditor', interval '20 minutes', fate.status,
  CASE fate.status WHEN 'succeeded' THEN '{"rows": 1}'::jsonb END, CASE fate.status WHEN 'succeeded' THEN moment END,
  CASE fate.status WHEN 'succeeded' THEN moment END, CASE fate.status WHEN 'succeeded' THEN moment END
FROM (
  SELECT schedule, role, row_number() OVER (ORDER BY schedule) AS n FROM company.schedules WHERE role LIKE 'bench%%'
) AS s
CROSS JOIN generate_series(1, %(each)s) AS hour
CROSS JOIN LATERAL (
  SELECT date_trunc('hour', company.now())
    + make_interval(hours => hour::integer - %(each)s + 26, mins => (s.n %% 60)::integer) AS moment
) AS due
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN moment > company.now() - interval '10 minutes' THEN 'expected'
    WHEN s.n <= %(silent)s AND moment > company.now() - interval '90 minutes' THEN 'expected'
    ELSE 'succeeded' END AS status
) AS fate
"""
COUNT_ENDS: LiteralString = """
INSERT INTO company.slot_ends (due_at, status, late, slots)
SELECT due_at, status, late, count(*) FROM company.slots WHERE ended_at IS NOT NULL GROUP BY due_at, status, late
"""
"""What the triggers of slots count, in one statement for all."""
AS_NEW: LiteralString = """
UPDATE company.slots SET status = 'expected', ended_at = NULL, reason = NULL WHERE status = 'missed'
"""
SHORTEN: LiteralString = """
UPDATE company.schedules SET filled_until = company.now() + interval '24 hours' + make_interval(secs => random() * 3000)
WHERE schedule IN (SELECT schedule FROM company.schedules WHERE role LIKE 'bench%%' ORDER BY schedule LIMIT %(n)s)
"""
LAST_BEAT: LiteralString = """
WITH session AS (
  INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, deadline_at, finished_at, outcome)
  SELECT 'heartbeat', 'heartbeat', moment, 'bench', 1, moment, moment, 'done'
  FROM (SELECT company.now() - interval '5 minutes' AS moment) AS before
  RETURNING id, due_at
)
INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen) SELECT due_at, id, 1, 1 FROM session
"""
LAST_FIRES: LiteralString = """
SELECT schedule, max(due_at) AS last_at FROM company.slots WHERE status = 'succeeded' GROUP BY schedule
"""
VACUUMED = ("slots", "slot_ends", "schedules", "roster", "sessions", "findings")


def beat(database: BenchDatabase) -> Iterator[Measurement]:
    """All queries of a beat, compared with a loop that computes for each schedule when it was due."""
    expressions = _expressions(SCHEDULES)
    fill_ledgers(database, expressions, SLOTS_EACH)
    heartbeat, superuser = database.brain("heartbeat"), database.admin
    rhythms = {f"bench_{n}": _five_fields(text) for n, text in enumerate(expressions, start=1)}

    def afresh() -> float:
        superuser.execute(AS_NEW)
        return seconds(lambda: ask_of_a_beat(heartbeat))

    afresh()
    pairs = [(afresh(), seconds(lambda: _ask_each(database, rhythms))) for _ in range(ROUNDS)]
    took, beside = (Median(taken) for taken in zip(*pairs, strict=True))
    what = f"a beat: {SCHEDULES:,} schedules, {SCHEDULES * SLOTS_EACH:,} slots | a cronsim loop"
    yield at_least("beat", what, 1 / took, 1 / beside, limit=20)
    is_met = took <= LIMIT_SECONDS
    what = "the same beat's time in the database | its limit"
    yield Measurement(
        "beat-time", what, took * 1e3, LIMIT_SECONDS * 1e3, "ms", took / LIMIT_SECONDS, "<= 0.1 s", is_met
    )
    yield from _writing_ahead(database, heartbeat)


def _writing_ahead(database: BenchDatabase, heartbeat: Brain) -> Iterator[Measurement]:
    def lengthen() -> None:
        database.admin.execute(SHORTEN, {"n": SHORT})
        fill_ledger(heartbeat, datetime.now(UTC))

    ours, nothing = interleaved(lengthen, lambda: fill_ledger(heartbeat, datetime.now(UTC)), rounds=ROUNDS)
    what = f"{SHORT:,} of {SCHEDULES:,} ledgers lengthened by an hour or two | none short"
    yield at_most("fill", what, ours, nothing)
    what = "the same | the limit of a run in which nothing changed"
    is_met = ours <= FILL_SECONDS
    yield Measurement("fill-time", what, ours * 1e3, FILL_SECONDS * 1e3, "ms", ours / FILL_SECONDS, "<= 2 s", is_met)


def _expressions(schedules: int) -> list[str]:
    """All different: each has its own minute and hours."""
    hours = [",".join(str(h) for h in range(24) if (h * 7 + n) % 24 < 12 or h == n % 24) for n in range(24)]
    return [f"cron({n % 60} {hours[n // 60 % 24]} * * ? {2026 + n // 1440}-2099)" for n in range(schedules)]


def fill_ledgers(database: BenchDatabase, expressions: list[str], slots_each: int) -> None:
    """A schedule for each expression, with so many slots."""
    admin = database.admin
    admin.execute(ROLES, {"expressions": expressions})
    admin.execute(DEPLOYED)
    admin.execute("SET session_replication_role = replica")
    admin.execute(LEDGER, {"each": slots_each, "silent": SILENT})
    admin.execute(COUNT_ENDS)
    admin.execute("SET session_replication_role = origin")
    admin.execute(LAST_BEAT)
    admin.execute("UPDATE company.schedules SET filled_until = company.now() + interval '26 hours'")
    for table in VACUUMED:
        admin.execute(f"VACUUM ANALYZE company.{table}".encode())


def ask_of_a_beat(heartbeat: Brain) -> None:
    """In the order of functions/heartbeat/work.py, without what follows from an answer (a finding, a wake)."""
    asks: list[tuple[str, JsonObject]] = [
        ("known_stamps", {}),
        ("end_overdue_sessions", {}),
        ("end_overdue_slots", {"most_attempts": MOST_ATTEMPTS, "event_age_seconds": EVENT_AGE_SECONDS}),
        ("slots_to_report", {}),
        ("return_expired_leases", {}),
        ("schedule_troubles", {}),
        ("lost_retries", {}),
        ("unexpected_fires", {}),
        ("healed_schedules", {}),
        ("retries_waiting", {"at_most": 10}),
        ("escalate_findings", {}),
        ("alert_unanswered_escalations", {"hours": 6}),
        ("wakes_due", {"most_a_day": 24}),
        ("retire_old_slots", {"keep_days": 90, "at_most": 5000}),
        ("retire_old_sessions", {"keep_days": 90, "at_most": 5000}),
        ("ledger_figures", {}),
        ("brief_is_late", {}),
    ]
    for name, values in asks:
        heartbeat.all(name, **values)


def _ask_each(database: BenchDatabase, rhythms: dict[str, str]) -> int:
    """The number of schedules whose next fire is overdue by its expression: the work of a watch without a ledger."""
    now, grace = datetime.now(UTC), timedelta(minutes=20)
    last = {row["schedule"]: row["last_at"] for row in database.admin.execute(LAST_FIRES)}
    return sum(_due_after(rhythm, last[schedule]) + grace < now for schedule, rhythm in rhythms.items())


def _due_after(rhythm: str, moment: datetime) -> datetime:
    due: datetime = next(CronSim(rhythm, moment))
    return due


def _five_fields(text: str) -> str:
    """Turns AWS's six fields into the usual five."""
    return " ".join(text[5:-1].split()[:5]).replace("?", "*")
