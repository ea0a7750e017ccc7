"""A manager's book checks one finished task in each fire; a task that shows no work is filed again, once."""

from typing import Any

import pytest

from company.pages.why import why
from tests.functions.office import Office
from tests.pipeline.works import epss, kev, kev_entry
from tests.support.acts import close_task, task_fields
from tests.support.drafts import given_session

MANAGERS = {
    "data_manager": ("data", "data_worker"),
    "scraping_manager": ("scrape", "scraping_worker"),
    "build_manager": ("build", "build_worker"),
    "research_manager": ("research", "research_worker"),
    "content_manager": ("content", "content_worker"),
}


def _finished(office: Office, role: str, result: dict[str, Any], **payload: Any) -> int:
    """A task of the manager's domain that its worker has closed as complete."""
    brain, (mode, worker) = office.works.brain, MANAGERS[role]
    brain.as_role(role).one("file_task", mode=mode, title="look", **task_fields(payload=payload))
    session = given_session(brain, worker)
    task = brain.as_role(worker).one("claim_task", mode=mode, session_id=session, lease_seconds=400)
    assert task is not None
    close_task(brain, worker, task["id"], session, result=result)
    return int(task["id"])


@pytest.mark.parametrize("role", MANAGERS)
def test_a_task_whose_result_shows_what_was_done_holds(office: Office, role: str) -> None:
    task = _finished(office, role, {"showed": "3 of 3 answered"})

    answer = office.run(role)

    assert (answer["evidence"]["verified"], answer["evidence"]["doubtful"]) == (1, 0)
    [kept] = office.rows("SELECT task_id, holds, showed FROM company.verifications")
    assert kept == {"task_id": task, "holds": True, "showed": "3 of 3 answered"}


@pytest.mark.parametrize("role", MANAGERS)
def test_a_task_that_was_only_closed_is_asked_for_again_once(office: Office, role: str) -> None:
    task = _finished(office, role, {}, kind="draft", topic="due_soon")

    answer = office.run(role)

    assert answer["evidence"]["doubtful"] == 1
    [again] = office.rows("SELECT * FROM company.task_queue WHERE title = 'Again: look'")
    assert (again["status"], again["payload"]["again_of"]) == ("pending", task)
    note = office.value("SELECT body FROM company.inbox WHERE kind = 'note'")
    assert note.startswith("1 finished task did not hold; ")


def test_the_story_of_a_task_names_who_verified_it(office: Office) -> None:
    task = _finished(office, "scraping_manager", {"showed": "3 of 3 answered"})
    office.run("scraping_manager")

    story = why(office.works.brain.owner, f"T-{task}")

    assert story.events[-1].who == "scraping_manager"
    assert story.events[-1].what == "holds: looked at its result: 3 of 3 answered"


def test_what_did_not_hold_twice_is_escalated(office: Office) -> None:
    task = _finished(office, "data_manager", {}, again_of=7)

    office.run("data_manager")

    assert office.value("SELECT count(*) FROM company.task_queue") == 1
    [escalation] = office.rows("SELECT to_role, evidence FROM company.inbox WHERE kind = 'escalation'")
    assert (escalation["to_role"], escalation["evidence"]["task_id"]) == ("ceo", task)


def test_rows_closed_as_resolved_are_looked_up_in_force(office: Office) -> None:
    lines = [f"CVE-2025-{90000 + n},0.1,0.5" for n in range(30)]
    office.works.take_in("epss", epss(*lines, "CVE_2025_90003,0.1,0.5"))
    office.run("data_manager")
    office.run("data_worker")
    office.works.brain.admin.execute("UPDATE company.quarantine SET entity = 'CVE-2025-99999'")

    answer = office.run("data_manager")

    assert answer["evidence"]["doubtful"] == 1
    showed = office.value("SELECT showed FROM company.verifications")
    assert showed == "1 row closed as resolved with nothing in force: CVE-2025-99999"


def test_rows_with_their_row_in_force_hold(office: Office) -> None:
    office.works.take_in("kev", kev(*(kev_entry(n % 9) for n in range(10))))
    office.run("data_manager")
    office.run("data_worker")

    answer = office.run("data_manager")

    assert (answer["evidence"]["verified"], answer["evidence"]["doubtful"]) == (1, 0)
