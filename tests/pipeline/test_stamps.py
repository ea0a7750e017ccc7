"""Stamps are evidence, not truth: what an edition says of its time stops no other edition and hides no silence."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from company.vertical import Edition
from tests.pipeline.test_changes import record, tarred
from tests.pipeline.works import Works, epss_of, kev_of
from tests.support.refusals import refused

OPEN = "SELECT fingerprint, title FROM company.findings WHERE closed_at IS NULL ORDER BY id"


def _open(works: Works) -> list[str]:
    return [row["fingerprint"] for row in works.rows(OPEN)]


def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says nothing of when a body changed, as code hosts do."""
    monkeypatch.setattr("watchbill.cloud.feeds.format_datetime", lambda *_, **__: "never")


def exploits(*ids: int) -> bytes:
    lines = [f"{n},An exploit of something or other,2026-01-01,remote,linux,2026-01-01,0,CVE-2025-9{n}" for n in ids]
    return "\n".join(["id,description,date_published,type,platform,date_added,verified,codes", *lines, ""]).encode()


@pytest.mark.parametrize("stamp", ["soon", "N/A"])
def test_a_day_of_epss_whose_stamp_cannot_be_read_is_in_force_and_so_is_the_next(works: Works, stamp: str) -> None:
    works.take_in("epss", epss_of(50))
    works.brain.wait(hours=7)
    odd = works.take_in("epss", epss_of(50, 0.2, at=stamp), "2026-03-11T12:55:00Z")
    said = _said_of_details(works)
    works.brain.wait(hours=24)
    after = works.take_in("epss", epss_of(50, 0.3, at="2026-03-12T12:55:00Z"), "2026-03-12T12:55:00Z")

    assert (odd["status"], odd["promoted"], odd["edition_at"]) == ("promoted", 50, datetime(2026, 3, 11, tzinfo=UTC))
    assert said == f"1 score_date (the first: '{stamp}')"
    assert (after["status"], after["promoted"]) == ("promoted", 50)


def _said_of_details(works: Works) -> str:
    """What the newest check of unread details says."""
    return str(
        works.value(
            "SELECT detail FROM company.batch_checks WHERE check_name = 'details_can_be_read' ORDER BY id DESC LIMIT 1"
        )
    )


