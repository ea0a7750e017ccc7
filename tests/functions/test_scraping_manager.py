"""scraping_manager: a stale source is looked into before anything is said of it."""

from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of


def test_a_stale_source_is_answered_with_what_was_asked_and_a_probe(office: Office) -> None:
    office.works.take_in("epss", epss_of(40), at="2026-03-10T12:55:00Z")
    office.works.brain.wait(hours=30)
    office.works.run("scrape_epss")

    office.run("scraping_manager")
    first = office.finding("stale_source")
    office.run("scraping_worker")
    office.run("scraping_manager")

    assert first["answered_by"] == "scraping_manager"
    assert "not yet (403)" in first["answer"]
    assert "tries every route" in first["answer"]
    second = office.finding("stale_source")["answer"]
    assert "10 Mar 200, 11 Mar 403 from our address: not blocked" in second


def test_sources_are_reported_with_age_beside_limit(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))

    answer = office.run("scraping_manager")

    assert (answer["evidence"]["sources"], answer["evidence"]["requests"]) == (2, 1)
    assert "kev 14 h of 96 h" in office.value("SELECT body FROM company.inbox WHERE from_role = 'scraping_manager'")


def test_a_silent_heartbeat_is_told_to_the_ceo_at_once(office: Office) -> None:
    office.deploy("heartbeat", "scraping_manager")
    office.run("heartbeat")

    office.run("scraping_manager", minutes=20)
    late = office.finding("stale_beat")
    office.run("heartbeat")
    office.run("scraping_manager")

    assert (late["watcher"], late["level"], late["accused"]) == ("ceo", "ring", "heartbeat")
    assert office.finding("stale_beat")["closed_by"] == "scraping_manager"
