"""Recorded files as people have them: under the publishers' own names, in one folder or alone, packed in any way."""

import bz2
import codecs
import gzip
import json
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from company.vertical import Edition
from patchfirst.recorded import recorded
from patchfirst.recorded.left_out import MOST_REASONS
from patchfirst.sources.cves import CVES
from tests.pipeline.test_changes import nvd_page, record, tarred, zipped
from tests.pipeline.works import epss_of, kev_of

DAY = date(2026, 3, 11)
KEV_NAME = "known_exploited_vulnerabilities.json"
METASPLOIT = {"exploit_linux/http/edge": {"name": "Edge", "mod_time": "2026-03-05 10:00:00 +0000", "references": []}}
NUCLEI = b'{"ID":"CVE-2025-90040","Info":{"Name":"Edge"},"file_path":"http/cves/2025/CVE-2025-90040.yaml"}\n'
EXPLOITDB = (
    b"id,file,description,date_published,author,type,platform,port,date_added,date_updated,verified,codes\n"
    b'1,exploits/1.py,"Edge",2026-02-01,x,remote,linux,,2026-02-03,2026-03-04,0,CVE-2025-90010\n'
)


def _zip(content: bytes) -> bytes:
    return zipped_as("inside", content)


def zipped_as(name: str, content: bytes) -> bytes:
    import io

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _stamps(editions: list[Edition]) -> list[tuple[str, str]]:
    return [(edition.source, f"{edition.edition_at:%m-%dT%H:%M}") for edition in editions]


def _releases() -> dict[str, bytes]:
    """One file of each kind of release, under its publisher's own name."""
    list_of = zipped(record(1, "2026-03-09T05:00:00Z"))
    page = json.loads(nvd_page("CVE-2025-90001", 9.8))
    return {
        KEV_NAME: kev_of(2),
        "epss_scores-2026-03-10.csv.gz": epss_of(2),
        "2026-03-11_all_CVEs_at_midnight.zip.zip": zipped_as("cves.zip", list_of),
        "2026-03-11_delta_CVEs_at_0900Z.zip": list_of,
        "2026-03-11_delta_CVEs_at_end_of_day.zip": list_of,
        "files_exploits.csv": EXPLOITDB,
        "modules_metadata_base.json": json.dumps(METASPLOIT).encode(),
        "cves.json": NUCLEI,
        "nvdcve-2.0-2025.json.gz": gzip.compress(json.dumps({**page, "format": "NVD_CVE"}).encode()),
    }


def test_every_release_is_read_under_its_publishers_own_name(tmp_path: Path) -> None:
    for name, content in _releases().items():
        (tmp_path / name).write_bytes(content)

    editions, lines = recorded(tmp_path, DAY)

    assert lines == []
    assert _stamps(editions) == [
        ("exploitdb", "03-04T00:00"),
        ("metasploit", "03-05T10:00"),
        ("epss", "03-10T12:55"),
        ("nvd", "03-10T16:00"),
        ("kev", "03-10T17:00"),
        ("cves", "03-11T00:00"),
        ("nuclei", "03-11T00:00"),
        ("cves", "03-11T09:00"),
        ("cves", "03-12T00:00"),
    ]
    assert [e.is_part for e in editions if e.source == "cves"] == [False, True, True]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, _zip, bytes])
@pytest.mark.parametrize("name", [KEV_NAME, "download.json"])
def test_a_file_in_any_packing_is_served_as_its_publisher_serves_it(
    tmp_path: Path, pack: Callable[[bytes], bytes], name: str
) -> None:
    suffix = {gzip.compress: ".gz", lzma.compress: ".xz", bz2.compress: ".bz2", _zip: ".zip"}.get(pack, "")
    (tmp_path / f"{name}{suffix}").write_bytes(pack(kev_of(2)))

    [edition], lines = recorded(tmp_path, DAY)

    assert (edition.source, edition.load(), lines) == ("kev", kev_of(2), [])


def test_one_file_alone_is_enough(tmp_path: Path) -> None:
    (tmp_path / KEV_NAME).write_bytes(kev_of(2))
    (tmp_path / "epss_scores-current.csv.gz").write_bytes(epss_of(2))

    assert [_stamps(recorded(path, DAY)[0]) for path in sorted(tmp_path.iterdir())] == [
        [("epss", "03-10T12:55")],
        [("kev", "03-10T17:00")],
    ]


