"""A column that most rows fill, and that is empty in a whole edition, was renamed or dropped: the edition is held."""

import gzip
import json
from typing import Any

import pytest

from tests.pipeline.works import Works, epss, epss_of, kev_of

LATER = "2026-03-11T06:00:00Z"
HEADER = b"id,description,date_published,type,platform,date_added,verified,codes"


def _exploitdb(count: int) -> bytes:
    rows = (f"{n},x,2026-03-01,remote,linux,2026-03-01,1,CVE-2025-9{n:04}".encode() for n in range(count))
    return b"\n".join([HEADER, *rows, b""])


def _metasploit(count: int, **changes: Any) -> bytes:
    modules = {
        f"auxiliary_{n}": {
            "fullname": f"auxiliary/f{n}", "name": "n", "type": "auxiliary", "rank": 300,
            "disclosure_date": "2026-01-01", "mod_time": "2026-03-01 00:00:00 +0000",
            "references": [f"CVE-2025-{90000 + n}"], **changes,
        }
        for n in range(count)
    }  # fmt: skip
    return json.dumps(modules).encode()


def _nuclei(count: int) -> bytes:
    info = {"Name": "n", "Severity": "high", "Description": "d", "Classification": {"CVSSScore": "9.8"}}
    return b"\n".join(
        json.dumps({"ID": f"CVE-2025-{90000 + n}", "Info": info, "file_path": f"http/cves/{n}.yaml"}).encode()
        for n in range(count)
    )


EDITIONS = {"kev": kev_of(31), "exploitdb": _exploitdb(31), "metasploit": _metasploit(31), "nuclei": _nuclei(31)}
RENAMED = [
    ("kev", b"knownRansomwareCampaignUse", b"knownRansomwareCampaignUsage", "ransomware"),
    ("kev", b"cwes", b"weaknesses", "cwes"),
    ("exploitdb", b",verified,", b",is_verified,", "is_verified"),
    ("exploitdb", b"date_published", b"published", "published_on"),
    ("metasploit", b'"type"', b'"mtype"', "type"),
    ("metasploit", b'"rank"', b'"ranking"', "rank"),
    ("nuclei", b'"Info"', b'"Information"', "severity"),
]
MACHINES = {"kev": "scrape_kev"}


def _take_in(works: Works, source: str, body: bytes, at: str) -> dict[str, Any]:
    works.serve_only(source, body, at)
    works.run(MACHINES.get(source, "scrape_exploits"), "check", "promote")
    return works.last_batch()


@pytest.mark.parametrize(("source", "old", "new", "column"), RENAMED)
def test_an_edition_in_which_an_optional_column_has_another_name_is_held(
    works: Works, source: str, old: bytes, new: bytes, column: str
) -> None:
    good = EDITIONS[source]
    _take_in(works, source, good, "2026-03-10T17:00:00Z")
    before = works.rows(f"SELECT * FROM patchfirst.{source}")

    batch = _take_in(works, source, good.replace(b"2026-03-10T17", LATER[:13].encode()).replace(old, new), LATER)

    assert (batch["status"], batch["promoted"]) == ("held", 0)
    assert f"{column} is empty in 31 of 31 rows, and filled in 31 of 31 in force" in batch["reason"]
    assert works.rows(f"SELECT * FROM patchfirst.{source}") == before
    [finding] = works.rows("SELECT kind FROM company.findings WHERE closed_at IS NULL AND kind = 'held_batch'")
    assert finding["kind"] == "held_batch"


@pytest.mark.parametrize(("filled", "status"), [(1, "held"), (2, "promoted")])
def test_a_column_is_empty_where_fewer_than_one_row_in_twenty_fills_it(works: Works, filled: int, status: str) -> None:
    works.take_in("kev", kev_of(40))
    document = json.loads(kev_of(40, LATER))
    for entry in document["vulnerabilities"][filled:]:
        del entry["cwes"]

    assert works.take_in("kev", json.dumps(document).encode(), LATER)["status"] == status


def test_of_a_few_rows_nothing_is_said(works: Works) -> None:
    works.take_in("kev", kev_of(9))

    assert works.take_in("kev", kev_of(9, LATER, cwes=None), LATER)["status"] == "promoted"


def test_what_most_rows_never_had_may_go(works: Works) -> None:
    document = json.loads(kev_of(40))
    for entry in document["vulnerabilities"][20:]:
        del entry["cwes"]
    works.take_in("kev", json.dumps(document).encode())

    assert works.take_in("kev", kev_of(40, LATER, cwes=None), LATER)["status"] == "promoted"


def test_once_the_owner_lets_it_in_the_next_one_without_the_column_is_taken(works: Works) -> None:
    works.take_in("kev", kev_of(31))
    held = works.take_in("kev", kev_of(31, LATER, cwes=None), LATER)
    works.brain.owner.run("decide_batch", batch=held["id"], verdict="release", reason="CISA leaves it out from now on")
    works.run("promote")

    assert works.take_in("kev", kev_of(32, "2026-03-11T07:00:00Z", cwes=None), LATER)["status"] == "promoted"


def test_percentiles_that_are_not_there_any_more_hold_a_day_and_a_model_that_is_not_named_does_not(
    works: Works,
) -> None:
    works.take_in("epss", epss_of(40))
    works.brain.wait(hours=7)
    noon = "2026-03-11T12:55:00Z"
    without_model = gzip.decompress(epss_of(40, 0.2, at=noon)).replace(b"model_version:v2025.03.14,", b"")
    assert works.take_in("epss", gzip.compress(without_model, mtime=0), noon)["status"] == "promoted"

    works.brain.wait(hours=24)
    next_noon = "2026-03-12T12:55:00Z"
    bare = epss(*(f"CVE-2025-{90000 + n},0.3" for n in range(40)), at=next_noon)
    shorter = gzip.compress(gzip.decompress(bare).replace(b",percentile", b""), mtime=0)
    assert "percentile is empty in 40 of 40 rows" in works.take_in("epss", shorter, next_noon)["reason"]


@pytest.mark.parametrize(("written", "strength"), [({"type": None}, 0.7), ({"type": "exploit"}, 1.0)])
def test_a_module_without_its_type_is_no_exploit(works: Works, written: dict[str, Any], strength: float) -> None:
    _take_in(works, "metasploit", _metasploit(5, **written), "2026-03-10T17:00:00Z")

    view = works.value("SELECT min(strength) FROM patchfirst.exploits")
    shown = works.value("SELECT min(strength) FROM patchfirst.exploits_of('CVE-2025-90001')")
    assert (round(view, 2), round(shown, 2)) == (strength, strength)


def test_what_a_mirror_lists_counts_as_an_exploit(works: Works) -> None:
    _take_in(works, "metasploit", b"\n".join(b'"CVE-2025-9%04d"' % n for n in range(30)), "2026-03-10T17:00:00Z")

    assert works.value("SELECT min(strength) FROM patchfirst.exploits") == 1
    assert works.value("SELECT min(strength) FROM patchfirst.exploits_of('CVE-2025-90001')") == 1
