"""When a source is stale: one finding, for the right watcher, closed when the source is fresh again."""

from company.vertical import Customer
from tests.pipeline.works import Works, epss_of, kev_of


def _stale(works: Works) -> list[dict[str, object]]:
    return works.rows("SELECT * FROM company.findings WHERE kind = 'stale_source' ORDER BY id")


def test_a_source_that_gives_nothing_newer_is_a_finding_for_its_manager(works: Works) -> None:
    works.take_in("epss", epss_of(50))
    works.brain.wait(hours=12)

    works.run("scrape_epss", "scrape_epss")

    (finding,) = _stale(works)
    assert (finding["fingerprint"], finding["watcher"], finding["level"]) == ("stale:epss", "scraping_manager", "today")
    assert (finding["title"], finding["times_seen"]) == ("epss is 30 h old (limit 29 h)", 2)


def test_the_finding_is_closed_once_a_newer_edition_is_in_force(works: Works) -> None:
    works.take_in("epss", epss_of(50))
    works.brain.wait(hours=12)
    works.run("scrape_epss")

    works.take_in("epss", epss_of(50, at="2026-03-11T12:55:00Z"), "2026-03-11T12:55:00Z")
    works.run("scrape_epss")

    (finding,) = _stale(works)
    assert (finding["resolution"], finding["closed_by"]) == (
        "a newer edition is in force",
        "scrape_epss",
    )


def test_a_first_load_that_is_stale_is_promoted_with_a_finding(works: Works) -> None:
    batch = works.take_in("kev", kev_of(50, "2025-08-25T17:04:19.979Z", dateAdded="2025-02-01"))

    assert batch["status"] == "promoted"
    assert [f["fingerprint"] for f in _stale(works)] == ["stale:kev"]


def test_a_finding_says_of_when_the_edition_is_that_is_read_now(works: Works) -> None:
    works.brain.wait(hours=97)
    works.run("scrape_kev")
    [before] = _stale(works)

    works.take_in("kev", kev_of(50, "2026-03-01T17:00:00.1234Z"))
    works.run("scrape_kev")

    [after] = _stale(works)
    assert after["id"] == before["id"] and "nothing of kev" in str(before["effect"])
    assert "kev of Sun 1 Mar 17:00" in str(after["effect"])


def test_a_source_without_any_edition_is_no_error_until_its_limit_has_passed(works: Works) -> None:
    (first,) = works.run("scrape_kev")
    assert _stale(works) == []

    works.brain.wait(hours=97)
    works.run("scrape_kev")

    assert (first["outcome"], "nothing has been published" in first["reason"]) == ("skipped", True)
    assert [f["title"] for f in _stale(works)] == ["kev: no edition has come yet, for 97 h (limit 96 h)"]


def test_each_source_shows_its_age_beside_its_limit(works: Works) -> None:
    works.take_in("kev", kev_of(50))

    (row,) = [r for r in works.brain.owner.all("source_freshness") if r["source"] == "kev"]

    assert (row["has_edition"], row["is_stale"], row["last_result"], row["fresh_within"].days) == (
        True,
        False,
        "new",
        4,
    )
    assert row["age"] == works.brain.now() - row["edition_at"]


def test_a_stale_source_is_named_on_the_page(works: Works) -> None:
    works.take_in("kev", kev_of(5, "2025-08-25T17:04:19.979Z", dateAdded="2025-02-01"))
    works.run("link", "score")
    works.open_for(Customer("Alder Bank", "security@alder-bank.invalid", "brief", {"vendors": ["Harbourgate"]}))

    works.run("deliver")

    (page,) = works.rows("SELECT * FROM company.deliveries")
    assert "KEV stale" in page["subject"]
    assert "Note: CISA KEV is 197 days old (limit 4 days); this page uses its edition of" in page["body"]
