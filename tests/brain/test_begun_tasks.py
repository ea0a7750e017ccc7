"""What was claimed with others and never begun is given back, by its holder or by heartbeat, and is no attempt."""

from tests.brain.test_batches_of_tasks import claim_many, close_many, complete
from tests.support.acts import LEASE_SECONDS, claim, close_session, file_task, session_of, task_row
from tests.support.brains import TestBrain
from tests.support.refusals import refused

WORKER = "data_worker"
OWN, NEVER_BEGUN = "one_closes_only_what_is_still_ones_own", "one_releases_only_what_one_never_began"
STEPS = "SELECT to_status, reason FROM company.task_events WHERE task_id = %(task)s ORDER BY id"


def begin(brain: TestBrain, task: int, session: int, role: str = WORKER) -> None:
    brain.as_role(role).run("begin_task", task_id=task, session_id=session)


def release(brain: TestBrain, session: int, *tasks: int, role: str = WORKER) -> int:
    return int(brain.as_role(role).value("release_tasks", session_id=session, tasks=list(tasks)))


def test_what_was_never_begun_is_given_back_without_an_attempt(brain: TestBrain) -> None:
    begun, *left = (file_task(brain) for _ in range(3))
    session = session_of(brain, WORKER)
    claim_many(brain, session)
    begin(brain, begun, session)

    assert release(brain, session, *left) == 2

    assert [(row["status"], row["attempts"], row["session_id"]) for row in (task_row(brain, n) for n in left)] == [
        ("pending", 0, None)
    ] * 2
    steps = [(row["to_status"], row["reason"]) for row in brain.sql("owner", STEPS, task=left[0])]
    assert steps == [("pending", None), ("in_progress", None), ("pending", "never begun")]
    assert close_many(brain, session, *complete([begun])) == {begun: "complete"}
    assert claim_many(brain, session) == left


def test_only_ones_own_that_was_never_begun_is_released_once(brain: TestBrain) -> None:
    begun, free = file_task(brain), file_task(brain)
    session, other = session_of(brain, WORKER), session_of(brain, "data_manager")
    claim_many(brain, session)
    begin(brain, begun, session)

    with refused(NEVER_BEGUN):
        release(brain, session, free, begun)
    assert task_row(brain, free)["status"] == "in_progress", "all or none"
    with refused(OWN):
        release(brain, other, free, role="data_manager")
    with refused(OWN):
        release(brain, session, free, free)
    release(brain, session, free)
    with refused(OWN):
        release(brain, session, free)


def test_who_claims_one_task_begins_it(brain: TestBrain) -> None:
    file_task(brain)
    session = session_of(brain, WORKER)
    task = claim(brain, WORKER, session)

    assert task is not None
    with refused(NEVER_BEGUN):
        release(brain, session, task)


def test_one_begins_only_what_one_holds(brain: TestBrain) -> None:
    task = file_task(brain)
    session = session_of(brain, WORKER)

    with refused(OWN):
        begin(brain, task, session)
    claim_many(brain, session)
    with refused(OWN):
        begin(brain, task, session_of(brain, "data_manager"), "data_manager")
    brain.wait(seconds=LEASE_SECONDS + 1)
    with refused(OWN):
        begin(brain, task, session)


def test_an_ended_session_releases_nothing(brain: TestBrain) -> None:
    task = file_task(brain)
    session = session_of(brain, WORKER)
    claim_many(brain, session)
    close_session(brain, WORKER, session)

    with refused("a_fenced_session_writes_nothing"):
        release(brain, session, task)


def test_a_task_that_ends_each_fire_uses_up_no_others_attempts(brain: TestBrain) -> None:
    bad, *others = (file_task(brain) for _ in range(4))
    for n in range(3):
        session = session_of(brain, WORKER, schedule=f"wake-data_worker-{n}")
        claim_many(brain, session)
        begin(brain, bad, session)
        close_session(brain, WORKER, session, "crashed", reason="killed")
        brain.wait(seconds=LEASE_SECONDS + 1)
        brain.as_role("heartbeat").all("return_expired_leases")

    assert task_row(brain, bad)["status"] == "failed"
    assert {(row["status"], row["attempts"]) for row in (task_row(brain, n) for n in others)} == {("pending", 0)}
