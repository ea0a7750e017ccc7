"""A source whose fires fail, or whose edition waits: who is told, since when, and what customers miss."""

from typing import Any

import pytest

from company.vertical import Customer
from tests.functions.office import Office
from tests.pipeline.works import Works, epss_of, kev_of
from tests.support.poison import poisoned
from watchbill.cloud.feeds import FeedFault

NEXT = "2026-03-11T09:00:00Z"
ANSWERED_THIS_NOON = """
INSERT INTO company.fetches (source, url, route, result, by_role, at)
SELECT source, 'https://x.invalid', 'primary', 'new', role, company.now() - interval '10 hours'
FROM company.source_machines;
INSERT INTO company.slots (schedule, due_at, role, watcher, status, reason, started_at, finished_at, ended_at)
SELECT DISTINCT m.role, company.now() - interval '1 hour', m.role, r.watched_by, 'skipped', 'had it', company.now(),
  company.now(), company.now()
FROM company.source_machines m JOIN company.roster r ON r.role = m.role
"""
CUSTOMERS = [Customer(f"Harbour {name}", f"{name}@x.invalid", "brief", {}) for name in ("Bank", "Clinic")]


def _trouble(works: Works, source: str = "kev") -> dict[str, Any] | None:
    """What stands in the way of a source. The question of each beat never says no where one is stuck."""
    found = works.brain.owner.all("source_troubles")
    assert _may_be_stuck(works) or not any(row["is_stuck"] for row in found)
    return next((dict(row) for row in found if row["source"] == source), None)


def _may_be_stuck(works: Works) -> bool:
    [row] = works.brain.admin.execute("SELECT company.may_be_stuck(company.now()) AS it_may").fetchall()
    return bool(row["it_may"])


def _cannot_be_staged(office: Office, fires: int) -> None:
    """An edition comes, and each fire of its machine fails at staging it."""
    office.works.take_in("kev", kev_of(50))
    office.works.serve("kev", kev_of(51, at=NEXT), NEXT)
    office.works.brain.wait(hours=3)
    with poisoned(office.works.brain, "batches", "NEW.source = 'kev'", on="INSERT"):
        for _ in range(fires):
            office.run("scrape_kev", hours=1)


def test_a_source_whose_last_fire_succeeded_has_no_trouble(works: Works) -> None:
    works.take_in("kev", kev_of(50))

    assert _trouble(works) is None


def test_every_failed_fire_of_a_source_is_counted_from_the_first(office: Office) -> None:
    _cannot_be_staged(office, fires=3)

    trouble = _trouble(office.works)

    assert trouble is not None
    assert (trouble["failing_times"], trouble["failing_what"], trouble["is_stuck"]) == (3, "fires", False)
    assert "poisoned row" in trouble["failing_reason"]
    assert (trouble["waiting_state"], trouble["waiting_edition"].isoformat()) == (
        "not staged",
        "2026-03-11T09:00:00+00:00",
    )


def test_beyond_its_limit_it_is_a_finding_that_names_who_misses_what(office: Office) -> None:
    office.works.open_for(*CUSTOMERS)
    _cannot_be_staged(office, fires=9)

    office.run("heartbeat")

    stuck = office.finding("stuck_source")
    assert (stuck["subject"], stuck["level"], stuck["watcher"]) == ("kev", "today", "scraping_manager")
    assert (
        stuck["effect"] == "Harbour Bank and Harbour Clinic read kev of Tue 10 Mar 17:00, and miss what changed since"
    )
    office.run("scraping_manager")
    assert "poisoned row" in office.finding("stuck_source")["answer"]


def test_it_is_closed_when_the_edition_is_in_force(office: Office) -> None:
    _cannot_be_staged(office, fires=9)
    office.run("heartbeat")

    office.run("ingest_worker")
    office.works.run("check", "promote", "scrape_kev")
    office.run("heartbeat")

    assert _trouble(office.works) is None
    assert office.finding("stuck_source")["resolution"] == "nothing stands in the way of kev any more"


def test_an_item_that_fails_for_one_source_says_which_customers_miss_what(office: Office) -> None:
    office.works.open_for(*CUSTOMERS)
    _cannot_be_staged(office, fires=1)

    failed = office.finding("item_failed")

    assert (
        failed["effect"] == "Harbour Bank and Harbour Clinic read kev of Tue 10 Mar 17:00, and miss what changed since"
    )


def test_a_source_is_not_told_for_the_failure_of_another_of_its_machine(office: Office) -> None:
    office.works.serve("exploitdb", b"id,codes\n")
    office.works.serve("nuclei", b"{}\n")
    with poisoned(office.works.brain, "raw_documents", "NEW.source = 'nuclei'", on="INSERT"):
        office.run("scrape_exploits")

    assert _trouble(office.works, "nuclei") is not None
    assert _trouble(office.works, "metasploit") is None


