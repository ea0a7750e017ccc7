"""The CVE List: archives in either packing, and each oddity of a record that real ones have."""

import gzip
import io
import json
import tarfile
import tempfile
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from company.pipeline.asking.raw import check_beginning
from company.vertical import Details, Malformed, NothingNew, Parsed, Unread
from company.vertical.bodies import Body
from patchfirst.sources.archives import members
from patchfirst.sources.cves import CVES, parse, read_record
from patchfirst.vertical import VERTICAL
from tests.pipeline.test_changes import record, tarred, zipped

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
COLUMNS = (
    "cve", "state", "published_at", "updated_at", "data_version", "assigner", "title", "description", "vendor",
    "product", "cvss_version", "cvss_score", "cvss_vector", "cvss_by", "exploitation", "known_exploited_on", "cwes",
    "vendors", "products", "automatable", "technical_impact", "versions", "is_disputed",
)  # fmt: skip


def _read(one: dict[str, Any]) -> dict[str, Any]:
    return dict(zip(COLUMNS, read_record(one, Details()), strict=True))


def _adp(*metrics: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"metrics": list(metrics), "providerMetadata": {"shortName": "CISA-ADP"}}]


def _ssvc(value: str) -> dict[str, Any]:
    return {"other": {"type": "ssvc", "content": {"options": [{"Exploitation": value}]}}}


def _cvss(score: object, version: str = "3.1") -> dict[str, Any]:
    return {f"cvssV{version.replace('.', '_')}": {"version": version, "baseScore": score, "vectorString": "CVSS"}}


@pytest.mark.parametrize("pack", [tarred, zipped])
def test_an_archive_of_either_kind_gives_its_records_and_skips_its_own_lists(pack: Any) -> None:
    parsed = parse(pack(record(1, "2026-03-11T05:00:00.123Z"), record(2, "2026-03-11T06:00:00.5")), NOON)

    assert [row[1] for row in parsed.rows] == ["CVE-2025-90001", "CVE-2025-90002"]
    assert parsed.edition_at == datetime(2026, 3, 11, 6, 0, 0, 500_000, UTC)


def test_a_zip_within_a_zip_is_opened(tmp_path: Any) -> None:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("cves.zip", zipped(record(1, "2026-03-11T05:00:00Z")))

    assert len(parse(outer.getvalue(), NOON).rows) == 1


