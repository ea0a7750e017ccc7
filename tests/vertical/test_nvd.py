"""NVD: pages of a window, an open set of states, entries without metrics, and a cursor moved only by the last page."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from company.vertical import Malformed, NothingNew
from patchfirst.sources.nvd import first_page, next_page, parse, total
from tests.pipeline.test_changes import page

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
URL = "https://api.invalid/cves"


def entry_of(**changes: Any) -> bytes:
    cve = {"id": "CVE-2025-90001", "lastModified": "2026-03-11T05:00:00.000", "metrics": {}, **changes}
    head = {"startIndex": 0, "totalResults": 1, "timestamp": "2026-03-11T06:00:00.000"}
    return json.dumps({**head, "vulnerabilities": [{"cve": cve}]}).encode()


def test_an_unknown_state_is_data_and_empty_metrics_are_no_score() -> None:
    (row,) = parse(entry_of(vulnStatus="Sent Back To Bed")).rows

    assert (row[2], row[3], row[7]) == ("Sent Back To Bed", None, None)


def test_nvds_own_score_comes_before_that_of_others() -> None:
    metrics = [
        {"type": "Secondary", "source": "a", "cvssData": {"version": "3.1", "baseScore": 5}},
        {"type": "Primary", "source": "nvd@nist.gov", "cvssData": {"version": "3.1", "baseScore": 8}},
    ]

    (row,) = parse(entry_of(metrics={"cvssMetricV31": metrics})).rows

    assert (row[7], row[9]) == (8.0, "NVD")


def test_only_the_last_page_moves_the_cursor_to_its_own_time() -> None:
    assert parse(page(0, 5, 1, 2)).edition_at == datetime(2026, 3, 11, 5, tzinfo=UTC)
    assert parse(page(3, 5, 1, 2)).edition_at == datetime(2026, 3, 11, 6, tzinfo=UTC)


def test_an_empty_window_is_nothing_new() -> None:
    with pytest.raises(NothingNew):
        parse(page(0, 0))


@pytest.mark.parametrize("body", [b'{"vulnerabilities": {}}', b'{"vulnerabilities": []}', b"{", b"[]"])
def test_what_is_no_page_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)


def test_a_window_begins_a_day_before_what_we_have_and_never_spans_more_than_120_days() -> None:
    assert "lastModStartDate=2026-03-10T06%3A00%3A00.000%2B00%3A00" in first_page(URL, NOW - timedelta(hours=6), NOW)
    assert "lastModStartDate=2026-03-04" in first_page(URL, None, NOW)


def test_after_a_long_pause_every_day_is_asked_for() -> None:
    away = first_page(URL, NOW - timedelta(days=500), NOW)
    (row,) = parse(entry_of(lastModified="2025-02-20T05:00:00.000")).rows

    assert "lastModStartDate=2024-10-26" in away
    assert "lastModEndDate=2025-02-22" in away
    assert parse(entry_of(lastModified="2025-02-20T05:00:00.000")).edition_at == row[4]


def test_the_next_page_begins_after_this_one_and_after_the_last_there_is_none() -> None:
    first = first_page(URL, None, NOW)

    assert next_page(first, page(0, 3, 1, 2)) == first.replace("startIndex=0", "startIndex=2")
    assert next_page(first, page(2, 3, 3)) is None
    assert total(page(2, 3, 3)) == 3


@pytest.mark.parametrize(
    ("name", "rows"),
    [("cves-fullpage", 38), ("cves-startIndex0-200of220273-2023-07-13", 200), ("cves-cveId-CVE-2023-0001", 1)],
)
def test_recorded_pages_are_read_whole(real_bodies: Any, name: str, rows: int) -> None:
    parsed = parse(real_bodies(f"nvd/{name}.json.gz"))

    assert (len(parsed.rows), parsed.rejects) == (rows, [])
