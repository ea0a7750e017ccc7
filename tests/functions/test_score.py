"""score: one pass over everything, after a promotion."""

from tests.pipeline.works import Works, epss_of, kev_of


def test_everything_that_a_feed_knows_is_scored(works: Works) -> None:
    works.take_in("kev", kev_of(3))
    works.take_in("epss", epss_of(5))

    (fire,) = works.run("score")

    assert fire["evidence"] == {"looked_at": 5, "added": 5, "changed": 0, "removed": 0}


def test_without_a_promotion_it_skips(works: Works) -> None:
    (fire,) = works.run("score")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "nothing has been promoted yet")
