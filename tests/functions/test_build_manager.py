"""build_manager: what fails becomes one task, what is settled ends, and what waits is reported in figures."""

from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Outcome
from company.pages.why import why
from tests.functions.office import Office
from tests.functions.workshop import build_task, edition, rename
from tests.pipeline.works import kev_of

NOTE = "SELECT body FROM company.inbox WHERE from_role = 'build_manager' ORDER BY id DESC LIMIT 1"


def test_a_day_without_changes_is_reported_in_figures(office: Office) -> None:
    office.deploy("build_manager", "heartbeat")
    office.run("heartbeat")

    answer = office.run("build_manager")

    assert answer["outcome"] == "done"
    assert (answer["evidence"]["tasks_open"], answer["evidence"]["changes_waiting"]) == (0, 0)
    assert answer["evidence"]["deployed"] == 2
    assert office.value(NOTE).startswith("nothing changed; next: nothing waits; 0 tasks open")


def test_a_proved_change_is_reported_as_not_deployed(office: Office) -> None:
    rename(office)
    office.run("build_worker")
    office.run("build_auditor")

    answer = office.run("build_manager")

    assert (answer["evidence"]["changes_proved"], answer["evidence"]["undeployed"]) == (1, 1)
    assert "; next: 1 proved change not deployed: its approval decides; " in office.value(NOTE)


def test_a_check_that_stops_two_editions_in_a_row_becomes_one_task(office: Office) -> None:
    office.works.take_in("kev", kev_of(100))
    for hour in (18, 19):
        office.works.take_in("kev", kev_of(40 + hour, at=f"2026-03-10T{hour}:00:00Z"), at=f"2026-03-10T{hour}:00:00Z")

    first, second = office.run("build_manager"), office.run("build_manager")

    assert (first["evidence"]["filed"], second["evidence"]["filed"]) == (1, 0)
    task = build_task(office)
    assert task["dedupe_key"] == "check:kev:keys_remain"
    assert "2 editions of kev in a row" in task["title"]


def test_pages_that_do_not_leave_become_one_task_until_one_leaves(office: Office) -> None:
    _page(office, 1, "refused")
    once = office.run("build_manager")["evidence"]["filed"]
    _page(office, 2, "refused")
    twice = office.run("build_manager")["evidence"]["filed"]
    task = build_task(office)
    _page(office, 3, "sent")
    office.run("build_manager")

    assert (once, twice) == (0, 1)
    assert task["title"] == "2 pages in a row for a customer did not leave"
    assert (task["payload"]["showed"], task["payload"]["rows_affected"]) == ("no such address", 2)
    assert build_task(office)["status"] == "stale"


def _page(office: Office, number: int, status: str) -> None:
    """A page of the one customer, as it ended a minute later."""
    office.works.brain.wait(minutes=1)
    with office.works.brain.admin as past_every_rule:
        past_every_rule.execute("SET session_replication_role = replica")
        past_every_rule.execute(
            "INSERT INTO company.customers (name, email, kind, filters) VALUES ('a customer', 'a@x.invalid', 'brief',"
            " '{}') ON CONFLICT DO NOTHING"
        )
        past_every_rule.execute(
            "INSERT INTO company.deliveries (customer_id, occasion, covers_from, covers_to, kind, subject, body, items,"
            " status, outbox_id, written_at, ended_at, reason)"
            " SELECT max(id), 'daily', company.now() - interval '1 day', company.now(), 'brief', 's', 'b', '[{}]',"
            " %(status)s, %(number)s, company.now(), company.now(), 'no such address' FROM company.customers",
            {"status": status, "number": number},
        )


def test_a_role_that_crashes_again_and_again_becomes_a_task_until_it_works(office: Office) -> None:
    def crashes(_: Fire) -> Outcome:
        raise RuntimeError("the plug was pulled")

    for n in range(3):
        office.works.brain.wait(minutes=1)
        with pytest.raises(RuntimeError):
            office.works.fire("link", crashes, request_id=f"crashes-{n}")

    office.run("build_manager")
    filed = build_task(office)
    office.run("link")
    office.run("build_manager")

    assert (filed["dedupe_key"], filed["payload"]["role"]) == ("crash:link", "link")
    assert "the plug was pulled" in filed["payload"]["showed"]
    assert build_task(office)["status"] == "stale"
    assert "link works again" in _result(build_task(office))


def test_a_task_about_a_source_that_is_readable_again_is_stale(office: Office) -> None:
    rename(office)
    office.works.serve_only("kev", edition(19), at="2026-03-10T19:00:00Z")
    office.works.run("scrape_kev")

    answer = office.run("build_manager")

    assert answer["evidence"]["ended"] == 1
    assert build_task(office)["status"] == "stale"
    assert "readable editions again" in _result(build_task(office))


def test_of_two_tasks_about_one_document_the_first_stays(office: Office) -> None:
    manager = office.works.brain.as_role("build_manager")
    for check in ("keys_remain", "rows_did_not_multiply"):
        about = {"kind": "check_fails", "source": "kev", "check": check, "raw_id": 7}
        filed = {"mode": "build", "title": check, "payload": about, "priority": 5, "dedupe_key": f"check:kev:{check}"}
        manager.one("file_task", **filed, not_before=None)

    answer = office.run("build_manager")

    first, second = office.rows("SELECT id, status, superseded_by FROM company.task_queue ORDER BY id")
    assert (answer["evidence"]["ended"], first["status"]) == (1, "pending")
    assert (second["status"], second["superseded_by"]) == ("superseded", first["id"])


def test_a_refused_change_is_escalated_once_in_the_auditors_wording(office: Office) -> None:
    rename(office, count=15)
    office.run("build_worker")
    office.run("build_auditor")

    office.run("build_manager")
    office.run("build_manager")

    [escalation] = office.rows("SELECT to_role, evidence FROM company.inbox WHERE kind = 'escalation'")
    assert escalation["to_role"] == "ceo"
    assert escalation["evidence"]["showed"] == "15 rows are read, the last good document has 30"


def test_the_whole_story_of_a_change_can_be_read(office: Office) -> None:
    rename(office)
    office.run("build_worker")
    office.run("build_auditor")

    change, task = why(office.works.brain.owner, "C-1"), why(office.works.brain.owner, f"T-{build_task(office)['id']}")

    lines = [f"{event.who}: {event.what}" for event in change.events]
    assert [line.split(":")[0] for line in lines] == [
        "scraping_worker",
        "build_worker",
        "build_worker",
        *["build_auditor"] * 2,
    ]
    assert lines[2] == 'build_worker: the change: -dateAdded = ["dateAdded"]  +dateAdded = ["dateAdded", "date_added"]'
    assert "test without it fails, with it passes" in lines[3]
    assert "the approval of deploy decides" in change.still_open[0]
    assert any("C-1 proved" in event.what for event in task.events)


def test_the_watcher_of_the_source_reports_what_the_builders_did(office: Office) -> None:
    rename(office)
    office.run("build_worker")

    office.run("scraping_manager")
    office.run("scraping_manager")

    answer = office.finding("malformed_source")["answer"]
    assert answer.endswith("the builders: C-1 written: dateAdded comes as date_added.")
    scrape_tasks = "SELECT count(*) FROM company.task_queue WHERE mode = 'scrape' AND dedupe_key LIKE 'malformed:%%'"
    assert office.value(scrape_tasks) == 1


def _result(task: dict[str, Any]) -> str:
    return str(task["result"]["reason"])
