"""The bench prints the same figures as a table of 80 columns and as JSON."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import _measured
from bench.database import BenchDatabase
from bench.measure import Measurement, Median, at_least, at_most
from bench.queue import fill
from bench.table import WIDTH, table_of
from tests.cloud.lambdas import becomes_true
from watchbill.cloud.postgres.postgres_home import PostgresHome, find_home

ROOT = Path(__file__).resolve().parents[2]
SLOW = at_most(
    "grow-schedules", "all of them | " + "each of a long list, " * 9, Median([0.7, 0.9]), Median([0.01, 0.01])
)
LINES = (
    SLOW,
    at_least("claim", "ours | theirs", 1 / Median([0.001, 0.002, 0.004]), 1 / Median([0.002, 0.002, 0.002]), limit=0.7),
    Measurement("context-scraping_manager", "its first call | average", 3_151, 2_700.5, "tok", 1.17),
)


def test_the_json_of_a_line_has_the_figures_of_the_table() -> None:
    read = json.loads(json.dumps([line.as_json() for line in LINES], allow_nan=False))

    assert (read[0]["ours"], read[0]["beside"], read[0]["ratio"]) == (800.0, 10.0, 80.0)
    assert (read[0]["low"], read[0]["high"]) == (70.0, 90.0)
    assert (read[1]["ratio"], read[1]["low"], read[1]["high"], read[1]["is_met"]) == (1.0, 0.5, 2.0, True)
    assert (read[2]["low"], read[2]["is_met"]) == (None, None)


def test_the_table_has_80_columns_a_line_for_each_id_and_its_noise() -> None:
    table = table_of(LINES, "2 cores").splitlines()

    assert max(map(len, table)) <= WIDTH == 80
    assert table[2].split() == ["grow-schedules", "800", "ms", "10.0", "ms", "80.0x", "70.0-90.0"]
    assert [line.split()[0] for line in table[2:5]] == [line.name for line in LINES]


def test_lines_that_compare_the_same_are_explained_once() -> None:
    pages = [at_most(path, "a page | 150 ms", Median([0.1, 0.2]), Median([0.15, 0.15])) for path in ("/", "/money")]

    legend = table_of([*pages, SLOW], "2 cores").splitlines()[6:]

    assert (legend[0], legend[1].split(":")[0]) == ("/, /money: a page | 150 ms", "grow-schedules")


def test_an_id_runs_alone_and_prints_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--only", "context", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    lines = json.loads(done.stdout)["lines"]
    average = sum(line["ours"] for line in lines) / len(lines)
    assert lines[0]["beside"] == pytest.approx(average, abs=1)


def test_each_measure_has_a_company_of_its_own() -> None:
    def leaves_its_connection(database: BenchDatabase) -> Iterator[Measurement]:
        fill(database.admin, "company.task_queue", finished=2, waiting=1)
        yield Measurement("first", "tasks | tasks", _tasks_in(database), 1, "", 1)

    def copies_what_it_was_given(database: BenchDatabase) -> Iterator[Measurement]:
        with database.copied() as copy:
            yield Measurement("second", "tasks | tasks", _tasks_in(copy), 1, "", 1)

    _, lines = _measured({"first": leaves_its_connection, "second": copies_what_it_was_given})

    assert [(line.name, line.ours) for line in lines] == [("first", 3), ("second", 0)]


def _tasks_in(database: BenchDatabase) -> float:
    [row] = database.admin.execute("SELECT count(*) AS n FROM company.task_queue")
    return float(row["n"])


def test_a_signal_leaves_no_server_and_no_folder_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "--only", "claim"],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stderr=subprocess.PIPE, text=True,
    ) as bench:  # fmt: skip
        assert becomes_true(lambda: _server_of(tmp_path) is not None, seconds=30)
        place = _server_of(tmp_path)
        bench.send_signal(signal.SIGTERM)
        _, said = bench.communicate(timeout=60)

    assert (bench.returncode, said.splitlines()[-1:]) == (128 + signal.SIGTERM, ["bench: stopped"])
    assert list(tmp_path.iterdir()) == []
    assert place is not None and not place.base.exists()


def _server_of(folder: Path) -> PostgresHome | None:
    """Where the server of the bench runs, once it does."""
    homes = [find_home(home) for home in folder.glob("watchbill-bench-*")]
    return next((place for place in homes if (place.data / "postmaster.pid").exists()), None)
