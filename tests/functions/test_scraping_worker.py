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


def test_kept_bytes_that_were_never_staged_are_staged_without_asking_again(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    admin = office.works.brain.admin
    for table in ("patchfirst.kev", "company.batch_checks", "company.batches"):
        admin.execute(f"TRUNCATE {table} CASCADE")
    office.run("scraping_manager")

    answer = office.run("scraping_worker")

    assert answer["evidence"]["editions"] == 1
    batch = office.works.last_batch()
    assert (batch["staged_by"], batch["rows_read"], batch["status"]) == ("scraping_worker", 30, "staged")


def test_an_errand_of_an_unknown_kind_goes_to_the_manager_untouched(office: Office) -> None:
    filed = {"mode": "scrape", "title": "dance", "payload": {"kind": "dance"}, "priority": 5, "dedupe_key": None}
    office.works.brain.as_role("scraping_manager").one("file_task", **filed, not_before=None)

    office.run("scraping_worker")

    [task] = office.rows("SELECT status, blocked_on, blocked_action FROM company.task_queue")
    assert (task["status"], task["blocked_on"]) == ("blocked", "scraping_manager")
    assert "dance" in task["blocked_action"]
