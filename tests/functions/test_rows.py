"""data_worker: a row whose decision failed is no row that was looked at, and its task is not complete."""

import pytest

from tests.functions.office import Office
from tests.pipeline.works import kev, kev_entry
from tests.support.acts import close_task
from tests.support.drafts import given_session

OPEN = "SELECT count(*) FROM company.quarantine WHERE status = 'open'"


def _refuses(office: Office, *, rows: str = "true") -> None:
    """The brain refuses to close rows from now on, all or some of them."""
    office.works.brain.admin.execute(
        f"""CREATE OR REPLACE FUNCTION public.refuse_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF {rows} THEN
            PERFORM company.refuse('quarantine_is_worked_by_data_worker', 'somebody else does not');
          END IF;
          RETURN NEW; END $$;
        CREATE OR REPLACE TRIGGER refuse_rows BEFORE UPDATE ON company.quarantine
        FOR EACH ROW EXECUTE FUNCTION public.refuse_rows()"""
    )


def _quarantined(office: Office) -> None:
    """Three duplicates are quarantined, and the manager files their task."""
    office.works.take_in("kev", kev(*(kev_entry(n % 9) for n in range(12))))
    office.run("data_manager")


@pytest.mark.parametrize(("refused", "left"), [("true", 3), ("OLD.id = (SELECT min(id) FROM company.quarantine)", 1)])
def test_a_task_with_a_refused_row_is_tried_again_and_never_complete(office: Office, refused: str, left: int) -> None:
    _quarantined(office)
    _refuses(office, rows=refused)

    answer = office.run("data_worker")

    [task] = office.rows("SELECT status, result FROM company.task_queue")
    assert (task["status"], office.value(OPEN)) == ("pending", left)
    assert task["result"]["failed"] == left == answer["evidence"]["items_failed"]
    assert "quarantine_is_worked_by_data_worker" in task["result"]["reason"]


def test_rows_that_were_refused_are_looked_at_again_by_the_next_attempt(office: Office) -> None:
    _quarantined(office)
    _refuses(office)
    office.run("data_worker")
    _refuses(office, rows="false")

    office.run("data_worker", hours=1)

    assert (office.value("SELECT status FROM company.task_queue"), office.value(OPEN)) == ("complete", 0)


def test_a_row_that_is_refused_at_every_attempt_fails_its_task_and_the_manager_says_so(office: Office) -> None:
    _quarantined(office)
    _refuses(office)
    for _ in range(office.value("SELECT max_attempts FROM company.task_queue")):
        worked = office.run("data_worker", hours=1)["evidence"]

    office.run("data_manager")

    status = office.value("SELECT status FROM company.task_queue ORDER BY id LIMIT 1")
    assert (status, worked["rows"]) == ("failed", 0)
    body = office.value("SELECT body FROM company.inbox WHERE from_role = 'data_manager' ORDER BY id DESC LIMIT 1")
    assert "0 done, 1 failed" in body


def test_a_complete_task_whose_rows_are_still_open_does_not_hold(office: Office) -> None:
    _quarantined(office)
    session = given_session(office.works.brain, "data_worker")
    claim = {"mode": "data", "session_id": session, "lease_seconds": 400}
    task = office.works.brain.as_role("data_worker").one("claim_task", **claim)
    assert task is not None
    close_task(office.works.brain, "data_worker", task["id"], session, result={"discarded": 3})

    answer = office.run("data_manager")

    assert answer["evidence"]["doubtful"] == 1
    showed = office.value("SELECT showed FROM company.verifications")
    assert showed == "3 rows of kev still open, though the task is complete"
