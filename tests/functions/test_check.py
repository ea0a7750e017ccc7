"""check: staged rows are checked before any of them is promoted."""

from tests.pipeline.works import Works, epss_of, kev_of


def test_every_staged_batch_is_checked_in_one_fire_and_by_check(works: Works) -> None:
    works.serve("kev", kev_of(30))
    works.serve("epss", epss_of(30))
    works.run("scrape_kev", "scrape_epss")

    (fire,) = works.run("check")

    assert fire["evidence"] == {"batches": 2, "held_batches": 0, "rows": 60, "quarantined": 0}
    assert works.rows("SELECT DISTINCT status, checked_by FROM company.batches") == [
        {"status": "checked", "checked_by": "check"}
    ]


def test_with_nothing_staged_it_skips(works: Works) -> None:
    (fire,) = works.run("check")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "no batch is staged")
