"""The bytes of an edition of EPSS, as they are served, to rows: beside psql, which has them unpacked, and dlt."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import peers
from bench.bulk import EditionWriter
from bench.database import BenchDatabase
from bench.measure import Measurement, at_least, at_most, interleaved
from patchfirst.sources.epss import pack, parse
from watchbill.cloud.postgres.postgres_home import find_home

CVES = 340_000
A_YEAR = 13_000
ROUNDS = 5
MARK = "#model_version:v2026.01.01,score_date:2026-03-01T00:00:00+0000\n"
COPIED = "CREATE SCHEMA bench; CREATE TABLE bench.copied (cve text PRIMARY KEY, epss real, percentile real)"
COPY = r"\copy bench.copied FROM '{file}' CSV HEADER"
TRUNCATE = "TRUNCATE bench.copied"
DLT = """
import csv, gzip, sys
import dlt
def rows():
    with gzip.open(sys.argv[2], "rt") as lines:
        next(lines)
        yield from csv.DictReader(lines)
place = dlt.destinations.postgres(sys.argv[1])
dlt.pipeline("bench", destination=place, dataset_name="bench_dlt").run(
    rows(), table_name="epss", write_disposition="replace")
"""


def beside_psql(database: BenchDatabase) -> Iterator[Measurement]:
    r"""Unpacked, read, each line checked, staged, sealed: compared with \copy of the same rows."""
    with _edition() as file:
        writer, body = EditionWriter(database.session("scraping_worker"), "epss"), file.read_bytes()
        database.admin.execute(COPIED)
        plain = file.with_suffix("")
        ours, theirs = interleaved(lambda: writer.stage(parse(body)), lambda: _copy(database, plain), rounds=ROUNDS)
        what = rf"{CVES:,} rows of EPSS, from gzip to staging | psql \copy of the same rows, unpacked before"
        yield at_most("bytes", what, ours, theirs, limit=1.5)


def beside_dlt(database: BenchDatabase) -> Iterator[Measurement]:
    """One round each: it takes a minute."""
    with _edition() as file:
        writer, body = EditionWriter(database.session("scraping_worker"), "epss"), file.read_bytes()
        ours, theirs = interleaved(lambda: writer.stage(parse(body)), lambda: _dlt(database, file), rounds=1)
        yield at_least("bytes-dlt", f"{CVES:,} rows of EPSS | dlt, from the same file", 1 / ours, 1 / theirs, limit=15)


@contextmanager
def _edition() -> Iterator[Path]:
    """An edition in a folder, packed as it is served, and beside it the same as plain CSV."""
    rows = (
        f"CVE-{1999 + n // A_YEAR}-{1000 + n % A_YEAR:04d},{n % 997 / 997:.5f},{n / CVES:.5f}\n" for n in range(CVES)
    )
    text = "cve,epss,percentile\n" + "".join(rows)
    with tempfile.TemporaryDirectory(prefix="watchbill-bench-") as name:
        file = Path(name, "epss.csv.gz")
        file.write_bytes(pack((MARK + text).encode()))
        file.with_suffix("").write_text(text, "utf-8")
        yield file


def _copy(database: BenchDatabase, file: Path) -> None:
    psql = find_home(database.home).programs / "psql"
    dsn = database.server.dsn(database.name, database.server.superuser, database.server.password)
    subprocess.run([str(psql), dsn, "-qX", "-c", TRUNCATE, "-c", COPY.format(file=file)], check=True)


def _dlt(database: BenchDatabase, file: Path) -> None:
    dsn = database.server.dsn(database.name, database.server.superuser, database.server.password)
    own = {"DLT_DATA_DIR": str(file.parent), "RUNTIME__DLTHUB_TELEMETRY": "false"}
    command = [str(peers.install()), "-c", DLT, dsn, str(file)]
    subprocess.run(command, check=True, cwd=file.parent, env={**os.environ, **own})
