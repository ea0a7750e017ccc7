"""scrape_kev: the hourly request for the list of known exploited vulnerabilities."""

from tests.pipeline.works import Works, kev_of


def test_a_new_edition_becomes_one_sealed_batch_and_nothing_more(works: Works) -> None:
    works.serve("kev", kev_of(30))

    (fire,) = works.run("scrape_kev")

    assert fire["evidence"] == {"requests": 1, "rows": 30, "rejected": 0, "new": 1}
    batch = works.last_batch()
    assert (batch["status"], batch["rows_staged"], batch["staged_by"], batch["held"]) == (
        "staged",
        30,
        "scrape_kev",
        30,
    )
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 0


def test_the_bytes_are_in_the_bucket_under_their_digest(works: Works) -> None:
    body = kev_of(30)
    works.serve("kev", body)

    works.run("scrape_kev")

    (raw,) = works.rows("SELECT * FROM company.raw_documents")
    kept = works.cloud.client("s3").get_object(Bucket="works", Key=f"raw/kev/{raw['sha256']}")
    assert (kept["Body"].read(), raw["size"], raw["verdict"]) == (body, len(body), "new")


def test_what_was_no_edition_is_over_when_the_source_answers_that_we_have_its_newest(works: Works) -> None:
    works.serve("kev", kev_of(30))
    works.run("scrape_kev")
    works.serve_only("kev", b"<html>busy</html>")
    works.run("scrape_kev")
    works.serve_only("kev", kev_of(30))

    works.run("scrape_kev")

    [found] = works.rows("SELECT closed_at, resolution FROM company.findings WHERE kind = 'malformed_source'")
    assert found["closed_at"] is not None
    assert works.value("SELECT count(*) FROM company.batches") == 1
