"""The whole CVE List through the functions that read it, as they are deployed: their memory and their time.

The list is generated on disk and served by another process. The first reading takes every row; the second, a week
later, finds one row in two hundred changed. Seconds are compared with the function's own time in the template.
"""

import re
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.cve_list import MIDNIGHT_LIST, write_list
from bench.database import VERTICAL, BenchDatabase
from bench.measure import Measurement
from watchbill.cloud.runtime import Invocation
from watchbill.desk.desk import Desk, Plan, new_desk

RECORDS = 340_000
"""As many as the list had in the autumn of 2026."""
CHANGED_EVERY = 200
MOST_MB = 512
FIRST = datetime(2025, 1, 2, 7, 3, tzinfo=UTC)
AGAIN = datetime(2025, 1, 9, 7, 3, tzinfo=UTC)
ROLES = ("scrape_cves", "check", "promote", "link", "score", "ingest_worker")
READERS = ("scrape_cves", "ingest_worker")
"""They read the list itself: one to stage its rows, the other to compare them with its bytes."""
SERVER = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"]
FETCHED = "SELECT ms FROM company.fetches WHERE source = 'cves' AND result = 'new' ORDER BY id DESC LIMIT 1"


def readings(_: BenchDatabase, *, records: int = RECORDS) -> Iterator[Measurement]:
    """A first and a second reading of a list of so many records."""
    with tempfile.TemporaryDirectory(prefix="watchbill-bench-") as name:
        folder = Path(name)
        _publish(folder, FIRST, records)
        with _served(folder) as address, _desk(folder / "home", address) as desk:
            yield from _reading(desk, FIRST, f"the first of {records:,}")
            _publish(folder, AGAIN, records, changed_every=CHANGED_EVERY)
            yield from _reading(desk, AGAIN, f"one of {CHANGED_EVERY} changed")


def _publish(folder: Path, at: datetime, records: int, *, changed_every: int = 0) -> None:
    file = folder / MIDNIGHT_LIST.format(date=at.date())
    file.parent.mkdir()
    write_list(file, records, changed_every=changed_every)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of a process that serves the folder."""
    with subprocess.Popen(
        [*SERVER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"port (\d+)", server.stdout.readline())
            assert found is not None, "http.server says its port first"
            yield f"http://127.0.0.1:{found[1]}"
        finally:
            server.terminate()


@contextmanager
def _desk(home: Path, address: str) -> Iterator[Desk]:
    """Every function as the template deploys it. All sources but the CVE List are not there."""
    home.mkdir()
    plan = Plan(home, VERTICAL, "generated list", begins_at=FIRST - timedelta(minutes=10))
    with new_desk(plan, lambda product: {s.name: f"{address}/{{edition}}" for s in product.sources}, _quiet) as desk:
        yield desk


def _reading(desk: Desk, at: datetime, what: str) -> Iterator[Measurement]:
    for minute, role in enumerate(ROLES):
        desk.set_now(at + timedelta(minutes=minute))
        done, limit = _fire(desk, role), desk.deployed.function(role).spec.timeout_seconds
        if role in READERS:
            yield _within(role, f"{what}: memory | the limit", done.max_memory_mb, MOST_MB, "MB")
        if role == "scrape_cves":
            with desk.brain() as brain:
                fetched = brain.connection.execute(FETCHED).fetchone()
            assert fetched is not None, f"the list was not read: {done.payload}"
            yield _within(role, f"{what}: of which fetched in | its function's time", fetched["ms"] / 1e3, limit, "s")
        yield _within(role, f"{what}: {_figures(done)} | its function's time", done.duration_ms / 1e3, limit, "s")


def _fire(desk: Desk, role: str) -> Invocation:
    event = {"role": role, "schedule": role, "due_at": desk.now().isoformat(), "attempt": "1"}
    done = desk.runtime.invoke(desk.deployed.function(role).spec.name, event, request_id=str(uuid.uuid4()))
    if not done.is_ok:
        raise RuntimeError(f"{role} failed: {done.payload}")
    return done


def _figures(done: Invocation) -> str:
    evidence = done.payload.get("evidence") or {}
    return ", ".join(f"{name} {value:,}" for name, value in evidence.items() if value) or done.payload["outcome"]


def _within(role: str, what: str, ours: float, limit: float, unit: str) -> Measurement:
    return Measurement(f"list-{role}", f"{role}, {what}", ours, limit, unit, ours / limit, "<= 1x", ours <= limit)


def _quiet(_: str) -> None:
    return None
