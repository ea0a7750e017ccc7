"""Editions of 300,000 rows: staged beside a bare COPY, and promoted beside an upsert of every row."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bench.database import BenchDatabase, BenchSession
from bench.measure import Measurement, at_most, interleaved
from company.fire.fire import Fire
from company.pipeline.rows.staging import stage
from company.vertical import Parsed, Source

ROWS = 300_000
ROUNDS = 3
EDITIONS = ROUNDS + 2
CHANGED_EVERY = 100
BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
STREAM = """
CREATE SCHEMA IF NOT EXISTS bench;
SELECT company.create_stream(
  'bench_rows', 'bench', 'entity text', ARRAY['score real', 'rank real ~ 0.001', 'version text'],
  fresh_within => '29 hours', writers => ARRAY['scraping_worker']);
"""
BARE = """
CREATE TABLE bench.bare (row_no integer PRIMARY KEY, entity text NOT NULL, score real, rank real, version text);
CREATE TABLE bench.upserted (entity text PRIMARY KEY, score real, rank real, version text);
"""
UPSERT_ALL = """
INSERT INTO bench.upserted SELECT entity, score, rank, version FROM bench.bare
ON CONFLICT (entity) DO UPDATE SET score = excluded.score, rank = excluded.rank, version = excluded.version
"""
COPY_BARE = "COPY bench.bare FROM STDIN"


@dataclass(frozen=True)
class NamedSource:
    """The part of a source that staging uses."""

    name: str


@dataclass
class EditionWriter:
    """Stages the same rows repeatedly, each time as a newer edition."""

    worker: BenchSession
    source: str = "bench_rows"
    batches: list[int] = field(default_factory=list)

    def stage(self, parsed: Parsed) -> None:
        edition_at = BEGINS + timedelta(days=len(self.batches))
        raw = self._keep_raw(edition_at, len(parsed.copy_text))
        own = replace(parsed, edition_at=edition_at)
        staged = stage(cast(Fire, self.worker), cast(Source, NamedSource(self.source)), raw, own)
        self.batches.append(staged.batch_id)

    def _keep_raw(self, edition_at: datetime, size: int) -> int:
        return int(
            self.worker.brain.value(
                "record_raw",
                source=self.source,
                url="http://bench.invalid",
                route="primary",
                sha256=hashlib.sha256(edition_at.isoformat().encode()).hexdigest(),
                size=size,
                status_code=200,
                headers={},
                edition_at=edition_at,
                verdict="new",
                reason=None,
                stated_at=edition_at,
                session_id=self.worker.session_id,
            )
        )


def edition(database: BenchDatabase) -> Iterator[Measurement]:
    database.migrator.execute(STREAM.encode())
    database.admin.execute(BARE.encode())
    writer = EditionWriter(database.session("scraping_worker"))
    same = _edition(_rows())
    yield _staging(database, writer, same)
    yield _promotion(database, writer, [same] * EDITIONS, "unchanged", "of which no row changed", limit=0.15)
    changed = [_edition(_rows(moved_by=n)) for n in range(EDITIONS)]
    yield _promotion(database, writer, changed, "changed", f"of which one row in {CHANGED_EVERY} changed", limit=0.25)


def _edition(text: bytes) -> Parsed:
    return Parsed(BEGINS, version="1", copy_parts=[text])


def _rows(moved_by: int = 0) -> bytes:
    """One row in CHANGED_EVERY has another score for each moved_by."""
    shares = (n % 997 / 997 + (moved_by if n % CHANGED_EVERY == 0 else 0) for n in range(ROWS))
    lines = (f"{n}\tE-{n:07d}\t{share:.5f}\t{n % 1009 / 1009:.5f}\t1\n" for n, share in enumerate(shares))
    return "".join(lines).encode()


def _staging(database: BenchDatabase, writer: EditionWriter, parsed: Parsed) -> Measurement:
    admin = database.admin

    def bare() -> None:
        admin.execute("TRUNCATE bench.bare")
        with admin.cursor().copy(COPY_BARE) as stream:
            stream.write(parsed.copy_text)

    ours, beside = interleaved(lambda: writer.stage(parsed), bare, rounds=ROUNDS)
    what = f"{ROWS:,} rows into staging, sealed and analysed | a bare COPY into an equal table"
    return at_most("staging", what, ours, beside, limit=1.5)


def _promotion(
    database: BenchDatabase, writer: EditionWriter, editions: Sequence[Parsed], name: str, what: str, *, limit: float
) -> Measurement:
    """The first is put in force, and the second is the round that is not measured."""
    check, promote, admin = database.brain("check"), database.brain("promote"), database.admin
    for parsed in editions:
        writer.stage(parsed)
    batches = writer.batches[-len(editions) :]
    for batch in batches:
        check.run("check_frame", batch=batch)
        check.run("finish_checks", batch=batch)
    waiting = iter(batches)
    promote.run("promote_batch", batch=next(waiting))
    ours, beside = interleaved(
        lambda: promote.run("promote_batch", batch=next(waiting)),
        lambda: admin.execute(UPSERT_ALL.encode()),
        rounds=ROUNDS,
    )
    return at_most(name, f"an edition promoted {what} | an upsert of every row", ours, beside, limit=limit)
