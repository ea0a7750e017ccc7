"""GitHub's and OSV's advisories are read by their id; what of a record cannot be read costs the detail."""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from company.vertical import Malformed, Parsed
from patchfirst.ids import read_advisory_id
from patchfirst.sources.advisories import MOST, parse

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)


def read(*records: Any, folder: str = "advisories/github-reviewed/2026/03") -> Parsed:
    return parse(zipped({f"{folder}/{n}.json": record for n, record in enumerate(records)}), AT)


def zipped(documents: dict[str, Any]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, document in documents.items():
            archive.writestr(name, json.dumps(document))
    return body.getvalue()


def record(**changes: Any) -> dict[str, Any]:
    return {"id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-03-10T02:00:00Z", **changes}


def package(**changes: Any) -> dict[str, Any]:
    return {"package": {"ecosystem": "PyPI", "name": "x"}, **changes}


def packages(*affected: Any) -> list[Any]:
    """Ecosystems, names, purls and versions, as the stream has them."""
    row = read(record(affected=[*affected])).rows[0]
    return [list(column) for column in row[7:]]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("GHSA-AAAA-bbbb-CCCC", "GHSA-aaaa-bbbb-cccc"),
        (" ghsa\u2011aaaa\u2011bbbb\u2011cccc.", "GHSA-aaaa-bbbb-cccc"),
        ("cve-2026-0001", "CVE-2026-0001"),
        ("GO-2024-2687", "GO-2024-2687"),
        ("RHSA-2024:1234", "RHSA-2024:1234"),
        ("openSUSE-SU-2019:1", "openSUSE-SU-2019:1"),
        ("CVE-26-1", None),
        ("GHSA", None),
        ("two words-1", None),
        ("x" * 1_000 + "-1", None),
        (7, None),
    ],
)
def test_an_id_of_any_database_has_one_spelling(written: object, read_as: str | None) -> None:
    assert read_advisory_id(written) == read_as


def test_bounds_and_single_versions_are_kept_and_commits_are_not() -> None:
    two_ranges = {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2.0"}]}
    last = {"type": "ECOSYSTEM", "events": [{"introduced": "3"}, {"last_affected": "3.4"}]}
    commits = {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "deadbeef"}]}

    versions = packages(
        package(ranges=[two_ranges, commits, last], versions=["1.0"]),
        package(ranges=[commits], versions=["1.0", "1.1"]),
        package(),
    )[3]

    assert versions == [">=0|<1.2|>=2.0|>=3|<=3.4", "1.0|1.1", ""]


@pytest.mark.parametrize(
    ("events", "versions"),
    [
        ([{"fixed": "1.2"}, {"introduced": "0"}], ">=0|<1.2"),
        ([{"introduced": "2.0"}, {"introduced": "0"}, {"fixed": "2.10"}, {"fixed": "1.2"}], ">=0|<1.2|>=2.0|<2.10"),
        ([{"last_affected": "1.2"}, {"introduced": "1.2"}], ">=1.2|<=1.2"),
        ([{"introduced": "1.2"}, {"introduced": "0"}, {"fixed": "1.2"}], ">=0|<1.2|>=1.2"),
        ([{"introduced": "1.0-rc1"}, {"fixed": "1.2"}], ">=1.0-rc1|<1.2"),
        ([{"fixed": "1.2"}, {"introduced": "1.0-rc1"}], ""),
    ],
)
def test_the_events_of_a_range_stand_in_any_order(events: list[dict[str, str]], versions: str) -> None:
    assert packages(package(ranges=[{"type": "ECOSYSTEM", "events": events}]))[3] == [versions]


def test_versions_that_are_too_many_are_unknown_and_never_cut() -> None:
    parsed = read(record(affected=[package(versions=[f"1.{n}" for n in range(5_000)])]))

    assert parsed.rows[0][-1] == [""]
    assert parsed.unread["versions"].count == 1


def test_a_package_without_a_name_is_none_and_each_is_kept_once() -> None:
    nameless = {"package": {"ecosystem": "npm"}}

    assert packages(package(), nameless, package(), "no object", {})[:2] == [["PyPI"], ["x"]]
    many = [{"package": {"ecosystem": "npm", "name": f"x{n}"}} for n in range(3 * MOST)]
    assert [len(column) for column in packages(*many)] == [MOST] * 4


def test_related_ids_are_no_aliases_and_an_unreadable_alias_costs_no_other() -> None:
    parsed = read(
        record(aliases=["CVE-2026-0001", 7, "cve-2026-0001"], related=["CVE-2026-9"], upstream=["CVE-2026-8"])
    )

    assert parsed.rows[0][6] == ["CVE-2026-0001"]
    assert parsed.unread["aliases"].count == 1


def test_malicious_packages_and_what_nobody_reviewed_are_not_read() -> None:
    body = zipped(
        {
            "MAL-2026-1.json": {"id": "MAL-2026-1"},
            "advisories/unreviewed/2026/03/GHSA-1.json": record(),
            "README.json.txt": {},
            "osv/GO-2026-0001.json": {"id": "GO-2026-0001"},
        }
    )

    assert [row[1] for row in parse(body, AT).rows] == ["GO-2026-0001"]


def test_an_archive_without_an_advisory_is_none() -> None:
    for documents in ({}, {"x.txt": 1}, {"x.json": {"id": "no id"}}):
        with pytest.raises(Malformed):
            parse(zipped(documents), AT)


def test_every_real_advisory_of_go_is_read(real_bodies: Callable[[str], bytes]) -> None:
    body = real_bodies("osv/go-2025-06-30.tar.gz")
    parsed = parse(body, AT)
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        files = [member for member in archive.getmembers() if member.isfile()]

    assert (len(parsed.rows), len(parsed.rejects)) == (len(files), 0) == (2033, 0)
    assert sum(row[4] is not None for row in parsed.rows) == 8
    aliases = {alias for row in parsed.rows for alias in row[6]}  # type: ignore[attr-defined]
    assert len([alias for alias in aliases if alias.startswith("CVE-")]) == 1874
    [flood] = [row for row in parsed.rows if row[1] == "GO-2024-2687"]
    assert flood[6] == ["CVE-2023-45288", "GHSA-4v7x-pqxf-cx7m"]
    # Its repository has no dates of change: unknown, and counted.
    assert flood[3] is None and set(parsed.unread) <= {"published", "modified", "versions"}
    assert ">=0|<1.21.9|>=1.22.0-0|<1.22.2" in flood[10]  # type: ignore[operator]
