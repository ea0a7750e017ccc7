"""deliver: nothing is sent before there is something to report and a customer who is due."""

from tests.pipeline.works import Works, kev_of


def test_before_anything_is_scored_nothing_is_sent(works: Works) -> None:
    works.open_for()

    (fire,) = works.run("deliver")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "nothing is scored yet")


def test_without_customers_it_skips(works: Works) -> None:
    works.open_for()
    works.take_in("kev", kev_of(3))
    works.run("score")

    (fire,) = works.run("deliver")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "no customer is due and nothing important happened")
