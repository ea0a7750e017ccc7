"""scraping_worker: errands at the sources, each ended with what it showed."""

from tests.functions.office import Office
from tests.pipeline.works import kev_of

NEW_FORMAT = kev_of(30).replace(b"cveID", b"cve_id")


def test_no_errand_is_a_skip(office: Office) -> None:
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


def test_a_bench_tells_the_routes_side_by_side(office: Office) -> None:
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


def test_an_errand_of_an_unknown_kind_goes_to_the_manager_untouched(office: Office) -> None:
    filed = {"mode": "scrape", "title": "dance", "payload": {"kind": "dance"}, "priority": 5, "dedupe_key": None}
    office.works.brain.as_role("scraping_manager").one("file_task", **filed, not_before=None)

    office.run("scraping_worker")

    [task] = office.rows("SELECT status, blocked_on, blocked_action FROM company.task_queue")
    assert (task["status"], task["blocked_on"]) == ("blocked", "scraping_manager")
    assert "dance" in task["blocked_action"]
