"""An edition of 300,000 rows: into staging beside a bare COPY, and promoted unchanged beside writing all again."""

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
    """As much of a source as staging asks for."""

    name: str


@dataclass
class EditionWriter:
    """Takes the same rows in again and again, each time as a newer edition."""

    ground: BenchDatabase
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
                session_id=self.worker.session_id,
            )
        )


def edition(ground: BenchDatabase) -> Iterator[Measurement]:
    with ground.copied() as place:
        place.migrator.execute(STREAM.encode())
        place.admin.execute(BARE.encode())
        works = EditionWriter(place, place.holder("scraping_worker"), _rows())
        yield _staging(place, works)
        yield _promotion(place, works)


def _rows() -> bytes:
    lines = (f"{n}\tE-{n:07d}\t{n % 997 / 997:.5f}\t{n % 1009 / 1009:.5f}\t1\n" for n in range(ROWS))
    return "".join(lines).encode()


def _staging(place: BenchDatabase, works: EditionWriter) -> Measurement:
    admin = place.admin

    def bare() -> None:
        admin.execute("TRUNCATE bench.bare")
        with admin.cursor().copy(COPY_BARE) as copy:
            copy.write(works.text)

    ours, beside = interleaved(works.stage, bare, rounds=ROUNDS)
    what = f"{ROWS:,} rows into staging, sealed and analysed | a bare COPY into an equal table"
    return at_most("staging", what, ours, beside, limit=1.5)


def _promotion(place: BenchDatabase, works: EditionWriter) -> Measurement:
    check, promote, admin = place.brain("check"), place.brain("promote"), place.admin
    for batch in works.batches:
        check.run("check_frame", batch=batch)
        check.run("finish_checks", batch=batch)
    first, *unchanged = works.batches
    promote.run("promote_batch", batch=first)
    waiting = iter(unchanged)
    ours, beside = interleaved(
        lambda: promote.run("promote_batch", batch=next(waiting)),
        lambda: admin.execute(UPSERT_ALL.encode()),
        rounds=len(unchanged) - 1,
    )
    return at_most("unchanged", "the same edition promoted again | an upsert of every row", ours, beside, limit=0.15)
