"""Recorded feeds: what counts as an edition, in which packing, and when the feed server serves which."""

import gzip
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from company.vertical import Edition
from company.vertical.feeds import Releases
from patchfirst.recorded import recorded
from patchfirst.sources.cves import CVES
from patchfirst.sources.epss import EPSS
from patchfirst.sources.kev import KEV
from tests.pipeline.works import epss_of, kev_of


def _layout(folder: Path) -> None:
    for name in ("kev/malformed", "epss", "nvd"):
        (folder / name).mkdir(parents=True)


def test_editions_are_found_plain_gzipped_and_in_archives(tmp_path: Path) -> None:
    _layout(tmp_path)
    (tmp_path / "kev/known_exploited_vulnerabilities-2026.03.09.json").write_bytes(
        kev_of(2, "2026-03-09T17:00:00.123Z")
    )
    (tmp_path / "epss/derived_epss_scores-2026-03-10.csv").write_bytes(gzip.decompress(epss_of(2)))
    inner = tmp_path / "known_exploited_vulnerabilities-2026.03.10.json.gz"
    inner.write_bytes(gzip.compress(kev_of(3, "2026-03-10T17:00:00.123Z")))
    with tarfile.open(tmp_path / "kev/march.tar.gz", "w:gz") as tar:
        tar.add(inner, arcname=f"kev/{inner.name}")
    inner.unlink()

    editions, warnings = recorded(tmp_path)

    assert not warnings
    assert [(e.source, e.edition_at.day) for e in editions] == [("kev", 9), ("epss", 10), ("kev", 10)]
    assert [e.load()[:1] for e in editions] == [b"{", b"\x1f", b"{"]


def test_what_is_not_an_edition_is_left_out_with_its_reason(tmp_path: Path) -> None:
    _layout(tmp_path)
    for name in (
        "kev/malformed/2025-02-25-truncated.json",
        "kev/known_exploited_vulnerabilities_schema.json",
        "kev/known_exploited_vulnerabilities-2026-03-09.csv",
        "kev/stale_edge_sequence.json",
        "epss/excerpt_epss_scores-2021-04-14.csv.gz",
        "nvd/page.json",
        "nvd/nvdcve-2.0-2025.meta",
    ):
        (tmp_path / name).write_bytes(b"{}")

    editions, lines = recorded(tmp_path)

    assert editions == []
    assert {line.rpartition(": left out, ")[2] for line in lines} == {
        "folders named malformed are not entered",
        "a schema holds no rows",
        "KEV's CSV does not say when it was released; its JSON is read",
        "it is no file of a feed that is read here",
        "an excerpt is no whole edition",
        "a checksum holds no rows",
    }


def test_a_file_that_cannot_be_read_is_named_and_left_out(tmp_path: Path) -> None:
    _layout(tmp_path)
    cut = tmp_path / "epss/epss_scores-2026-03-10.csv.gz"
    cut.write_bytes(epss_of(100)[:-50])
    page = tmp_path / "kev/known_exploited_vulnerabilities-2026.03.09.json"
    page.write_bytes(b"<html>")
    (tmp_path / "kev/march.tar.gz").write_bytes(b"no archive")

    editions, warnings = recorded(tmp_path)

    assert editions == []
    assert len(warnings) == 3
    assert all(any(path.name in w for w in warnings) for path in (cut, page, tmp_path / "kev/march.tar.gz"))


def test_at_a_moment_a_source_shows_its_newest_edition_stamped_by_then(sample: list[Edition]) -> None:
    morning, evening = (datetime(2026, 3, 11, hour, tzinfo=UTC) for hour in (7, 18))

    shown = [KEV.edition_to_serve(KEV.route.path, at, sample) for at in (morning, evening)]

    assert [edition and edition.edition_at.day for edition in shown] == [10, 11]


def test_a_dated_address_shows_that_day_or_nothing(sample: list[Edition]) -> None:
    at = datetime(2026, 3, 11, 7, tzinfo=UTC)

    def days(date_text: str) -> int | None:
        edition = EPSS.edition_to_serve(EPSS.route.path.replace("{date}", date_text), at, sample)
        return None if edition is None else edition.edition_at.day

    assert [days("2026-03-10"), days("2026-03-11"), days("current"), days("yesterday")] == [10, None, 10, None]


def test_the_neighbours_folder_is_read_and_nothing_in_it_is_broken(real_folder: Path) -> None:
    editions, lines = recorded(real_folder)

    assert not [line for line in lines if "cannot be read" in line]
    assert {e.edition_at.date() for e in editions if e.source == "epss"} >= {date(2024, 1, 13), date(2026, 6, 30)}


def test_each_source_is_known_by_its_names_and_a_list_gives_way_to_the_full_file(tmp_path: Path) -> None:
    named = {
        "cve5/cves-2026-03-10.tar.gz": ("cves", 10, 0),
        "cve5/delta-2026-03-11T0314Z.tar.gz": ("cves", 11, 3),
        "exploitdb/files_exploits-2026-03-09.csv": ("exploitdb", 9, 0),
        "metasploit/derived_modules_metadata_base-asof-2026-03-08.json": ("metasploit", 8, 0),
        "metasploit/metasploit_cves-2026-03-08.txt": None,
        "metasploit/metasploit_cves-2026-03-07.txt": ("metasploit", 7, 0),
        "nuclei/nuclei_cves-2026-03-06.txt": ("nuclei", 6, 0),
        "nuclei/excerpt_cves.json": None,
        "cve5/deltaLog-2026-03.json": None,
    }
    for name in named:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    editions, lines = recorded(tmp_path)

    assert len(lines) == 3
    assert {(e.source, e.edition_at.day, e.edition_at.hour) for e in editions} == {v for v in named.values() if v}
    assert [e.is_part for e in editions if e.source == "cves"] == [False, True]
    [full] = [e for e in editions if e.edition_at.day == 8]
    assert b"modules" in full.load()


def test_an_hour_is_shown_by_its_name_and_a_whole_list_for_every_later_day() -> None:
    at = datetime(2026, 3, 11, 12, tzinfo=UTC)
    whole = Edition("cves", datetime(2026, 3, 9, tzinfo=UTC), bytes, "whole")
    part = Edition("cves", datetime(2026, 3, 11, 3, 14, tzinfo=UTC), bytes, "part", is_part=True)
    names = CVES.releases
    assert names is not None

    def shown(name: str) -> Edition | None:
        return CVES.edition_to_serve(f"/cves/{name}", at, [whole, part])

    assert shown(names.names_whole(at.date())[1]) is whole
    assert shown(names.names_part(at.replace(hour=3))[1]) is part
    assert shown(names.names_part(at.replace(hour=4))[0]) is None
    assert [shown(name) for name in ("cve_of_no_day/x.zip", "cve_2026-99-99_0000Z/2026-99-99_all.zip")] == [None, None]


def test_a_name_is_read_once_however_many_editions_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    # It was read for each edition: a request of a week's last day took 6 ms, of its first 1 ms.
    at = datetime(2026, 3, 11, 12, tzinfo=UTC)
    parts = [Edition("cves", at.replace(hour=hour), bytes, f"part {hour}", is_part=True) for hour in range(12)]
    read: list[str] = []
    hour_of = Releases.hour_of

    def note(releases: Releases, name: str) -> datetime | None:
        read.append(name)
        return hour_of(releases, name)

    monkeypatch.setattr(Releases, "hour_of", note)
    name = "cve_2026-03-11_0300Z/2026-03-11_delta_CVEs_at_0300Z.zip"

    assert CVES.edition_to_serve(f"/cves/{name}", at, parts) is parts[3]
    assert read == [name]