def test_epss_under_its_packed_name_is_served_as_it_was_recorded(tmp_path: Path) -> None:
    plain = gzip.decompress(epss_of(2))
    (tmp_path / "epss_scores-2026-03-10.csv.gz").write_bytes(plain)
    (tmp_path / "epss_scores-2026-03-09.csv").write_bytes(plain.replace(b"2026-03-10", b"2026-03-09"))

    older, newer = recorded(tmp_path, DAY)[0]

    assert newer.load() == plain
    assert older.load()[:2] == b"\x1f\x8b"


@pytest.mark.parametrize("named", ["epss_scores-2026-03-10.csv.gz", "scores.csv.gz"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "two marks"])
def test_no_mark_and_no_encoding_hides_the_stamp(encoding: str, named: str, tmp_path: Path) -> None:
    plain = gzip.decompress(epss_of(2)).decode()
    body = codecs.BOM_UTF8 * 2 + plain.encode() if encoding == "two marks" else plain.encode(encoding)
    (tmp_path / named).write_bytes(gzip.compress(body) + b"<html>")
    (tmp_path / KEV_NAME).write_bytes(kev_of(1).decode().encode("utf-16"))

    assert _stamps(recorded(tmp_path, DAY)[0]) == [("epss", "03-10T12:55"), ("kev", "03-10T17:00")]


@pytest.mark.parametrize("root", ["cvelistV5/cves/2025/90xxx", "cves/2025/90xxx", "2025/90xxx", "loose"])
def test_a_checkout_of_the_list_is_one_whole_edition(tmp_path: Path, root: str) -> None:
    folder = tmp_path / root
    folder.mkdir(parents=True)
    for n in (1, 2):
        one = {"dataType": "CVE_RECORD", **record(n, f"2026-03-0{n}T05:00:00Z")}
        (folder / f"CVE-2025-9000{n}.json").write_text(json.dumps(one))
    (folder.parent / "deltaLog.json").write_text('[{"fetchTime": "2026-03-10T00:00:00Z"}]')

    [edition], lines = recorded(tmp_path, DAY)

    assert (edition.source, edition.is_part, f"{edition.edition_at:%m-%d}") == ("cves", False, "03-02")
    assert [row[1] for row in CVES.parse(edition.load(), DAY).rows] == ["CVE-2025-90001", "CVE-2025-90002"]
    assert len(lines) == 1 and "log of the CVE List's changes" in lines[0]


@pytest.mark.parametrize("name", ["cvelistV5-main.zip", "vulnrichment.tar.gz", "list.tar.xz", "list.tar"])
def test_an_archive_of_records_under_any_name_is_a_list(tmp_path: Path, name: str) -> None:
    one = {"dataType": "CVE_RECORD", **record(1, "2026-03-09T05:00:00Z")}
    tar = gzip.decompress(tarred(one))
    content = {"zip": zipped(one), "gz": tarred(one), "xz": lzma.compress(tar), "tar": tar}[name.rpartition(".")[2]]
    (tmp_path / name).write_bytes(content)

    [edition], _ = recorded(tmp_path, DAY)

    assert _stamps([edition]) == [("cves", "03-09T05:00")]
    assert len(CVES.parse(edition.load(), DAY).rows) == 1


def test_a_record_of_the_future_does_not_date_its_list(tmp_path: Path) -> None:
    for n, at in enumerate(("2099-01-01T00:00:00Z", "2026-03-09T05:00:00Z"), start=1):
        one = {"dataType": "CVE_RECORD", **record(n, at)}
        (tmp_path / f"CVE-2025-9000{n}.json").write_text(json.dumps(one))

    assert _stamps(recorded(tmp_path, DAY)[0]) == [("cves", "03-09T05:00")]


