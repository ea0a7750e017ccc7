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


def test_a_cve_that_left_every_feed_keeps_its_place_and_has_no_source(works: Works) -> None:
    works.take_in("kev", kev_of(1))
    undone = works.take_in("epss", epss_of(3))
    works.run("link")
    works.brain.owner.run("undo_batch", batch=undone["id"], reason="a wrong file")
    works.take_in("kev", kev_of(1, at="2026-03-10T18:00:00.1234Z", notes="more"), at="2026-03-10T18:00:00Z")

    (fire,) = works.run("link")

    assert fire["evidence"]["cves"] == 3
    assert works.rows("SELECT entity, sources FROM company.entities ORDER BY entity") == [
        {"entity": "CVE-2025-90000", "sources": ["kev"]},
        {"entity": "CVE-2025-90001", "sources": []},
        {"entity": "CVE-2025-90002", "sources": []},
    ]
    assert works.run("link")[0]["outcome"] == "skipped"


def test_what_was_promoted_while_it_was_at_work_is_linked_by_the_next_fire(works: Works) -> None:
    works.take_in("kev", kev_of(3))
    works.run("link")
    ended_later = "UPDATE company.sessions SET finished_at = company.now() + interval '1 minute' WHERE role = 'promote'"
    works.brain.admin.execute(ended_later)
    works.brain.wait(minutes=5)

    assert [fire["outcome"] for fire in works.run("link", "link")] == ["done", "skipped"]


def test_what_was_undone_while_it_was_at_work_is_unlinked_by_the_next_fire(works: Works) -> None:
    """An undoing is dated when it begins: link may have begun later and seen nothing of it."""
    undone = works.take_in("kev", kev_of(3))
    works.run("link")
    works.brain.owner.run("undo_batch", batch=undone["id"], reason="a wrong file")
    at_work = "UPDATE company.sessions SET started_at = company.now() + interval '1 minute' WHERE role = 'link'"
    works.brain.admin.execute(at_work)
    works.brain.wait(minutes=5)

    assert [fire["outcome"] for fire in works.run("link", "link")] == ["done", "skipped"]
    assert works.value("SELECT count(*) FROM company.entities WHERE sources <> '{}'") == 0
