"""promote: checked batches into canonical."""

from tests.pipeline.works import Works, epss_of, kev_of


def test_every_checked_batch_is_promoted_in_one_fire(works: Works) -> None:
    works.serve("kev", kev_of(30))
    works.serve("epss", epss_of(30))
    works.run("scrape_kev", "scrape_epss", "check")

    (fire,) = works.run("promote")

    assert (fire["evidence"]["batches"], fire["evidence"]["promoted"]) == (2, 60)
    assert (
        works.value("SELECT count(*) FROM patchfirst.kev") == works.value("SELECT count(*) FROM patchfirst.epss") == 30
    )


def test_what_is_staged_but_not_checked_is_not_promoted(works: Works) -> None:
    works.serve("kev", kev_of(30))
    works.run("scrape_kev")

    (fire,) = works.run("promote")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "no batch is checked and waiting")