def test_a_source_that_answered_in_a_fire_that_failed_for_another_is_not_failing(office: Office) -> None:
    office.works.server.plant("metasploit", FeedFault("blocked", office.works.brain.now(), status=403))

    office.run("scrape_exploits")
    again = office.run("scrape_exploits", hours=6)

    assert again["outcome"] == "failed"
    assert _trouble(office.works, "metasploit") is not None
    assert _trouble(office.works, "nuclei") is None


def test_a_machine_that_crashes_leaves_no_request_and_is_told(office: Office) -> None:
    office.works.take_in("epss", epss_of(50))
    office.deploy("scrape_epss", "scraping_worker")
    office.run("heartbeat")
    for _ in range(3):
        office.run("heartbeat", hours=3)

    trouble = _trouble(office.works, "epss")

    assert trouble is not None
    assert (trouble["failing_what"], trouble["failing_times"] > 1, trouble["is_stuck"]) == ("fires", True, True)


@pytest.mark.parametrize(
    "otherwise",
    [
        "UPDATE company.slots SET due_at = due_at - interval '8 hours' WHERE schedule = 'scrape_epss'",
        "UPDATE company.slots SET status = 'failed' WHERE schedule = 'scrape_epss'",
        "UPDATE company.fetches SET result = 'failed', reason = 'x' WHERE source = 'epss'",
    ],
)
def test_a_source_that_had_its_edition_and_is_not_asked_again_may_not_be_stuck(works: Works, otherwise: str) -> None:
    with works.brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(ANSWERED_THIS_NOON)
    assert not _may_be_stuck(works)

    with works.brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(otherwise.encode())
    assert _may_be_stuck(works)


def test_an_edition_that_nobody_checks_waits_for_the_manager_of_data(office: Office) -> None:
    office.works.take_in("kev", kev_of(50))
    office.works.serve("kev", kev_of(51, at=NEXT), NEXT)
    office.run("scrape_kev", hours=3)

    office.run("heartbeat", hours=8)

    trouble = _trouble(office.works)
    assert trouble is not None
    assert (trouble["waiting_state"], trouble["failing_since"]) == ("not checked", None)
    assert office.finding("stuck_source")["watcher"] == "data_manager"


def test_an_edition_on_its_way_for_minutes_is_no_trouble(office: Office) -> None:
    office.works.take_in("kev", kev_of(50))
    office.works.serve("kev", kev_of(51, at=NEXT), NEXT)

    office.run("scrape_kev", hours=3)

    assert _trouble(office.works) is None


def test_an_edition_that_is_held_is_told_at_once_with_its_reason(office: Office) -> None:
    office.works.take_in("kev", kev_of(50))
    office.works.serve("kev", kev_of(20, at=NEXT), NEXT)
    office.run("scrape_kev", hours=3)
    office.works.run("check")

    trouble = _trouble(office.works)

    assert trouble is not None
    assert (trouble["waiting_state"], "keys_remain" in trouble["waiting_reason"]) == ("held", True)


def test_a_refused_request_is_told_and_not_yet_is_an_answer(office: Office) -> None:
    office.run("scrape_kev")
    assert _trouble(office.works) is None

    office.works.take_in("kev", kev_of(50))
    office.works.serve("kev", b"<html>denied</html>", NEXT)
    office.run("scrape_kev", hours=3)

    trouble = _trouble(office.works)
    assert trouble is not None
    assert (trouble["failing_what"], trouble["failing_times"]) == ("requests", 1)


def test_a_page_that_cannot_be_written_names_its_customer(office: Office) -> None:
    office.works.take_in("epss", epss_of(50))
    office.works.run("score")
    office.works.open_for(*CUSTOMERS)
    with poisoned(office.works.brain, "deliveries", "NEW.customer_id = 1", on="INSERT"):
        office.run("deliver")

    assert office.finding("item_failed")["effect"] == "Harbour Bank waits for a page"


def test_more_than_four_customers_are_counted(office: Office) -> None:
    names = ("A", "B", "C", "D", "E", "F")
    office.works.open_for(*(Customer(name, f"{name}@x.invalid", "brief", {}) for name in names))
    _cannot_be_staged(office, fires=1)

    assert office.finding("item_failed")["effect"].startswith("A, B, C, D and 2 more read kev of Tue 10 Mar 17:00")


def test_no_page_tells_a_customer_that_nothing_is_new_while_something_waits(office: Office) -> None:
    _cannot_be_staged(office, fires=9)
    office.works.run("link", "score")
    office.works.open_for(*CUSTOMERS)

    office.run("deliver")

    [page, _] = office.rows("SELECT subject, body FROM company.deliveries ORDER BY id")
    assert "Nothing new for you since" not in page["body"]
    assert "10 March 2026 17:00Z" in page["body"]
    assert ": nothing new in what was read" in page["subject"]
    assert "KEV behind" in page["subject"]
