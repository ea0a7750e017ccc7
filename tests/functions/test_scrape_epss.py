"""scrape_epss: the day's file, requested by its date."""

from tests.pipeline.works import Works, epss_of


def test_without_any_edition_it_takes_the_newest_one(works: Works) -> None:
    works.serve("epss", epss_of(30))

    works.run("scrape_epss")

    assert works.server.requests[-1].path == "/epss/epss_scores-current.csv.gz"
    assert works.last_batch()["version"] == "v2025.03.14"


def test_later_it_asks_for_the_days_that_it_lacks_the_newest_first(works: Works) -> None:
    works.take_in("epss", epss_of(30, at="2026-03-08T12:55:00Z"), "2026-03-08T12:55:00Z")
    works.brain.wait(hours=6)

    works.run("scrape_epss")

    assert [asked.path[-17:-7] for asked in works.server.requests[1:]] == ["2026-03-11", "2026-03-10"]


def test_a_stale_source_is_reported_even_when_there_is_nothing_to_ask(works: Works) -> None:
    works.take_in("epss", epss_of(30, at="2026-03-10T00:00:00Z"), "2026-03-10T00:00:00Z")

    (fire,) = works.run("scrape_epss")

    assert fire["outcome"] == "skipped"
    assert works.value("SELECT fingerprint FROM company.findings") == "stale:epss"
