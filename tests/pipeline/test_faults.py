"""Every way in which a feed is known to fail: what is staged, what is not, and what is reported."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.pipeline.works import Works, adds_up, epss, epss_of, kev, kev_entry, kev_of
from watchbill.cloud.feeds import FeedFault

PAGE = b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD></HTML>\n" * 10
GOOD = kev_of(300)
LATER = "2026-03-11T06:00:00.1234Z"


def _without(key: str) -> bytes:
    return GOOD.replace(f'"{key}"'.encode(), b'"renamed"')


NOT_AN_EDITION = {
    "a page with status 200": ("kev", PAGE),
    "truncated": ("kev", GOOD[: len(GOOD) // 2]),
    "empty": ("kev", b""),
    "an empty list": ("kev", kev()),
    "a renamed key": ("kev", _without("dueDate")),
    "a cut gzip": ("epss", epss_of(300)[:-30]),
    "a page instead of a gzip": ("epss", PAGE),
    "a renamed column": ("epss", gzip.compress(gzip.decompress(epss_of(300)).replace(b"percentile", b"rank"))),
    "no rows": ("epss", epss()),
}


@pytest.mark.parametrize(("source", "body"), NOT_AN_EDITION.values(), ids=NOT_AN_EDITION.keys())
def test_what_is_no_edition_is_stored_reported_and_never_staged(works: Works, source: str, body: bytes) -> None:
    works.serve(source, body)

    (fire,) = works.run(f"scrape_{source}")

    assert (fire["outcome"], fire["evidence"]["malformed"], fire["evidence"]["rows"]) == ("done", 1, 0)
    (raw,) = works.rows("SELECT * FROM company.raw_documents")
    kept = works.cloud.client("s3").get_object(Bucket="works", Key=f"raw/{source}/{raw['sha256']}")
    assert kept["Body"].read() == body
    assert works.rows("SELECT * FROM company.batches") == []
    (finding,) = works.rows("SELECT * FROM company.findings")
    assert (finding["fingerprint"], finding["watcher"]) == (f"malformed:{source}", "scraping_manager")


@pytest.mark.parametrize(("source", "body"), NOT_AN_EDITION.values(), ids=NOT_AN_EDITION.keys())
def test_after_a_fault_the_next_edition_is_taken_and_the_finding_closed(works: Works, source: str, body: bytes) -> None:
    good = {"kev": GOOD, "epss": epss_of(300)}[source]
    works.serve(source, body)
    works.run(f"scrape_{source}", f"scrape_{source}")

    batch = works.take_in(source, good)

    assert (batch["status"], batch["promoted"]) == ("promoted", 300)
    assert works.value("SELECT count(*) FROM company.raw_documents WHERE verdict = 'malformed'") == 1
    assert works.value("SELECT closed_at IS NOT NULL FROM company.findings")


def test_a_refused_address_is_a_failure_with_that_reason(works: Works) -> None:
    works.serve("kev", GOOD)
    works.server.plant("kev", FeedFault("denied", works.brain.now(), change=lambda _: PAGE, status=403))

    (fire,) = works.run("scrape_kev")

    assert (fire["outcome"], fire["reason"]) == ("failed", "primary: refused with status 403")
    assert works.value("SELECT result FROM company.fetches") == "blocked"


def test_a_date_that_is_refused_is_not_there_yet_and_no_error(works: Works) -> None:
    works.take_in("epss", epss_of(300))
    works.brain.wait(hours=6)

    (fire,) = works.run("scrape_epss")

    assert (fire["outcome"], "2026-03-11 is not there yet" in fire["reason"]) == ("skipped", True)
    assert works.value("SELECT result FROM company.fetches ORDER BY id DESC LIMIT 1") == "not_yet"


def test_before_its_hour_the_days_edition_is_not_even_asked_for(works: Works) -> None:
    works.take_in("epss", epss_of(300))
    asked = len(works.server.requests)

    (fire,) = works.run("scrape_epss")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "the edition of 2026-03-11 is not expected before 12:00")
    assert len(works.server.requests) == asked


def test_an_edge_that_goes_back_in_time_removes_nothing(works: Works) -> None:
    old, new = kev_of(298, "2026-03-09T17:00:00.123Z"), GOOD
    works.take_in("kev", old)
    works.take_in("kev", new)

    works.serve_only("kev", kev_of(297, "2026-03-09T18:00:00.123Z"))
    (unknown,) = works.run("scrape_kev")
    works.serve_only("kev", old)
    (known,) = works.run("scrape_kev")

    assert [f["evidence"]["older"] for f in (unknown, known)] == [1, 1]
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300
    assert works.value("SELECT count(*) FROM patchfirst.kev_history") == 0


def _thrice() -> bytes:
    return kev_of(900, LATER)


def _fewer() -> bytes:
    return kev_of(200, LATER)


def _all_bad() -> bytes:
    return kev_of(300, LATER, dateAdded="2031-01-01")


@pytest.mark.parametrize(
    ("make", "check"),
    [(_thrice, "rows_did_not_multiply"), (_fewer, "keys_remain"), (_all_bad, "details_can_be_read")],
)
def test_an_edition_that_is_too_different_is_held_whole(works: Works, make: Callable[[], bytes], check: str) -> None:
    works.take_in("kev", GOOD)

    batch = works.take_in("kev", make())

    assert (batch["status"], batch["held"], batch["promoted"]) == ("held", batch["rows_read"], 0)
    assert check in batch["reason"]
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300
    assert (
        works.value("SELECT watcher FROM company.findings WHERE fingerprint = %(f)s", f=f"held:{batch['id']}")
        == "data_auditor"
    )


@pytest.mark.parametrize("off", [-1, 1])
def test_an_edition_that_states_another_number_of_entries_is_held(works: Works, off: int) -> None:
    works.take_in("kev", GOOD)
    document = json.loads(kev_of(301, LATER))

    batch = works.take_in("kev", json.dumps({**document, "count": 301 + off}).encode(), LATER)

    assert (batch["status"], batch["promoted"]) == ("held", 0)
    assert f"301 entries, and the edition says {301 + off}" in batch["reason"]
    assert works.value("SELECT kind FROM company.findings WHERE closed_at IS NULL") == "held_batch"


@pytest.mark.parametrize("count", [None, "unknown", [301]])
def test_an_edition_whose_number_of_entries_cannot_be_read_is_taken(works: Works, count: Any) -> None:
    document = json.loads(kev_of(301, LATER))

    assert works.take_in("kev", json.dumps({**document, "count": count}).encode(), LATER)["status"] == "promoted"


def test_a_first_edition_is_held_too_when_all_of_it_is_wrong(works: Works) -> None:
    batch = works.take_in("epss", epss(*(f"CVE-2025-{90000 + n},7,0.5" for n in range(300))))

    assert (batch["status"], batch["held"]) == ("held", 300)


def test_an_id_that_comes_twice_keeps_the_entry_that_was_added_first(works: Works) -> None:
    later = kev_entry(1, dateAdded="2026-03-01", product="Cloud")
    batch = works.take_in("kev", kev(later, *(kev_entry(n) for n in range(50))))

    assert (batch["promoted"], batch["quarantined"], adds_up(batch)) == (50, 1, True)
    assert works.value("SELECT product FROM patchfirst.kev WHERE cve = 'CVE-2025-90001'") == "Edge Firewall"
    (row,) = works.rows("SELECT * FROM company.quarantine")
    assert (row["row_no"], row["check_name"], json.loads(row["raw"])["product"]) == (1, "no_row_twice", "Cloud")


def test_a_due_date_before_the_date_added_is_only_noted(works: Works) -> None:
    batch = works.take_in("kev", kev(kev_entry(1, dueDate="2020-01-01"), kev_entry(2)))

    assert (batch["status"], batch["promoted"]) == ("promoted", 2)
    (check,) = works.rows("SELECT * FROM company.batch_checks WHERE check_name = 'kev_due_after_added'")
    assert (check["is_ok"], check["severity"], check["failed"]) == (False, "warn", 1)


def test_numbers_beyond_their_range_are_quarantined_one_by_one(works: Works) -> None:
    rows = [f"CVE-2025-{90000 + n},0.1,0.5" for n in range(300)]
    batch = works.take_in(
        "epss", epss(*rows, "CVE-2025-95001,1.2,0.5", "CVE-2025-95002,-0.2,0.5", "CVE_2025_95003,0.2,0.5")
    )

    assert (batch["promoted"], batch["quarantined"], adds_up(batch)) == (300, 3, True)


def test_a_quarantined_row_that_is_right_in_a_later_batch_is_resolved_by_it(works: Works) -> None:
    rows = [f"CVE-2025-{90000 + n},0.1,0.5" for n in range(300)]
    works.take_in("epss", epss(*rows, "CVE-2025-95001,1.2,0.5"))
    works.brain.wait(hours=7)

    works.take_in("epss", epss(*rows, "CVE-2025-95001,0.2,0.5", at="2026-03-11T12:55:00Z"), "2026-03-11T12:55:00Z")

    assert works.value("SELECT status FROM company.quarantine") == "resolved"


def test_a_server_that_fails_once_is_asked_again(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    works.serve("kev", GOOD)
    waits: list[float] = []

    def recover(seconds: float) -> None:
        waits.append(seconds)
        works.server.heal("kev")

    monkeypatch.setattr("company.pipeline.asking.fetch.time.sleep", recover)
    works.server.plant("kev", FeedFault("busy", works.brain.now(), status=503))

    (fire,) = works.run("scrape_kev")

    assert (fire["outcome"], waits) == ("done", [0.5])


def test_a_server_that_stays_down_is_given_up_after_three_tries(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("company.pipeline.asking.fetch.time.sleep", lambda _: None)
    works.serve("kev", GOOD)
    works.server.plant("kev", FeedFault("down", works.brain.now(), status=503))

    (fire,) = works.run("scrape_kev")

    assert fire["outcome"] == "failed"
    assert len(works.server.requests) == 3
    assert works.rows("SELECT result FROM company.fetches") == [{"result": "failed"}]


def test_an_unchanged_list_costs_one_conditional_request(works: Works) -> None:
    works.take_in("kev", GOOD)

    (fire,) = works.run("scrape_kev")

    assert (fire["outcome"], works.server.requests[-1].status) == ("skipped", 304)
    assert works.value("SELECT count(*) FROM company.raw_documents") == 1


def test_the_same_bytes_without_an_etag_are_known_by_their_digest(works: Works) -> None:
    works.take_in("kev", GOOD)
    works.brain.admin.execute("UPDATE company.raw_documents SET headers = '{}'")

    (fire,) = works.run("scrape_kev")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "these bytes are known")
    assert works.value("SELECT count(*) FROM company.batches") == 1


def test_a_reader_that_breaks_does_not_stop_the_run(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("oops")

    source = works.fire.container("scrape_kev").vertical().source("kev")
    monkeypatch.setitem(source.__dict__, "parse", broken)
    works.serve("kev", GOOD)

    (fire,) = works.run("scrape_kev")

    assert fire["outcome"] == "done"
    assert works.value("SELECT reason FROM company.raw_documents") == "the reader failed: ZeroDivisionError: oops"


def test_a_new_model_is_noted_and_does_not_hold_the_batch(works: Works) -> None:
    works.take_in("epss", epss_of(300, 0.1))
    works.brain.wait(hours=7)

    batch = works.take_in(
        "epss", epss_of(300, 0.4, at="2026-03-11T12:55:00Z", model="v2026.06.15"), "2026-03-11T12:55:00Z"
    )

    assert (batch["status"], batch["promoted"]) == ("promoted", 300)
    (check,) = works.rows(
        "SELECT * FROM company.batch_checks WHERE check_name = 'the_method_is_the_same' AND NOT is_ok"
    )
    assert (check["severity"], check["batch_id"]) == ("warn", batch["id"])
