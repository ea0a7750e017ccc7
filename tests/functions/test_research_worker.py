"""research_worker: the product's studies, asked of what is in force and of what was known then."""

from datetime import datetime, timedelta

from tests.functions.office import Office
from tests.pipeline.works import epss, kev, kev_entry

DAY = datetime(2026, 3, 11)


def _entries(vendor: str, count: int, first: int, days_ago: int) -> list[dict[str, object]]:
    added = (DAY - timedelta(days=days_ago)).date().isoformat()
    return [kev_entry(first + n, vendorProject=vendor, dateAdded=added) for n in range(count)]


def _take_in(office: Office) -> None:
    """Two vendors with five old entries each; one of them has six new ones."""
    old = [*_entries("Quillstone", 5, 0, 400), *_entries("Vellmora", 5, 10, 400)]
    office.works.take_in("kev", kev(*old, *_entries("Vellmora", 6, 20, 10)))
    office.works.run("link", "score")


def test_a_vendor_with_rising_entries_is_proposed_with_its_numbers(office: Office) -> None:
    _take_in(office)

    answer = office.run("research_worker")

    assert (answer["evidence"]["studies"], answer["evidence"]["proposals"]) == (3, 1)
    [proposal] = office.rows("SELECT study, subject, title, numbers, looked_at FROM company.proposals")
    assert (proposal["study"], proposal["subject"], proposal["looked_at"]) == ("rising_vendors", "Vellmora", 2)
    assert proposal["numbers"] == {"recent": 6, "expected": 0.41, "times": 12}
    assert proposal["title"] == "Vellmora: 6 entries added to KEV in 60 days where 0.41 were usual"


def test_the_same_pattern_is_not_proposed_again_tomorrow(office: Office) -> None:
    _take_in(office)
    office.run("research_worker")

    answer = office.run("research_worker", days=1)

    assert (answer["evidence"]["proposals"], answer["evidence"]["known"]) == (0, 1)


def test_a_miss_is_judged_by_the_order_of_the_day_before(office: Office) -> None:
    lines = [f"CVE-2025-{90000 + n},{0.9 - n / 2000:.4f},0.5" for n in range(1200)]
    office.works.take_in("epss", epss(*lines), at="2026-03-10T12:55:00Z")
    office.works.take_in("kev", kev(*(kev_entry(n) for n in range(5))))
    office.works.run("link", "score")
    came = [kev_entry(n, dateAdded="2026-03-10") for n in (7, 1150)]
    office.works.take_in("kev", kev(*(kev_entry(n) for n in range(5)), *came, at="2026-03-10T18:00:00Z"))
    office.works.run("link", "score")

    office.run("research_worker")

    [miss] = office.rows("SELECT title, numbers FROM company.proposals WHERE study = 'score_misses'")
    assert (miss["numbers"]["came"], miss["numbers"]["missed"], miss["numbers"]["share"]) == (2, 1, 0.5)
    assert miss["title"].startswith("1 of 2 CVEs that became known exploited")


def test_each_source_is_weighed_by_what_the_top_would_be_without_it(office: Office) -> None:
    lines = [f"CVE-2025-{90000 + n},0.01,0.5" for n in range(150)]
    office.works.take_in("epss", epss(*lines), at="2026-03-10T12:55:00Z")
    office.works.take_in("kev", kev(*(kev_entry(n) for n in range(120, 150))))
    office.works.run("link", "score")

    office.works.brain.wait(minutes=1)
    rows = {
        r["subject"]: r
        for r in office.works.brain.as_role("research_worker").all(
            "study_marginal_sources", until=office.works.brain.now()
        )
    }

    assert (rows["kev"]["top"], rows["kev"]["replaceable"]) == (100, 70)
    assert rows["epss"]["replaceable"] == 100


def test_a_task_to_measure_again_gives_the_numbers_of_then_and_now(office: Office) -> None:
    _take_in(office)
    payload = {"kind": "measure_again", "study": "rising_vendors", "subject": "Vellmora", "numbers": {"recent": 3}}
    filed = {"mode": "research", "title": "again", "payload": payload, "priority": 5, "dedupe_key": None}
    office.works.brain.as_role("research_manager").one("file_task", **filed, not_before=None)

    office.run("research_worker")

    [task] = office.rows("SELECT status, result FROM company.task_queue WHERE mode = 'research'")
    assert task["status"] == "complete"
    assert task["result"]["showed"] == "Vellmora: recent 3 then, 6 now"


def test_a_day_without_data_is_told_with_how_much_was_looked_at(office: Office) -> None:
    answer = office.run("research_worker")

    assert answer["outcome"] == "done"
    assert (answer["evidence"]["looked_at"], answer["evidence"]["proposals"]) == (0, 0)
