"""Each line of a task's trail is of a task that is there: no login can delete the one or make the other up."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from company.brain import Brain
from tests.support.acts import LEASE_SECONDS, claim, close_task, file_task, held_task, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import NO_RIGHT, refused

STAYS, NUMBER, BY_HAND = "a_task_with_a_trail_stays", "a_task_keeps_its_number", "only_the_queue_writes_its_trail"
DELETE = "DELETE FROM company.task_queue"
WRITE = "INSERT INTO company.task_events (task_id, by_role, to_status) VALUES (1000000, 'data_worker', 'complete')"
COPY = "COPY company.task_events (task_id, by_role, to_status) FROM STDIN"
ATTACKS = (DELETE, "UPDATE company.task_queue SET id = DEFAULT", WRITE, "TRUNCATE company.task_queue CASCADE")
ROLES = "SELECT role FROM company.roster WHERE role <> 'migrate' ORDER BY role"
WITHOUT_TASK = "events_without_task"


@pytest.mark.parametrize("status", ["pending", "in_progress", "blocked"])
def test_a_task_with_a_trail_is_deleted_by_nobody(brain: TestBrain, status: str) -> None:
    task, session = held_task(brain)
    if status != "in_progress":
        close_task(brain, "data_worker", task, session, status, blocked_on="owner", blocked_action="say which")

    for login in (brain.migrator, brain.admin):
        with refused(STAYS):
            run_sql(login, DELETE)


def test_a_task_keeps_its_number_for_the_owner_of_the_table(brain: TestBrain) -> None:
    file_task(brain)

    for login in (brain.migrator, brain.admin):
        with refused(NUMBER):
            run_sql(login, "UPDATE company.task_queue SET id = DEFAULT")
        with refused("history_is_never_emptied"):
            run_sql(login, "TRUNCATE company.task_queue, company.task_events CASCADE")


def test_a_line_of_the_trail_is_written_by_hand_by_nobody(brain: TestBrain) -> None:
    file_task(brain)
    owner = str(run_sql(brain.migrator, "SELECT current_user AS name")[0]["name"])

    for login in (brain.migrator, brain.admin):
        with refused(BY_HAND):
            run_sql(login, WRITE)
    run_sql(brain.admin, f'SET ROLE "{owner}"')
    with refused(BY_HAND):
        run_sql(brain.admin, WRITE)
    run_sql(brain.admin, "RESET ROLE")
    with pytest.raises(Exception, match=BY_HAND), brain.migrator.cursor().copy(COPY.encode()) as copy:
        copy.write_row((10**6, "data_worker", "complete"))


def test_no_login_of_the_staff_can_take_a_task_from_its_trail(brain: TestBrain) -> None:
    task = file_task(brain)

    for role in (str(row["role"]) for row in brain.sql("owner", ROLES)):
        for attack in ATTACKS:
            with refused(NO_RIGHT):
                run_sql(brain.as_role(role).connection, attack)
        with refused(NO_RIGHT):
            run_sql(brain.as_role(role).connection, f"SELECT company.note_task_event({task + 1}, 1, 'a', 'b', 'c')")
    assert lost(brain) == 0


def test_a_login_that_took_its_groups_role_still_works_its_tasks(brain: TestBrain) -> None:
    file_task(brain)
    session = session_of(brain, "data_worker")
    run_sql(brain.as_role("data_worker").connection, f'SET ROLE "{brain.company.name}_workers"')

    assert claim(brain, "data_worker", session) is not None


def test_who_deletes_while_a_task_is_claimed_waits_and_is_refused(brain: TestBrain) -> None:
    task = made_by_hand(brain)
    session = session_of(brain, "data_worker")
    other = Brain(brain.as_login("migrate"), {"delete": DELETE.encode()})

    with ThreadPoolExecutor(1) as background:
        with unfinished(brain.as_role("data_worker")):
            assert claim(brain, "data_worker", session, lease_seconds=LEASE_SECONDS) == task
            deleting = background.submit(other.run, "delete")
            wait_until_blocked(brain, other, deleting)
        with refused(STAYS):
            deleting.result()


def test_who_claims_while_a_task_is_deleted_is_given_none(brain: TestBrain) -> None:
    made_by_hand(brain)
    session = session_of(brain, "data_worker")
    other = Brain(brain.as_login("migrate"), {"delete": DELETE.encode()})

    with unfinished(other):
        assert other.run("delete") == 1, "it has no trail yet"
        assert claim(brain, "data_worker", session) is None
    assert lost(brain) == 0


def test_what_past_all_rules_lost_its_task_is_counted(brain: TestBrain) -> None:
    file_task(brain)
    admin = brain.as_login("superuser")
    run_sql(admin, "SET session_replication_role = replica")
    run_sql(admin, DELETE)

    assert lost(brain) == 1


def made_by_hand(brain: TestBrain) -> int:
    """A task without a trail, as only the table's owner can make one."""
    made = "INSERT INTO company.task_queue (mode, title, created_by) VALUES ('data', 'look', 'ceo') RETURNING id"
    return int(run_sql(brain.migrator, made)[0]["id"])


def lost(brain: TestBrain) -> int:
    row = brain.as_role("flow_check").one(WITHOUT_TASK)
    return int(row["events"]) if row else 0
