"""An edition of 300,000 rows: into staging and a bare COPY; promoted unchanged and all rows written again."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from bench.database import BenchDatabase, BenchSession
from bench.measure import Measurement, at_most, interleaved
from company.fire.fire import Fire
from company.pipeline.staging import stage
from company.vertical import Parsed, Source

ROWS = 300_000
ROUNDS = 3
BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
STREAM = """
CREATE SCHEMA bench;
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

    database: BenchDatabase
    worker: BenchSession
    text: bytes
    batches: list[int] = field(default_factory=list)

    def stage(self) -> None:
        edition_at = BEGINS + timedelta(days=len(self.batches))
        raw = self._keep_raw(edition_at)
        parsed = Parsed(edition_at, version="1", copy_text=self.text)
        staged = stage(cast(Fire, self.worker), cast(Source, NamedSource("bench_rows")), raw, parsed)
        self.batches.append(staged.batch_id)

    def _keep_raw(self, edition_at: datetime) -> int:
        return int(
            self.worker.brain.value(
                "record_raw",
                source="bench_rows",
                url="http://bench.invalid",
                route="primary",
                sha256=hashlib.sha256(edition_at.isoformat().encode()).hexdigest(),
                size=len(self.text),
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
    with database.copied() as copy:
        copy.migrator.execute(STREAM.encode())
        copy.admin.execute(BARE.encode())
        writer = EditionWriter(copy, copy.session("scraping_worker"), _rows())
        yield _staging(copy, writer)
        yield _promotion(copy, writer)


def _rows() -> bytes:
    lines = (f"{n}\tE-{n:07d}\t{n % 997 / 997:.5f}\t{n % 1009 / 1009:.5f}\t1\n" for n in range(ROWS))
    return "".join(lines).encode()


def _staging(copy: BenchDatabase, writer: EditionWriter) -> Measurement:
    admin = copy.admin

    def bare() -> None:
        admin.execute("TRUNCATE bench.bare")
        with admin.cursor().copy(COPY_BARE) as stream:
            stream.write(writer.text)

    ours, beside = interleaved(writer.stage, bare, rounds=ROUNDS)
    what = f"{ROWS:,} rows into staging, sealed and analysed | a bare COPY into an equal table"
    return at_most("staging", what, ours, beside, limit=1.5)


def _promotion(copy: BenchDatabase, writer: EditionWriter) -> Measurement:
    check, promote, admin = copy.brain("check"), copy.brain("promote"), copy.admin
    for batch in writer.batches:
        check.run("check_frame", batch=batch)
        check.run("finish_checks", batch=batch)
    first, *unchanged = writer.batches
    promote.run("promote_batch", batch=first)
    waiting = iter(unchanged)
    ours, beside = interleaved(
        lambda: promote.run("promote_batch", batch=next(waiting)),
        lambda: admin.execute(UPSERT_ALL.encode()),
        rounds=len(unchanged) - 1,
    )
    return at_most("unchanged", "the same edition promoted again | an upsert of every row", ours, beside, limit=0.15)