def test_feeds_of_several_years_are_one_answer_of_nvd(tmp_path: Path) -> None:
    for year, score in ((2024, 5.0), (2025, 9.8)):
        page = json.loads(nvd_page(f"CVE-{year}-90001", score))
        (tmp_path / f"nvdcve-2.0-{year}.json").write_text(json.dumps({**page, "format": "NVD_CVE"}))

    [edition], _ = recorded(tmp_path, DAY)
    page = json.loads(edition.load())

    assert (page["totalResults"], page["startIndex"]) == (2, 0)
    assert [entry["cve"]["id"] for entry in page["vulnerabilities"]] == ["CVE-2024-90001", "CVE-2025-90001"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("GHSA-1111-2222-3333.json", b"{}", "GitHub's advisories alone"),
        ("advisories.json", b'[{"ghsa_id": "GHSA-1", "cve_id": null}]', "GitHub's advisories alone"),
        ("GO-2025-0001.json", b"{}", "OSV's advisories alone"),
        ("osv.json", b'{"schema_version": "1.3.1", "id": "X-1", "affected": []}', "OSV's advisories alone"),
        ("CVE-2025-90001.json", b'{"format": "NVD_CVE", "vulnerabilities": []}', "a single CVE"),
        ("sources.json", b'{"format": "NVD_SOURCE", "sources": []}', "other things than CVEs"),
        ("nvdcve-1.1-2023.json.gz", b"", "NVD's format before 2.0"),
        ("files_shellcodes.csv", b"", "shellcodes"),
        ("notes.txt", b"remember the milk", "no file of a feed"),
        ("template.yaml", b"id: CVE-2025-90001", "no file of a feed"),
        ("answer.json", b"<html>Access Denied</html>", "no file of a feed"),
        ("epss_scores-2026-03-10.csv.gz", gzip.compress(b"x" * 500)[:-30], "cannot be read"),
        ("kev.json.xz", lzma.compress(b"x" * 500)[:-30], "cannot be read"),
        ("known_exploited_vulnerabilities.json.zip", b"PK\x03\x04 and no more", "cannot be read"),
        ("list.zip", b"", "cannot be read"),
    ],
)
def test_each_other_file_is_left_out_with_a_reason(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)

    editions, [line] = recorded(tmp_path, DAY)

    assert editions == []
    assert line.startswith(name) and reason in line


def test_links_folders_and_pipes_are_read_or_named_once(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere"
    real.mkdir()
    (real / KEV_NAME).write_bytes(kev_of(2))
    feeds = tmp_path / "feeds"
    (feeds / "epss_scores-2026-03-09.csv.gz").mkdir(parents=True)
    (feeds / "kev").symlink_to(real)
    (feeds / "again").symlink_to(feeds)
    (feeds / "gone.json").symlink_to(tmp_path / "nowhere")
    os.mkfifo(feeds / "pipe.json")

    editions, lines = recorded(feeds, DAY)

    assert _stamps(editions) == [("kev", "03-10T17:00")]
    for name, reason in (
        ("epss_scores-2026-03-09.csv.gz", "a folder with the name of a file"),
        ("gone.json", "No such file"),
        ("pipe.json", "no ordinary file"),
    ):
        assert [reason in line for line in lines if name in line] == [True]
    assert len(editions) == 1


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / KEV_NAME
    locked.write_bytes(kev_of(2))
    (tmp_path / "epss_scores-2026-03-10.csv.gz").write_bytes(epss_of(2))
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    editions, [line] = recorded(tmp_path, DAY)

    assert _stamps(editions) == [("epss", "03-10T12:55")]
    assert locked.name in line and "Permission denied" in line


def test_many_files_of_one_kind_are_one_line_and_many_reasons_are_counted(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "osv.tar.gz", "w:gz") as tar:
        for n in range(400):
            tar.addfile(tarfile.TarInfo(f"GO-2025-{n:04}.json"))
    for n in range(MOST_REASONS + 5):
        (tmp_path / f"epss_scores-2026-01-{n:02}.csv").write_bytes(f"line {n}\n".encode())

    _, lines = recorded(tmp_path, DAY)

    assert len(lines) == MOST_REASONS + 1
    assert "left out, for 6 other reasons" in lines[-1] and lines[-1].startswith("405 more")


def test_a_second_file_of_the_same_time_is_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / KEV_NAME).write_bytes(kev_of(2))

    editions, [line] = recorded(tmp_path, DAY)

    assert len(editions) == 1
    assert line.startswith(f"b/{KEV_NAME}") and "another kev file of 2026-03-10 17:00 is read" in line


def test_the_moment_of_a_named_edition_is_its_name_whatever_the_file_says_of_itself(tmp_path: Path) -> None:
    file = tmp_path / "files_exploits-2026-03-09.csv"
    file.write_bytes(EXPLOITDB)
    os.utime(file, (0, 0))

    assert recorded(tmp_path, DAY)[0][0].edition_at == datetime(2026, 3, 9, tzinfo=UTC)
