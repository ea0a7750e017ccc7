"""The whole CVE List, fetched and read as its function does it: memory does not grow with the list."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.cve_list import MIDNIGHT_LIST, write_list, written_records
from company.vertical import Edition
from patchfirst.sources.cves import CVES, parse_file
from watchbill.cloud.feeds import FeedServer

AT = datetime(2026, 3, 11, tzinfo=UTC)
FEW, MANY = 1_000, 4_000
GROWTH_MB = 12
"""What four times as many records may cost: the archive's own list of its members, and what Python keeps."""
READ = """
import resource, sys
from company.pipeline.asking.fetch import get
from patchfirst.sources.cves import CVES
response = get(sys.argv[1], CVES, validators={}, seconds_left=300)
parsed = CVES.read(response.body, None)
print(sum(1 for row in parsed.rows), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def _read(file: Path) -> tuple[int, int]:
    """Serves a list in real HTTP: how many rows a process read from there, and the most MB of memory that it took."""
    edition = Edition("cves", AT, file.read_bytes, file.name)
    with FeedServer([CVES], [edition], lambda: AT).serving() as server:
        address = f"{server.base_url}/cves/{MIDNIGHT_LIST.format(date=AT.date())}"
        done = subprocess.run([sys.executable, "-c", READ, address], capture_output=True, text=True, check=True)
    rows, megabytes = done.stdout.split()
    return int(rows), int(megabytes)


def test_four_times_as_many_records_take_no_more_memory(tmp_path: Path) -> None:
    write_list(tmp_path / "few", FEW)
    write_list(tmp_path / "many", MANY)

    (few, least), (many, most) = _read(tmp_path / "few"), _read(tmp_path / "many")

    assert (few, many) == (FEW, MANY)
    assert most - least < GROWTH_MB, f"{FEW} records took {least} MB, {MANY} took {most} MB"


def test_a_generated_list_is_of_the_size_and_kind_of_a_real_one(tmp_path: Path) -> None:
    sizes = sorted(len(content) for _, content in written_records(500))
    write_list(tmp_path / "list", 500)
    with (tmp_path / "list").open("rb") as file:
        parsed = parse_file(file)

    assert 4_000 < sizes[250] < 8_000 and sizes[-1] > 20_000
    assert (len(parsed.rows), len(parsed.rejects)) == (500, 0)
    assert all(row[14] for row in parsed.rows)


def test_the_same_number_gives_the_same_list_and_a_changed_one_is_newer(tmp_path: Path) -> None:
    first, again = dict(written_records(300)), dict(written_records(300))
    changed = dict(written_records(300, changed_every=100))

    assert first == again
    assert sum(changed[name] != content for name, content in first.items()) == 3
