"""What one writer of a source puts under a digest or a batch's number is never in another writer's way."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from company.errors import BrainError
from tests.pipeline.works import Works, kev, kev_entry
from tests.support.acts import open_finding
from tests.support.brains import run_sql
from tests.support.races import standing_open, wait_until_blocked
from tests.support.refusals import refused

ROW = "INSERT INTO patchfirst.kev_staging (batch_id, row_no, cve) VALUES (%(batch)s, %(row)s, 'CVE-2025-99999')"
NEXT = "SELECT coalesce(max(id), 0) + 1 AS id FROM company.batches"
RECORD = """
SELECT company.record_raw('kev', 'https://x.invalid', 'direct', %(sha256)s, 1, 200, '{}', %(at)s, %(verdict)s, 'no',
  NULL)
"""


def put_row(works: Works, role: str, batch: int, row: int = 1) -> None:
    works.brain.sql(role, ROW, batch=batch, row=row)


@pytest.mark.parametrize("role", ["scraping_worker", "ingest_worker", "scrape_kev"])
def test_nobody_puts_rows_under_a_batch_that_is_not_yet_there(works: Works, role: str) -> None:
    with refused("rows_are_staged_into_ones_own_open_batch"):
        put_row(works, role, works.value(NEXT))

    assert works.take_in("kev", kev(kev_entry(1)))["status"] == "promoted"


@pytest.mark.parametrize("role", ["scraping_worker", "scrape_kev"])
def test_nobody_puts_rows_into_a_sealed_batch(works: Works, role: str) -> None:
    works.serve_only("kev", kev(kev_entry(1)), "2026-03-10T17:00:00Z")
    works.run("scrape_kev")

    with refused("rows_are_staged_into_ones_own_open_batch"):
        put_row(works, role, works.last_batch()["id"], row=7)


def test_one_statement_stages_rows_of_one_batch(works: Works) -> None:
    works.serve_only("kev", kev(kev_entry(1)), "2026-03-10T17:00:00Z")
    works.run("scrape_kev")
    batch = works.last_batch()["id"]

    with refused("rows_are_staged_into_ones_own_open_batch"):
        works.brain.sql("scrape_kev", ROW + ", (%(batch)s + 1, 7, 'CVE-2025-99998')", batch=batch, row=7)


def open_batch(works: Works) -> int:
    """A batch of the source's own that is being staged, with one row."""
    recorded = works.brain.sql("scrape_kev", RECORD, sha256="1" * 64, verdict="new", at="2026-03-10")
    opened = "SELECT company.open_batch('kev', %(raw)s, '2026-03-10', NULL, NULL) AS id"
    [batch] = works.brain.sql("scrape_kev", opened, raw=recorded[0]["record_raw"])
    put_row(works, "scrape_kev", batch["id"])
    return int(batch["id"])


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_who_seals_a_batch_waits_for_rows_that_are_not_committed(works: Works, isolation: str) -> None:
    batch, sealer = open_batch(works), works.brain.connect("scrape_kev")
    late = standing_open(works.brain, "scrape_kev")
    late.connection.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}".encode())
    run_sql(late.connection, ROW.replace("99999", "99998"), batch=batch, row=2)

    with ThreadPoolExecutor(max_workers=1) as pool:
        sealing = pool.submit(run_sql, sealer.connection, f"SELECT company.seal_batch({batch}, 1)")
        wait_until_blocked(works.brain, sealer, sealing)
        late.connection.execute("COMMIT")
        sealing.result()
    works.brain.sql("check", f"SELECT company.check_frame({batch})")

    found = "SELECT is_ok, detail FROM company.batch_checks WHERE check_name = 'rows_are_all_there'"
    assert works.rows(found) == [{"is_ok": False, "detail": "2 of 1 staged rows found"}]


def test_who_seals_a_batch_counts_what_is_rejected_at_that_moment(works: Works) -> None:
    batch, sealer = open_batch(works), works.brain.connect("scrape_kev")
    late = standing_open(works.brain, "scrape_kev")
    run_sql(late.connection, f"SELECT company.reject_rows({batch}, '{{2}}', '{{x}}', '{{unreadable}}', '{{x}}')")

    with ThreadPoolExecutor(max_workers=1) as pool:
        sealing = pool.submit(run_sql, sealer.connection, f"SELECT company.seal_batch({batch}, 1)")
        wait_until_blocked(works.brain, sealer, sealing)
        late.connection.execute("COMMIT")
        sealing.result()

    assert (works.last_batch()["rows_read"], works.last_batch()["quarantined"]) == (2, 1)


def test_a_transaction_that_began_before_the_sealing_stages_nothing_after_it(works: Works) -> None:
    batch, late = open_batch(works), standing_open(works.brain, "scrape_kev")
    late.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    late.connection.execute("SELECT FROM company.batches")
    works.brain.sql("scrape_kev", "SELECT company.seal_batch(%(b)s::bigint, 1)", b=batch)

    for statement in (ROW, "SELECT company.reject_rows(%(batch)s, '{2}', '{x}', '{unreadable}', '{x}')"):
        with pytest.raises(BrainError, match="could not serialize access"), late.connection.transaction():
            run_sql(late.connection, statement, batch=batch, row=2)


@pytest.mark.parametrize("stamp", ["infinity", "-infinity", "9999-12-31"])
def test_the_stamp_of_an_edition_is_in_the_calendar(works: Works, stamp: str) -> None:
    with refused("a_time_is_in_the_calendar"):
        works.brain.sql("scrape_kev", RECORD, sha256="0" * 64, verdict="older", at=stamp)


def test_a_feed_of_a_year_that_nobody_can_store_is_read_as_of_when_it_came(works: Works) -> None:
    batch = works.take_in("kev", kev(kev_entry(1), at="9998-03-10T17:00:00.1Z"))

    assert (batch["status"], batch["edition_at"].year) == ("promoted", 2026)


@pytest.mark.parametrize(("verdict", "at"), [("malformed", None), ("older", "2026-03-10T17:00:00Z")])
def test_another_writers_verdict_on_some_bytes_stops_no_edition(works: Works, verdict: str, at: Any) -> None:
    body = kev(kev_entry(1))
    digest = hashlib.sha256(body).hexdigest()
    works.brain.sql("scraping_worker", RECORD, sha256=digest, verdict=verdict, at=at)

    assert works.take_in("kev", body)["status"] == "promoted"


def test_a_promotion_is_undone_though_its_finding_has_its_name_taken(works: Works) -> None:
    batch = works.take_in("kev", kev(kev_entry(1)))
    open_finding(works.brain, "data_auditor", fingerprint=f"taken_back:{batch['id']}", kind="odd")

    works.brain.as_role("data_auditor").run("undo_batch", batch=batch["id"], reason="it was a mistake")

    assert works.last_batch()["status"] == "undone"
    [reported] = works.rows("SELECT found_by, by_database FROM company.findings WHERE kind = 'taken_back'")
    assert reported == {"found_by": "data_auditor", "by_database": True}
