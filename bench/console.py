"""Every page of the owner's console, on a brain with a million slots and as many fires of the real staff."""

import time
from collections.abc import Callable, Iterator
from typing import LiteralString
from zoneinfo import ZoneInfo

from bench.database import BenchDatabase
from bench.measure import Measurement, Median, at_most
from bench.watch import COUNT_ENDS
from company.console.app import respond
from company.console.rendering import PAGES
from company.console.site import Site
from company.json_values import JsonObject
from company.vertical import load

SLOTS = 1_000_000
ENDED = 200_000
"""Tasks and findings that are over."""
LIMIT_SECONDS = 0.15
ROUNDS = 5
KEY = "k" * 32
LEDGER: LiteralString = """
INSERT INTO company.slots (schedule, due_at, role, watcher, status, evidence, attempts, started_at, finished_at,
  ended_at)
SELECT r.role, moment, r.role, r.watched_by, 'succeeded', '{"rows": 1}', 1, moment, moment, moment
FROM (SELECT role, watched_by FROM company.roster WHERE schedule_expression IS NOT NULL) AS r
CROSS JOIN generate_series(1, %(each)s) AS n
CROSS JOIN LATERAL (SELECT date_trunc('minute', company.now()) - make_interval(mins => n * 52) AS moment) AS due
"""
FIRES: LiteralString = """
INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, started_at, deadline_at, finished_at,
  outcome, evidence)
SELECT role, schedule, due_at, 'bench', 1, due_at, due_at, due_at, 'done', evidence FROM company.slots ORDER BY due_at
"""
LOG: LiteralString = """
INSERT INTO company.session_log (session_id, role, body) SELECT id, role, 'looked at 7 rows' FROM company.sessions
"""
TASKS: LiteralString = """
INSERT INTO company.task_queue (mode, title, status, created_by, closed_at, created_at)
SELECT 'data', 'row ' || n, 'complete', 'data_manager', company.now() - make_interval(mins => n),
  company.now() - make_interval(mins => n + 60) FROM generate_series(1, %(n)s) AS n
"""
FINDINGS: LiteralString = """
INSERT INTO company.findings (fingerprint, kind, subject, title, watcher, found_by, closed_at, closed_by, resolution)
SELECT 'bench:' || n, 'slot_missed', 'data_worker', 'missed ' || n, 'data_manager', 'heartbeat', company.now(),
  'heartbeat', 'it worked again' FROM generate_series(1, %(n)s) AS n
"""
FILLED = ("slots", "slot_ends", "sessions", "session_log", "task_queue", "findings")
ALSO = ("/roles/heartbeat", "/schedules/heartbeat", "/S-250000", "/T-100000", "/F-100000", "/findings?show=closed",
        "/work?show=ended", "/agents?role=heartbeat", "/agents?before=250000")  # fmt: skip


def pages(database: BenchDatabase) -> Iterator[Measurement]:
    """Each page, from its request to its last letter, within one container that has worked before."""
    _fill(database)
    seconds_of = signed_in(database)
    for path in (*(path for path, _ in PAGES), *ALSO):
        taken = [seconds_of(path) for _ in range(ROUNDS + 1)][1:]
        what = f"a page of the owner's console | {LIMIT_SECONDS * 1000:.0f} ms"
        yield at_most(path, what, Median(taken), Median([LIMIT_SECONDS] * ROUNDS), limit=1)


def signed_in(database: BenchDatabase) -> Callable[[str], float]:
    """What a page takes, from its request to its last letter, for who has logged in; seconds."""
    brain = database.brain("console")
    site = Site(
        brain=lambda: brain,
        key=KEY,
        title="Bench",
        zone=ZoneInfo("UTC"),
        desk="",
        call=lambda role: role,
        vertical=load("patchfirst"),
    )
    cookie = respond(site, _request("POST", "/login", body=f"key={KEY}"))["cookies"][0].split(";")[0]
    return lambda path: _seconds(site, path, cookie)


def _fill(database: BenchDatabase) -> None:
    admin = database.admin
    admin.execute("SET session_replication_role = replica")
    [scheduled] = admin.execute("SELECT count(*) AS n FROM company.roster WHERE schedule_expression IS NOT NULL")
    admin.execute(LEDGER, {"each": SLOTS // scheduled["n"]})
    admin.execute(COUNT_ENDS)
    admin.execute(FIRES)
    admin.execute(LOG)
    admin.execute(TASKS, {"n": ENDED})
    admin.execute(FINDINGS, {"n": ENDED})
    for table in FILLED:
        admin.execute(f"VACUUM ANALYZE company.{table}")


def _seconds(site: Site, path: str, cookie: str) -> float:
    began = time.perf_counter()
    answer = respond(site, _request("GET", path, cookie=cookie))
    taken = time.perf_counter() - began
    assert answer["statusCode"] == 200, (path, answer["body"])
    return taken


def _request(method: str, path: str, *, body: str = "", cookie: str = "") -> JsonObject:
    path, _, query = path.partition("?")
    return {
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"content-type": "application/x-www-form-urlencoded"},
        "cookies": [cookie],
        "requestContext": {"http": {"method": method, "sourceIp": "127.0.0.1"}},
        "body": body,
    }