def _packed(kind: str, members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for name, content in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_record_is_read_by_any_letters_of_its_name_and_out_of_a_zip_inside(kind: str) -> None:
    one, two, three, four = (json.dumps(record(n, "2026-03-11T05:00:00Z")).encode() for n in range(1, 5))
    inner = _packed("zip", {"x/CVE-2025-90003.json": three})
    names = {
        "cves/cve-2025-90001.json": one,
        "cves/CVE-2025-90002.JSON": two,
        "in.ZIP": inner,
        "a\\CVE-2025-90004.json": four,
    }

    parsed = parse(_packed(kind, {**names, "cves/delta.json": b"[]"}), NOON)

    assert sorted(str(row[1]) for row in parsed.rows) == [f"CVE-2025-9000{n}" for n in range(1, 5)]
    assert parsed.unread == {}


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_what_is_named_like_a_record_and_is_none_is_counted(kind: str) -> None:
    one = json.dumps(record(1, "2026-03-11T05:00:00Z")).encode()
    odd = {
        "x/CVE-2025-90002.json.gz": b"x",
        "cve-2025-90003": b"x",
        "__MACOSX/._CVE-2025-90001.json": b"\0",
        "a.txt": b"",
    }

    parsed = parse(_packed(kind, {"CVE-2025-90001.json": one, **odd}), NOON)

    assert ([row[1] for row in parsed.rows], len(parsed.rejects)) == (["CVE-2025-90001"], 0)
    assert parsed.unread == {"files": Unread(2, "'CVE-2025-90002.json.gz'")}


def test_a_moment_without_a_zone_is_utc_and_a_missing_publication_is_none() -> None:
    one = record(1, "2026-03-11T05:00:00.1")
    del one["cveMetadata"]["datePublished"]

    read = _read(one)

    assert read["updated_at"] == datetime(2026, 3, 11, 5, 0, 0, 100_000, UTC)
    assert read["published_at"] is None


def test_a_rejected_record_has_its_reason_and_no_score() -> None:
    one = record(1, "2026-03-11T05:00:00Z")
    one["cveMetadata"]["state"] = "REJECTED"
    one["containers"] = {"cna": {"rejectedReasons": [{"lang": "en", "value": "A mistake."}]}}

    read = _read(one)

    assert (read["state"], read["description"], read["cvss_score"]) == ("REJECTED", "A mistake.", None)


def test_the_assigners_score_comes_before_cisas_and_version_two_last() -> None:
    both = record(1, "2026-03-11T05:00:00Z", metrics=[_cvss(7.5)])
    both["containers"]["adp"] = _adp(_cvss(9))
    old = record(2, "2026-03-11T05:00:00Z", metrics=[_cvss(10, "2.0")])
    old["containers"]["adp"] = _adp(_cvss(6.1))

    assert [(_read(one)["cvss_score"], _read(one)["cvss_by"]) for one in (both, old)] == [
        (7.5, "the assigner"),
        (6.1, "CISA"),
    ]


@pytest.mark.parametrize("score", ["N/A", None, 11, True])
def test_a_score_that_is_none_costs_only_itself(score: object) -> None:
    assert _read(record(1, "2026-03-11T05:00:00Z", metrics=[_cvss(score)]))["cvss_score"] is None


@pytest.mark.parametrize(("spelt", "meant"), [("none", "none"), ("PoC", "poc"), ("Active", "active"), ("poc", "poc")])
def test_cisas_value_has_one_spelling(spelt: str, meant: str) -> None:
    one = record(1, "2026-03-11T05:00:00Z")
    one["containers"]["adp"] = _adp(_ssvc(spelt))

    assert _read(one)["exploitation"] == meant


def test_what_cisa_added_later_makes_a_record_newer() -> None:
    one = record(1, "2026-03-11T05:00:00Z")
    one["containers"]["adp"] = [{"providerMetadata": {"dateUpdated": "2026-03-11T09:00:00Z"}}]

    assert _read(one)["updated_at"] == datetime(2026, 3, 11, 9, tzinfo=UTC)


def test_a_record_of_either_version_is_read_and_keeps_its_number() -> None:
    old = {**record(1, "2026-03-11T05:00:00Z"), "dataVersion": "5.0"}

    assert [_read(one)["data_version"] for one in (old, record(2, "2026-03-11T05:00:00Z"))] == ["5.0", "5.1"]


def test_cisas_decision_comes_before_the_assigners() -> None:
    one = record(1, "2026-03-11T05:00:00Z", metrics=[_ssvc("none")])
    one["containers"]["adp"] = _adp(_ssvc("active"))

    assert _read(one)["exploitation"] == "active"


@pytest.mark.parametrize("dated", ["2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_publication_that_cannot_have_been_is_unknown_and_counted(dated: str) -> None:
    one = record(1, "2026-03-11T05:00:00Z")
    one["cveMetadata"]["datePublished"] = dated

    parsed = parse(tarred(one), NOON)

    assert [row[COLUMNS.index("published_at") + 1] for row in parsed.rows] == [None]
    assert parsed.unread["published_at"].count == 1


def test_a_record_dated_into_the_future_does_not_carry_the_edition_there() -> None:
    assert parse(tarred(record(1, "2031-01-01T00:00:00Z")), NOON).edition_at == NOON


def test_a_record_that_cannot_be_read_is_rejected_with_its_id() -> None:
    whole = gzip.decompress(tarred(*(record(n, "2026-03-11T05:00:00Z") for n in (1, 2))))
    cut = gzip.compress(whole.replace(b'"cveId": "CVE-2025-90002"', b'"cveId":  CVE-2025-90002 '))

    parsed = parse(cut, NOON)

    assert [(r.row_no, r.entity) for r in parsed.rejects] == [(2, "CVE-2025-90002")]
    assert [row[1] for row in parsed.rows] == ["CVE-2025-90001"]


def test_an_archive_without_a_record_is_nothing_new_and_one_of_none_readable_is_another_format() -> None:
    with pytest.raises(NothingNew):
        parse(zipped(), NOON)
    renamed = [{**record(n, "2026-03-11T05:00:00Z"), "containers": {"assigner": {}}} for n in range(30)]
    with pytest.raises(Malformed, match="none of 30 records has containers.cna"):
        parse(tarred(*renamed), NOON)


@pytest.mark.parametrize("cut", [10, 60])
def test_an_archive_that_is_cut_is_malformed(cut: int) -> None:
    body = tarred(*(record(n, "2026-03-11T05:00:00Z") for n in range(20)))

    with pytest.raises(Malformed):
        parse(body[: len(body) * cut // 100], NOON)


def test_releases_are_named_as_their_publisher_names_them() -> None:
    releases = CVES.releases
    assert releases is not None

    last, midnight = NOON.replace(hour=23), NOON.replace(hour=0)

    assert releases.names_part(NOON) == [
        "cve_2026-03-11_1200Z/2026-03-11_delta_CVEs_at_1200Z.zip",
        "cve_2026-03-11_1200Z/2026-03-11_delta_CVEs_at_1300Z.zip",
    ]
    assert releases.names_part(last)[1] == "cve_2026-03-11_2300Z/2026-03-12_delta_CVEs_at_0000Z.zip"
    assert releases.names_part(midnight)[2] == "cve_2026-03-10_at_end_of_day/2026-03-10_delta_CVEs_at_end_of_day.zip"
    assert releases.names_whole(NOON.date()) == [
        "cve_2026-03-11_0000Z/2026-03-11_all_CVEs_at_midnight.zip.zip",
        "cve_2026-03-11_0000Z/2026-03-10_all_CVEs_at_midnight.zip.zip",
    ]


def test_a_release_is_known_by_any_of_its_names() -> None:
    releases = CVES.releases
    assert releases is not None
    hours = [NOON.replace(hour=n) for n in range(24)]

    assert all(releases.hour_of(name) == hour for hour in hours for name in releases.names_part(hour))
    assert all(releases.is_whole(name) for name in releases.names_whole(NOON.date()))
    assert not any(releases.hour_of(name) for name in releases.names_whole(NOON.date()))


def test_the_recorded_list_is_read_whole(real_bodies: Any) -> None:
    parsed: Parsed = parse(real_bodies("cve5/cves-2024-06-30.tar.gz"), datetime(2026, 6, 30, tzinfo=UTC))

    rows = [dict(zip(COLUMNS, row[1:], strict=True)) for row in parsed.rows]
    assert (len(rows), len(parsed.rejects)) == (11_093, 0)
    assert sum(row["published_at"] is None for row in rows) == 242
    assert sum(row["state"] == "REJECTED" for row in rows) == 42
    assert {row["exploitation"] for row in rows} == {"none", "poc", "active", None}
    assert sum(row["known_exploited_on"] is not None for row in rows) == 82


@pytest.mark.parametrize("cut", [2, 3, 9])
def test_a_gzip_that_is_cut_within_its_head_is_no_edition(cut: int) -> None:
    with pytest.raises(Malformed):
        parse(tarred(record(1, "2026-03-10T16:00:00Z"))[:cut])


WRAPPINGS = {
    "a tar": lambda: gzip.decompress(tarred(record(1, "2026-03-11T05:00:00Z"))),
    "a zip in gzip": lambda: gzip.compress(zipped(record(1, "2026-03-11T05:00:00Z"))),
    "a zip in gzip twice": lambda: gzip.compress(gzip.compress(zipped(record(1, "2026-03-11T05:00:00Z")))),
    "a tar in gzip twice": lambda: gzip.compress(tarred(record(1, "2026-03-11T05:00:00Z"))),
}


@pytest.mark.parametrize("source", ["cves", "ghsa", "osv"])
@pytest.mark.parametrize("name", WRAPPINGS)
def test_an_archive_is_known_by_its_bytes_however_it_is_wrapped(name: str, source: str) -> None:
    body = WRAPPINGS[name]()

    check_beginning(VERTICAL.source(source), Body(body))
    parsed = parse(body, NOON)

    assert [row[1] for row in parsed.rows] == ["CVE-2025-90001"]


def test_an_archive_in_a_file_that_was_written_before_is_read() -> None:
    """As a body is kept on disk: gzip took the mode of such a file, and would only write."""
    with tempfile.SpooledTemporaryFile(mode="w+b") as kept:
        kept.write(_gzipped_tar())
        kept.seek(0)

        assert list(members(kept, lambda _: True)) == [("a.json", b"{}")]


def _gzipped_tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("a.json")
        member.size = 2
        tar.addfile(member, io.BytesIO(b"{}"))
    return packed.getvalue()
