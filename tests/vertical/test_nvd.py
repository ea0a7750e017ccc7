"""NVD: pages of a window, an open set of states, entries without metrics, and a cursor moved only by the last page."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from company.vertical import Malformed, NothingNew
from patchfirst.sources.nvd import first_page, halves, ids, next_page, parse, piece_of_the_past, total, window
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


def test_a_page_is_stamped_by_when_it_was_made() -> None:
    assert parse(page(0, 5, 1, 2)).edition_at == datetime(2026, 3, 11, 6, tzinfo=UTC)
    assert parse(entry_of(lastModified="2099-01-01T00:00:00.000")).edition_at == datetime(2026, 3, 11, 6, tzinfo=UTC)


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
    begin, end = window(first_page(URL, NOW - timedelta(days=500), NOW))
    following, _ = window(first_page(URL, end, NOW))

    assert begin == NOW - timedelta(days=501)
    assert end - begin < timedelta(days=120)
    assert following < end


def test_a_window_is_halved_down_to_an_hour() -> None:
    url = first_page(URL, None, NOW)
    whole, (earlier, later) = window(url), (window(half) for half in halves(url) or ())

    assert (earlier[0], later[1]) == whole
    assert earlier[1] == later[0]
    while halved := halves(url):
        url = halved[0]
    begin, end = window(url)
    assert timedelta() < end - begin <= timedelta(hours=1)


def test_the_pulls_of_eight_days_read_119_days_of_the_past_again() -> None:
    read = sorted(window(piece_of_the_past(URL, NOW + n * timedelta(hours=2))) for n in range(96))
    until = read[0][1]
    for begin, end in read[1:]:
        assert begin <= until, "no moment is left out"
        until = max(until, end)

    assert read[0][0] < NOW - timedelta(days=110)
    assert until > NOW


def test_every_entry_of_a_page_has_a_name_also_one_that_cannot_be_read() -> None:
    entries = [{"cve": {"id": "CVE-2025-90001"}}, {"cve": {"id": "CVE-of-nobody"}}, {"cve": {}}, {"cve": 3}, None, 7]
    body = json.dumps({"startIndex": 0, "totalResults": 6, "vulnerabilities": entries}).encode()

    assert len(set(ids(body))) == 6


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
