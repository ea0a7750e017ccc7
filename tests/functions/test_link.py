"""link: ids and names across the sources, after a promotion."""

from tests.pipeline.works import Works, epss_of, kev_of


def test_an_id_that_both_feeds_know_is_one_entity(works: Works) -> None:
    works.take_in("kev", kev_of(3))
    works.take_in("epss", epss_of(5))

    (fire,) = works.run("link")

    assert (fire["evidence"]["cves"], fire["evidence"]["vendors_linked"]) == (5, 3)
    assert works.value("SELECT count(*) FROM company.entities WHERE sources = '{epss,kev}'") == 3


def test_without_a_promotion_it_skips(works: Works) -> None:
    (fire,) = works.run("link")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "nothing has been promoted yet")
