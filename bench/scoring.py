"""Scoring 340,000 CVEs, Postgres to Postgres: with parts, history and explanations, and the bare arithmetic."""

from collections.abc import Iterator

from bench.database import BenchDatabase
from bench.measure import Measurement, at_most, interleaved
from company.pipeline.scoring import record_model
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


def scoring(database: BenchDatabase) -> Iterator[Measurement]:
    """Into empty tables; and a pass on which nothing moved, beside the first."""
    with database.copied() as copy:
        admin, scorer = copy.admin, copy.brain("score")
        admin.execute(FILL.format(cves=CVES, year=A_YEAR).encode())
        record_model(scorer, SCORES)
        bare = _bare_arithmetic()

        def again() -> None:
            scorer.one("score_all", version=SCORES.version, features=SCORES.features)

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


def _bare_arithmetic() -> bytes:
    formula = " + ".join(
        f"{part.weight} * coalesce(parts[{n}], {part.if_unknown})" for n, part in enumerate(SCORES.parts, start=1)
    )
    weights = sum(part.weight for part in SCORES.parts)
    return (
        f"INSERT INTO bench.scores SELECT entity, round((100 * ({formula})::float8 / {weights})::numeric, 1), parts"
        f" FROM {SCORES.features}"
    ).encode()
