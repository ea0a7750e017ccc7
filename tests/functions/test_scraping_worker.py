"""scraping_worker: scrape tasks, each closed with its result."""

from dataclasses import replace

import pytest

from company.pipeline.asking.scraping import fetch_day
from patchfirst.vertical import VERTICAL
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of
from watchbill.cloud.feeds import FeedFault

NEW_FORMAT = kev_of(30).replace(b"cveID", b"cve_id")


def test_a_fire_without_a_task_is_skipped(office: Office) -> None:
    answer = office.run("scraping_worker")

    assert (answer["outcome"], answer["reason"]) == ("skipped", "no scrape task waits")


def test_a_changed_format_becomes_a_build_task_with_the_sample(office: Office) -> None:
    office.works.serve("kev", NEW_FORMAT)
    office.works.run("scrape_kev")
    office.run("scraping_manager")

    answer = office.run("scraping_worker")

    assert answer["evidence"]["build_tasks"] == 1
    [task] = office.rows("SELECT payload, created_by FROM company.task_queue WHERE mode = 'build'")
    assert (task["payload"]["raw_id"], task["created_by"]) == (1, "scraping_worker")
    assert "renamed" in task["payload"]["reason"]


def test_a_bench_compares_the_routes_side_by_side(office: Office) -> None:
    office.works.serve("kev", kev_of(30))
    filed = {"mode": "scrape", "title": "compare", "priority": 5, "dedupe_key": None}
    payload = {"kind": "bench", "source": "kev"}
    office.works.brain.as_role("scraping_manager").value("file_task", **filed, payload=payload, not_before=None)

    answer = office.run("scraping_worker")

    assert (answer["evidence"]["benches"], answer["evidence"]["probes"]) == (1, 3)
    [probes] = office.rows("SELECT count(*) AS n, bool_and(is_ok) AS ok FROM company.route_probes WHERE source = 'kev'")
    assert (probes["n"], probes["ok"]) == (3, True)
    [task] = office.rows("SELECT result FROM company.task_queue")
    assert task["result"]["showed"].startswith("kev: primary 3 of 3, ")


def _miss_the_9th(office: Office) -> None:
    """The editions of 8 and 10 March came; nobody fetched the one between them."""
    for day in ("2026-03-08", "2026-03-10"):
        office.works.take_in("epss", epss_of(40, at=f"{day}T12:55:00Z"), at=f"{day}T12:55:00Z")
    office.run("scraping_manager")


def test_a_missed_edition_is_fetched_and_kept_and_replaces_nothing(office: Office) -> None:
    _miss_the_9th(office)
    office.works.serve("epss", epss_of(40, score=0.9, at="2026-03-09T12:55:00Z"), at="2026-03-09T12:55:00Z")

    answer = office.run("scraping_worker")
    office.works.run("check", "promote")

    assert answer["evidence"]["editions"] == 1
    [kept] = office.rows("SELECT verdict, fetched_by FROM company.raw_documents WHERE edition_at::date = '2026-03-09'")
    assert (kept["verdict"], kept["fetched_by"]) == ("older", "scraping_worker")
    assert office.value("SELECT count(*) FROM company.batches") == 2
    assert office.value("SELECT max(epss) FROM patchfirst.epss") < 0.5
    assert office.run("scraping_manager", days=1)["evidence"]["missed_editions"] == 0


def test_a_late_part_of_a_stream_of_changes_is_staged(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _miss_the_9th(office)
    office.works.serve("epss", epss_of(40, score=0.9, at="2026-03-09T12:55:00Z"), at="2026-03-09T12:55:00Z")
    of_changes = replace(VERTICAL.source("epss"), is_delta=True)
    monkeypatch.setattr("scraping_worker.tools.fetch_day", lambda fire, _, day: fetch_day(fire, of_changes, day))

    office.run("scraping_worker")

    assert office.works.last_batch()["staged_by"] == "scraping_worker"
    showed = "SELECT result ->> 'showed' FROM company.task_queue WHERE payload ->> 'kind' = 'edition'"
    assert office.value(showed).endswith("40 rows staged")


def test_an_edition_that_no_route_has_is_reported_as_missing_and_asked_for_again(office: Office) -> None:
    _miss_the_9th(office)

    office.run("scraping_worker")

    [task] = office.rows("SELECT status, result FROM company.task_queue WHERE payload ->> 'kind' = 'edition'")
    assert (task["status"], task["result"]["showed"]) == ("complete", "epss, edition of 9 Mar: no route has it")
    assert office.run("scraping_manager", days=1)["evidence"]["missed_editions"] == 1


def test_a_missed_edition_that_cannot_be_read_goes_to_the_builders(office: Office) -> None:
    _miss_the_9th(office)
    office.works.serve("epss", b"<html>no</html>", at="2026-03-09T12:55:00Z")

    answer = office.run("scraping_worker")

    assert (answer["outcome"], answer["evidence"]["build_tasks"]) == ("done", 1)
    assert office.rows("SELECT FROM company.findings WHERE kind = 'malformed_source'") == []


def test_a_missed_edition_of_a_source_that_does_not_answer_is_a_failed_task(office: Office) -> None:
    _miss_the_9th(office)
    office.works.server.plant("epss", FeedFault("gone", office.works.brain.now(), status=410))

    office.run("scraping_worker")

    [task] = office.rows("SELECT status, result FROM company.task_queue WHERE payload ->> 'kind' = 'edition'")
    assert task["status"] == "failed" and "did not come: primary: status 410" in task["result"]["reason"]


def test_a_task_of_an_unknown_kind_goes_to_the_manager_untouched(office: Office) -> None:
    filed = {"mode": "scrape", "title": "dance", "payload": {"kind": "dance"}, "priority": 5, "dedupe_key": None}
    office.works.brain.as_role("scraping_manager").one("file_task", **filed, not_before=None)

    office.run("scraping_worker")

    [task] = office.rows("SELECT status, blocked_on, blocked_action FROM company.task_queue")
    assert (task["status"], task["blocked_on"]) == ("blocked", "scraping_manager")
    assert "dance" in task["blocked_action"]
