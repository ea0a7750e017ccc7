"""ingest_worker: stored documents without a batch are staged, and rows are compared with their bytes."""

from typing import Any

import pytest

from tests.functions.office import Office
from tests.pipeline.works import kev_of
from tests.support.refusals import refused


def _unstage(office: Office) -> None:
    """As if the session had crashed between storing the bytes and staging the rows."""
    office.works.take_in("kev", kev_of(30))
    office.works.unstage()


def _reported(office: Office) -> list[dict[str, Any]]:
    return office.rows("SELECT * FROM company.inbox WHERE from_role = 'ingest_worker' AND kind = 'escalation'")


def test_with_nothing_stored_and_nothing_staged_the_fire_is_skipped(office: Office) -> None:
    answer = office.run("ingest_worker")

    assert answer["outcome"] == "skipped"


def test_stored_bytes_that_were_never_staged_are_staged_without_asking_again(office: Office) -> None:
    _unstage(office)

    answer = office.run("ingest_worker")

    assert (answer["evidence"]["staged_documents"], answer["evidence"]["rows"]) == (1, 30)
    batch = office.works.last_batch()
    assert (batch["staged_by"], batch["rows_read"], batch["status"]) == ("ingest_worker", 30, "staged")


def test_rows_are_compared_with_their_bytes_once(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))

    first, second = office.run("ingest_worker"), office.run("ingest_worker")

    assert (first["evidence"]["reconciled_batches"], first["evidence"]["differing_batches"]) == (1, 0)
    assert second["outcome"] == "skipped"


def test_a_batch_that_differs_from_its_bytes_is_reported_with_both_numbers(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.brain.admin.execute("DELETE FROM patchfirst.kev_staging WHERE row_no = 7")

    answer = office.run("ingest_worker")

    assert answer["evidence"]["differing_batches"] == 1
    [reported] = _reported(office)
    assert "its bytes give 30, staging holds 29" in reported["body"]
    assert reported["to_role"] == "scraping_manager"


def test_bytes_that_cannot_be_read_any_more_are_skipped_and_reported(office: Office) -> None:
    _unstage(office)
    sha256 = office.value("SELECT sha256 FROM company.raw_documents")
    office.works.cloud.client("s3").put_object(Bucket="works", Key=f"raw/kev/{sha256}", Body=b"<html>gone</html>")

    answer, again = office.run("ingest_worker"), office.run("ingest_worker")

    assert (answer["evidence"]["staged_documents"], answer["evidence"]["unreadable_documents"]) == (0, 1)
    assert again["outcome"] == "skipped"
    [reported] = _reported(office)
    assert "cannot be staged" in reported["subject"]


def test_a_document_is_staged_once_when_two_try(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    edition = office.value("SELECT edition_at FROM company.raw_documents")

    with refused("a_document_is_staged_once"):
        office.works.brain.as_role("ingest_worker").run(
            "open_batch", source="kev", raw_id=1, edition_at=edition, version=None, session_id=None, is_whole=False
        )


@pytest.mark.parametrize("role", ["scraping_worker", "data_worker"])
def test_nobody_else_records_that_rows_match_their_bytes(office: Office, role: str) -> None:
    office.works.take_in("kev", kev_of(30))

    with refused("raw_and_staged_are_reconciled_by_ingest_worker"):
        office.works.brain.as_role(role).value("record_reconciliation", batch=1, rows_in_raw=30, session_id=None)


def test_it_does_not_compare_what_it_staged_itself(office: Office) -> None:
    _unstage(office)
    office.run("ingest_worker")
    batch = office.works.last_batch()["id"]

    with refused("nobody_reconciles_what_they_staged"):
        office.works.brain.as_role("ingest_worker").value(
            "record_reconciliation", batch=batch, rows_in_raw=30, session_id=None
        )


def test_cleared_staging_is_not_compared(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.brain.admin.execute("UPDATE company.batches SET staging_dropped_at = company.now()")

    with refused("staging_that_was_cleared_is_not_reconciled"):
        office.works.brain.as_role("ingest_worker").value(
            "record_reconciliation", batch=1, rows_in_raw=30, session_id=None
        )
