"""Releases: found under any of their names, and the whole list of each midnight shows what no hour had."""

from collections.abc import Mapping

import pytest

from tests.pipeline.test_changes import record, zipped
from tests.pipeline.works import Works
from watchbill.cloud.feeds import ServedResponse

WHOLE = "/cves/cve_2026-03-11_0000Z/2026-03-1{}_all_CVEs_at_midnight.zip.zip"
HOUR = "/cves/cve_2026-03-11_{}00Z/2026-03-11_delta_CVEs_at_{}00Z.zip"
NEXT_DAY = "/cves/cve_2026-03-12_0000Z/2026-03-11_all_CVEs_at_midnight.zip.zip"
TITLES = "SELECT cve, title FROM patchfirst.cves ORDER BY cve"


class Shelf:
    """A server of exactly the files that are on it, each under its one name."""

    def __init__(self, works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        monkeypatch.setattr(works.server, "answer", self.answer)

    def answer(self, path: str, headers: Mapping[str, str]) -> ServedResponse:
        self.asked.append(path)
        body = self.files.get(path)
        return ServedResponse(404, b"Not Found") if body is None else ServedResponse(200, body)


@pytest.fixture
def shelf(works: Works, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(works, monkeypatch)


def _round(works: Works) -> dict[str, object]:
    return works.run("scrape_cves", "check", "promote")[0]


@pytest.mark.parametrize("day", [0, 1], ids=["the day before", "its own day"])
def test_the_whole_list_is_found_whichever_day_its_file_is_named_after(works: Works, shelf: Shelf, day: int) -> None:
    shelf.files[WHOLE.format(day)] = zipped(record(1, "2026-03-11T00:00:01Z"))

    assert _round(works)["outcome"] == "done"
    assert works.value("SELECT count(*) FROM patchfirst.cves") == 1


@pytest.mark.parametrize("named", ["02", "03"], ids=["its own hour", "the hour after"])
def test_an_hours_changes_are_found_whichever_hour_their_file_is_named_after(
    works: Works, shelf: Shelf, named: str
) -> None:
    shelf.files[WHOLE.format(1)] = zipped(record(1, "2026-03-11T00:00:01Z"))
    shelf.files[HOUR.format("02", named)] = zipped(record(2, "2026-03-11T01:30:00Z"))

    fire = _round(works)

    assert (fire["outcome"], fire["reason"]) == ("done", None)
    assert works.value("SELECT count(*) FROM patchfirst.cves") == 2


def test_a_change_that_no_hour_carries_is_here_after_the_next_midnight(works: Works, shelf: Shelf) -> None:
    shelf.files[WHOLE.format(1)] = zipped(record(1, "2026-03-11T00:00:01Z", title="old"))
    _round(works)
    works.brain.wait(hours=14)
    shelf.files[HOUR.format("20", "20")] = zipped(record(3, "2026-03-11T19:30:00Z"))
    _round(works)
    works.brain.wait(hours=5)
    back_dated = record(1, "2026-03-10T23:30:00Z", title="dated back"), record(2, "2026-03-11T20:30:00Z")
    shelf.files[NEXT_DAY] = zipped(record(3, "2026-03-11T19:30:00Z"), *back_dated)

    _round(works)

    titles = {row["cve"]: row["title"] for row in works.rows(TITLES)}
    assert titles == {"CVE-2025-90001": "dated back", "CVE-2025-90002": "", "CVE-2025-90003": ""}
    assert (works.last_batch()["promoted"], works.last_batch()["unchanged"]) == (2, 1)


def test_the_whole_list_is_asked_for_once_a_day_and_each_hour_until_it_is_there(works: Works, shelf: Shelf) -> None:
    shelf.files[WHOLE.format(1)] = zipped(record(1, "2026-03-11T00:00:01Z"))
    for _ in range(3):
        _round(works)
        works.brain.wait(hours=1)
    first_day = sum("all_CVEs" in path for path in shelf.asked)
    works.brain.wait(hours=15)
    for _ in range(2):
        _round(works)
        works.brain.wait(hours=1)
    shelf.files[NEXT_DAY] = zipped(record(1, "2026-03-11T00:00:01Z"), record(2, "2026-03-11T20:00:00Z"))
    _round(works)
    asked = len(shelf.asked)
    _round(works)

    assert first_day == 1
    assert shelf.asked[:asked].count(NEXT_DAY) == 3
    assert not any("all_CVEs" in path for path in shelf.asked[asked:])
    assert works.value("SELECT count(*) FROM patchfirst.cves") == 2


def test_a_record_that_was_changed_and_dated_back_is_right_after_the_next_midnight(works: Works, shelf: Shelf) -> None:
    shelf.files[WHOLE.format(1)] = zipped(record(1, "2026-03-10T20:00:00Z", title="wrong"))
    _round(works)
    works.brain.wait(hours=14)
    shelf.files[HOUR.format("20", "20")] = zipped(record(2, "2026-03-11T19:30:00Z", title="newer"))
    _round(works)
    works.brain.wait(hours=5)
    corrected = record(1, "2026-03-10T08:00:00Z", title="corrected")
    shelf.files[NEXT_DAY] = zipped(corrected, record(2, "2026-03-11T19:30:00Z", title="newer"))

    _round(works)

    assert [row["title"] for row in works.rows(TITLES)] == ["corrected", "newer"]


def test_a_whole_list_that_comes_late_overwrites_nothing_newer_and_tells_what_it_lacks(
    works: Works, shelf: Shelf
) -> None:
    shelf.files[WHOLE.format(1)] = zipped(*(record(n, "2026-03-11T00:00:01Z", title="old") for n in (1, 2)))
    _round(works)
    works.brain.wait(hours=19)
    shelf.files[HOUR.format("23", "23")] = zipped(record(1, "2026-03-11T22:30:00Z", title="new"))
    hour = "/cves/cve_2026-03-12_0100Z/2026-03-12_delta_CVEs_at_0100Z.zip"
    shelf.files[hour] = zipped(record(3, "2026-03-12T00:40:00Z", title="of today"))
    _round(works)
    shelf.files[NEXT_DAY] = zipped(
        record(1, "2026-03-11T22:30:00Z", title="new"), record(3, "2026-03-11T12:00:00Z", title="of yesterday")
    )

    _round(works)

    assert [row["title"] for row in works.rows(TITLES)] == ["new", "old", "of today"]
    lacking = works.rows("SELECT detail FROM company.batch_checks WHERE check_name = 'the_whole_list_has_all' "
                         "AND NOT is_ok")  # fmt: skip
    assert [row["detail"] for row in lacking] == ["1 in force are not in the whole list, the first: CVE-2025-90002"]
    told = "SELECT title FROM company.findings WHERE fingerprint = 'missing:cves' AND closed_at IS NULL"
    assert works.value(told) == "cves: 1 in force are not in the whole list, the first: CVE-2025-90002"


def test_one_record_of_the_future_does_not_make_the_whole_list_newer_than_the_hours(works: Works, shelf: Shelf) -> None:
    shelf.files[WHOLE.format(1)] = zipped(record(1, "2026-03-11T00:00:01Z", title="old"))
    _round(works)
    shelf.files[HOUR.format("06", "06")] = zipped(record(1, "2026-03-11T05:30:00Z", title="new"))
    _round(works)
    works.brain.wait(hours=18)
    shelf.files[NEXT_DAY] = zipped(
        record(1, "2026-03-11T00:00:01Z", title="old"), record(2, "2031-01-01T00:00:00Z", title="of the future")
    )

    _round(works)

    assert [row["title"] for row in works.rows(TITLES)] == ["new", "of the future"]


def test_a_whole_list_that_never_comes_is_noticed_on_its_day_and_closed_by_the_next(works: Works, shelf: Shelf) -> None:
    open_now = "SELECT title, watcher FROM company.findings WHERE kind = 'missing_release' AND closed_at IS NULL"
    shelf.files[WHOLE.format(1)] = zipped(record(1, "2026-03-11T00:00:01Z"))
    _round(works)
    works.brain.wait(hours=16)
    shelf.files[HOUR.format("22", "22")] = zipped(record(2, "2026-03-11T21:30:00Z"))
    _round(works)
    works.brain.wait(hours=12)
    assert works.rows(open_now) == [], "until noon it may still come"
    shelf.files["/cves/cve_2026-03-12_1000Z/2026-03-12_delta_CVEs_at_1000Z.zip"] = zipped(
        record(3, "2026-03-12T09:30:00Z")
    )
    works.brain.wait(hours=1, minutes=5)

    _round(works)
    _round(works)

    [finding] = works.rows(open_now)
    assert finding["title"].startswith("cves: no whole list of 2026-03-12 has come")
    assert finding["watcher"] == "scraping_manager"
    works.brain.wait(hours=20)
    shelf.files["/cves/cve_2026-03-13_0000Z/2026-03-13_all_CVEs_at_midnight.zip.zip"] = zipped(
        record(1, "2026-03-11T00:00:01Z"), record(2, "2026-03-11T21:30:00Z"), record(3, "2026-03-12T09:30:00Z")
    )
    _round(works)
    assert works.rows(open_now) == []


def test_where_nothing_new_comes_at_all_that_is_the_finding(works: Works, shelf: Shelf) -> None:
    shelf.files[WHOLE.format(1)] = zipped(record(1, "2026-03-11T00:00:01Z"))
    _round(works)
    works.brain.wait(hours=30)

    _round(works)

    kinds = [row["kind"] for row in works.rows("SELECT kind FROM company.findings WHERE closed_at IS NULL")]
    assert "stale_source" in kinds and "missing_release" not in kinds