@pytest.mark.parametrize("stamp", ["2027-03-11T10:00:00Z", "9998-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_stamp_that_cannot_be_is_told_and_does_not_stop_the_edition_after_it(works: Works, stamp: str) -> None:
    works.take_in("kev", kev_of(300))

    false = works.take_in("kev", kev_of(301, stamp), "2026-03-11T05:30:00Z")
    told = _open(works)
    works.brain.wait(hours=4)
    right = works.take_in("kev", kev_of(302, "2026-03-11T09:00:00Z"), "2026-03-11T09:00:00Z")

    assert (false["status"], false["edition_at"]) == ("promoted", datetime(2026, 3, 11, 5, 30, tzinfo=UTC))
    assert (right["status"], right["promoted"]) == ("promoted", 1)
    assert (told, _open(works)) == (["false_stamp:kev"], [])


def test_the_corrected_edition_is_taken_though_its_time_is_before_the_false_one_came(works: Works) -> None:
    works.take_in("kev", kev_of(300))
    works.take_in("kev", kev_of(301, "2027-03-11T05:00:00Z"), "2026-03-11T06:01:00Z")

    corrected = works.take_in("kev", kev_of(300, "2026-03-11T05:00:00Z"), "2026-03-11T06:04:00Z")

    assert (corrected["status"], corrected["removed"]) == ("promoted", 1)
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300


def test_a_false_stamp_does_not_hide_that_a_source_is_stale_and_no_age_is_negative(works: Works) -> None:
    works.take_in("kev", kev_of(300, "2031-01-01T00:00:00Z"))
    works.brain.wait(hours=100)

    works.run("scrape_kev")

    assert "stale:kev" in _open(works)
    assert works.value("SELECT min(age) >= interval '0' FROM company.source_freshness")


def test_a_publishers_clock_may_be_minutes_ahead(works: Works) -> None:
    batch = works.take_in("kev", kev_of(300, "2026-03-11T06:06:00Z"), "2026-03-11T06:00:00Z")

    assert batch["edition_at"] <= works.brain.now()
    assert _open(works) == []
    assert works.value("SELECT min(age) >= interval '0' FROM company.source_freshness")


@pytest.mark.parametrize("written", ["2026-03-11T10:00:00+05:00", "2026-03-11T05:00:00", "2026-03-11"])
def test_a_stamp_with_another_zone_or_none_or_no_time_is_read(works: Works, written: str) -> None:
    works.take_in("kev", kev_of(300))

    batch = works.take_in("kev", kev_of(301, written), "2026-03-11T05:00:00Z")

    assert (batch["promoted"], batch["edition_at"].date()) == (1, datetime(2026, 3, 11).date())
    assert _open(works) == []


def test_scores_dated_tomorrow_are_taken_and_tomorrows_are_asked_for(works: Works) -> None:
    works.take_in("epss", epss_of(50))
    works.brain.wait(hours=7)
    early = works.take_in("epss", epss_of(51, at="2026-03-12T12:55:00Z"), "2026-03-11T12:55:00Z")
    works.brain.wait(hours=24)

    next_one = works.take_in("epss", epss_of(52, at="2026-03-12T12:55:00Z"), "2026-03-12T12:55:00Z")

    assert [b["status"] for b in (early, next_one)] == ["promoted", "promoted"]
    assert works.value("SELECT count(*) FROM patchfirst.epss") == 52


@pytest.mark.parametrize("says", [True, False], ids=["with a last change", "without one"])
def test_a_file_without_a_stamp_that_returns_to_earlier_bytes_is_a_new_edition(
    works: Works, monkeypatch: pytest.MonkeyPatch, says: bool
) -> None:
    if not says:
        _bare(monkeypatch)
    first, second = exploits(*range(100, 130)), exploits(*range(100, 131))
    for hour, body in enumerate((first, second)):
        works.serve_only("exploitdb", body, f"2026-03-11T0{hour + 4}:00:00Z")
        works.run("scrape_exploits", "check", "promote")

    works.serve_only("exploitdb", first, "2026-03-11T06:02:00Z")
    works.run("scrape_exploits", "check", "promote")

    assert (works.last_batch()["status"], works.last_batch()["removed"]) == ("promoted", 1)
    assert works.value("SELECT count(*) FROM patchfirst.exploitdb") == 30
    assert works.value("SELECT count(DISTINCT raw_id) FROM company.batches") == 3


def test_of_two_files_with_the_same_last_change_the_later_one_is_in_force(works: Works) -> None:
    for numbers in (range(100, 130), range(100, 129)):
        works.serve_only("exploitdb", exploits(*numbers), "2026-03-11T04:00:00Z")
        works.brain.admin.execute("UPDATE company.raw_documents SET headers = '{}'")
        works.run("scrape_exploits", "check", "promote")

    assert works.value("SELECT count(*) FROM patchfirst.exploitdb") == 29


def test_the_edition_after_one_without_a_stamp_is_not_taken_for_an_older_one(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bare(monkeypatch)
    without = kev_of(301, "2026-03-11T05:00:00Z").replace(b"dateReleased", b"released")
    works.take_in("kev", kev_of(300))
    between = works.take_in("kev", without, "2026-03-11T05:00:00Z")

    after = works.take_in("kev", kev_of(302, "2026-03-11T06:00:00Z"), "2026-03-11T06:00:00Z")

    assert [batch["status"] for batch in (between, after)] == ["promoted", "promoted"]
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 302


def test_an_edition_that_was_never_replaced_is_unchanged_however_often_it_comes(works: Works) -> None:
    works.serve_only("exploitdb", exploits(*range(100, 130)), "2026-03-11T04:00:00Z")
    works.run("scrape_exploits", "check", "promote")
    works.serve_only("exploitdb", exploits(*range(100, 130)), "2026-03-11T06:00:00Z")
    works.brain.admin.execute("UPDATE company.raw_documents SET headers = '{}'")

    works.run("scrape_exploits")

    assert works.value("SELECT count(*) FROM company.batches") == 1


def test_an_older_edition_counts_again_after_hours_in_which_its_publisher_served_no_other(works: Works) -> None:
    old, new = kev_of(299, "2026-03-10T17:00:00Z"), kev_of(300, "2026-03-11T05:00:00Z")
    works.take_in("kev", old)
    works.take_in("kev", new, "2026-03-11T05:00:00Z")
    works.serve_only("kev", old)

    for _ in range(6):
        works.run("scrape_kev", "check", "promote")
        works.brain.wait(hours=1)
    before = works.value("SELECT count(*) FROM patchfirst.kev")
    works.run("scrape_kev", "check", "promote")

    assert (before, works.value("SELECT count(*) FROM patchfirst.kev")) == (300, 299)
    assert _open(works) == ["older_edition:kev"]


def test_after_an_older_edition_the_newer_counts_at_once_when_it_comes_back(works: Works) -> None:
    old, new = kev_of(299, "2026-03-10T17:00:00Z"), kev_of(300, "2026-03-11T05:00:00Z")
    works.take_in("kev", old)
    works.take_in("kev", new, "2026-03-11T05:00:00Z")
    works.serve_only("kev", old)
    for _ in range(7):
        works.run("scrape_kev", "check", "promote")
        works.brain.wait(hours=1)

    works.take_in("kev", new, "2026-03-11T05:00:00Z")

    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300
    assert _open(works) == []


def test_an_edge_that_flaps_for_hours_never_confirms_the_older_edition(works: Works) -> None:
    old, new = kev_of(299, "2026-03-10T17:00:00Z"), kev_of(300, "2026-03-11T05:00:00Z")
    works.take_in("kev", old)
    works.take_in("kev", new, "2026-03-11T05:00:00Z")

    for _ in range(5):
        for body in (old, old, new):
            works.serve_only("kev", body, json.loads(body)["dateReleased"])
            works.run("scrape_kev", "check", "promote")
            works.brain.wait(hours=1)

    assert works.value("SELECT count(*) FROM company.batches") == 2


@pytest.mark.parametrize("changed", ["Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 2035 00:00:00 GMT", "yesterday", ""])
def test_what_a_server_says_of_a_files_age_is_believed_where_it_can_be(
    works: Works, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setattr("watchbill.cloud.feeds.format_datetime", lambda *_, **__: changed)
    works.serve_only("exploitdb", exploits(*range(100, 130)), "2026-03-11T04:00:00Z")
    works.run("scrape_exploits", "check", "promote")
    works.serve_only("exploitdb", exploits(*range(100, 129)), "2026-03-11T05:00:00Z")

    works.run("scrape_exploits", "check", "promote")

    assert works.value("SELECT count(*) FROM patchfirst.exploitdb") == 29
    assert works.value("SELECT min(age) BETWEEN interval '0' AND interval '1 hour' FROM company.source_freshness "
                       "WHERE source = 'exploitdb'")  # fmt: skip


def _changes(works: Works, *records: dict[str, Any]) -> None:
    hour = works.brain.now().replace(minute=0)
    is_part = bool(works.rows("SELECT id FROM company.batches"))
    works.show([Edition("cves", hour, lambda: tarred(*records), str(hour), is_part)])
    works.server._bodies.clear()
    works.run("scrape_cves", "check", "promote")
    works.brain.wait(hours=1)


def test_a_record_dated_into_the_future_is_read_and_blocks_no_later_change(works: Works) -> None:
    _changes(works, record(1, "2026-03-11T05:00:00Z", title="first"))
    _changes(works, record(1, "2031-01-01T00:00:00Z", title="of the future"))
    future = works.value("SELECT title FROM patchfirst.cves")
    unread = works.rows("SELECT field, count FROM company.unread_details WHERE field = 'updated_at'")

    _changes(works, record(1, "2026-03-11T06:30:00Z", title="corrected"))

    assert (future, unread) == ("of the future", [{"field": "updated_at", "count": 1}])
    assert works.value("SELECT title FROM patchfirst.cves") == "corrected"


def test_of_two_records_in_one_hour_the_one_of_the_future_is_put_aside(works: Works) -> None:
    _changes(
        works, record(1, "2031-01-01T00:00:00Z", title="of the future"), record(1, "2026-03-11T05:00:00Z", title="x")
    )

    assert works.value("SELECT title FROM patchfirst.cves") == "x"


RECORD = """
SELECT company.record_raw('kev', 'https://x.invalid', 'direct', repeat('0', 64), 1, 200, '{}',
  company.now() + interval '1 day', 'new', NULL, NULL)
"""


def test_nobody_keeps_an_edition_with_a_stamp_of_the_future(works_at_rest: Works) -> None:
    with refused("a_stamp_is_not_of_the_future"):
        works_at_rest.brain.sql("scrape_kev", RECORD)
