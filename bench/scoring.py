"""Scoring 340,000 CVEs, Postgres to Postgres: with parts, history and explanations, and the bare arithmetic."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from bench.database import BenchDatabase
from bench.measure import Measurement, Median, at_most, interleaved, seconds
from company.pipeline.rows.scoring import record_model
from patchfirst.scores import SCORES

CVES = 340_000
ROUNDS = 3
A_YEAR = 13_000
FILL = """
SET session_replication_role = replica;
CREATE TEMP TABLE ids AS
SELECT n, format('CVE-%s-%s', 1999 + n / {year}, 1000 + n % {year}) AS cve, md5(n::text) AS chance
FROM generate_series(0, {cves} - 1) AS n;
INSERT INTO patchfirst.epss (cve, epss, percentile, model_version, first_seen_at, valid_from, batch_id)
SELECT cve, 1.0 / (1 + (n * 7919::bigint) % {cves}), (n * 7919::bigint) % {cves} / {cves}.0, 'bench', now(), now(), 0
FROM ids;
INSERT INTO patchfirst.kev (cve, date_added, due_date, ransomware, first_seen_at, valid_from, batch_id)
SELECT cve, current_date - n % 1500, current_date - n % 1500 + 21, n % 5 = 0, now(), now(), 0
FROM ids WHERE n % 220 = 0;
INSERT INTO patchfirst.cves
  (cve, state, published_at, cvss_version, cvss_score, cvss_vector, cwes, first_seen_at, valid_from, batch_id)
SELECT cve, 'PUBLISHED', now() - n % 9000 * interval '1 day', '3.1', 7.5,
  CASE n % 2 WHEN 0 THEN 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' ELSE 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N' END,
  ARRAY[CASE n % 3 WHEN 0 THEN 'CWE-79' WHEN 1 THEN 'CWE-89' ELSE 'CWE-787' END], now(), now(), 0
FROM ids;
INSERT INTO patchfirst.exploitdb (edb_id, is_verified, cves, first_seen_at, valid_from, batch_id)
SELECT n::text, n % 2 = 0, ARRAY[cve], now(), now(), 0 FROM ids WHERE n % 14 = 0;
INSERT INTO patchfirst.metasploit (module, type, cves, first_seen_at, valid_from, batch_id)
SELECT n::text, 'exploit', ARRAY[cve], now(), now(), 0 FROM ids WHERE n % 140 = 0;
INSERT INTO patchfirst.nuclei (cve, first_seen_at, valid_from, batch_id)
SELECT cve, now(), now(), 0 FROM ids WHERE n % 120 = 0;
DROP TABLE ids;
SET session_replication_role = origin;
SET work_mem = '64MB';
ANALYZE;
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE bench.scores (entity text PRIMARY KEY, score numeric(4, 1) NOT NULL, parts real[] NOT NULL);
"""
"""Of the real lists' sizes: EPSS and the CVE List name every CVE, one in 220 is listed, one in 12 has an exploit."""


CHANGED = 300
"""So many records of the CVE List change in an hour of a working day."""
CHANGE = """
SET session_replication_role = replica;
WITH batch AS (
  INSERT INTO company.batches (source, raw_id, edition_at, status, rows_staged, rows_read, promoted, staged_by,
    checked_at, promoted_at)
  VALUES ('cves', 0, now(), 'promoted', {changed}, {changed}, {changed}, 'bench', now(), now()) RETURNING id
), moved AS (
  UPDATE patchfirst.cves c SET batch_id = batch.id, cvss_vector = CASE WHEN c.cvss_vector LIKE '%AV:N%'
    THEN 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N' ELSE 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N' END
  FROM batch, (SELECT cve FROM patchfirst.epss ORDER BY hashtextextended(cve, {seed}) LIMIT {changed}) AS e
  WHERE c.cve = e.cve RETURNING c.cve, c.batch_id
)
INSERT INTO patchfirst.cves_staging (batch_id, row_no, cve) SELECT batch_id, row_number() OVER (), cve FROM moved;
SET session_replication_role = origin;
"""


def forget_code(admin: psycopg.Connection[Any]) -> None:
    """The next pass takes its brain's code for another one, and looks at everything."""
    admin.execute("UPDATE company.score_passes SET code_since = NULL")


def scoring(database: BenchDatabase) -> Iterator[Measurement]:
    """Into empty tables; a pass on which nothing moved beside the first; one after an hour's records beside that."""
    admin, scorer = database.admin, database.brain("score")
    admin.execute(FILL.format(cves=CVES, year=A_YEAR).encode())
    record_model(scorer, SCORES)
    bare = _bare_arithmetic()

    def score() -> None:
        scorer.one("score_all", version=SCORES.version, features=SCORES.features)

    def again() -> None:
        forget_code(admin)
        score()

    def from_nothing() -> None:
        admin.execute("TRUNCATE company.scores")
        again()

    def barely() -> None:
        admin.execute("TRUNCATE bench.scores")
        admin.execute(bare)

    ours, beside = interleaved(from_nothing, barely, rounds=ROUNDS)
    what = f"{CVES:,} CVEs scored, with parts and passes kept | the same arithmetic into a bare table"
    yield at_most("score", what, ours, beside, limit=1.3)
    second, first = interleaved(again, from_nothing, rounds=1)
    yield at_most("score-again", "the same on a day on which nothing moved | the first time", second, first)
    yield _part(admin, score, again)


def _part(admin: psycopg.Connection[Any], score: Callable[[], object], again: Callable[[], object]) -> Measurement:
    """The records change outside of what is measured. The first edition of a source counts as everything."""
    parts, wholes = [], []
    for seed in range(ROUNDS + 1):
        admin.execute(CHANGE.format(changed=CHANGED, seed=seed).encode())
        parts.append(seconds(score))
        wholes.append(seconds(again))
    what = f"the same after {CHANGED} records of the CVE List | over everything, nothing moved"
    return at_most("score-part", what, Median(parts[1:]), Median(wholes[1:]))


def _bare_arithmetic() -> bytes:
    formula = " + ".join(
        f"{part.weight} * coalesce(parts[{n}], {part.if_unknown})" for n, part in enumerate(SCORES.parts, start=1)
    )
    weights = sum(part.weight for part in SCORES.parts)
    return (
        f"INSERT INTO bench.scores SELECT entity, round((100 * ({formula})::float8 / {weights})::numeric, 1), parts"
        f" FROM {SCORES.features}"
    ).encode()
