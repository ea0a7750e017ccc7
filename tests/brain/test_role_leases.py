"""A role works in one session at a time: only the role itself takes its lease, and no ghost keeps it."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import pytest

from company.brain import Brain
from company.errors import BrainError
from tests.support.acts import close_session, open_session, session_of
from tests.support.brains import TestBrain
from tests.support.races import unfinished
from tests.support.refusals import refused

ROLE = "data_worker"
NO_RIGHT = "one_writes_only_what_ones_login_may"
WRITES = [
    "INSERT INTO company.role_leases (role, session_id, backend_pid) VALUES ('data_worker', 1, 1)",
    "UPDATE company.role_leases SET backend_pid = pg_backend_pid()",
    "UPDATE company.sessions SET deadline_at = 'infinity'",
    "DELETE FROM company.role_leases",
    "SELECT FROM company.role_leases FOR UPDATE",
    "SELECT FROM company.role_leases FOR KEY SHARE",
    "DO 'BEGIN LOCK TABLE company.role_leases IN SHARE MODE; END'",
    "SELECT company.end_ghost(l) FROM company.role_leases l",
    "SELECT company.end_connection(l) FROM company.role_leases l",
    "SELECT company.is_at_work(l) FROM company.role_leases l",
    "SELECT company.end_role_lease()",
]


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """A second thread, for the step that must wait for a lock."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool


def begin(brain: TestBrain, name: str, *, role: str = ROLE, seconds: int = 75) -> tuple[Brain, int]:
    """A fire's connection and its open session, on a slot of its own; it has not booted."""
    connection = brain.connect(role)
    return connection, session_of(brain, role, schedule=f"wake-{role}-{name}", seconds=seconds, via=connection)


def boot(connection: Brain, session: int) -> int | None:
    """The session that holds this one up."""
    row = connection.one("boot", session_id=session, statement_timeout="2min")
    assert row is not None
    return None if row["held_up_by"] is None else int(row["held_up_by"])


def at_work(brain: TestBrain, name: str = "first", *, seconds: int = 75) -> tuple[Brain, int]:
    connection, session = begin(brain, name, seconds=seconds)
    assert boot(connection, session) is None
    return connection, session


def next_is_held_up_by(brain: TestBrain, name: str = "next") -> int | None:
    return boot(*begin(brain, name))


def end_of(brain: TestBrain, session: int) -> tuple[str | None, str | None]:
    [row] = brain.sql("owner", "SELECT outcome, reason FROM company.sessions WHERE id = %(id)s", id=session)
    return row["outcome"], row["reason"]


def leases(brain: TestBrain) -> list[tuple[str, int]]:
    rows = brain.sql("owner", "SELECT role, session_id FROM company.role_leases ORDER BY role")
    return [(row["role"], row["session_id"]) for row in rows]


def has_ended(connection: Brain) -> bool:
    """Whether the server closed this connection; the process behind it learns that at its next statement."""
    try:
        connection.value("company_now")
    except BrainError:
        return True
    return False


def test_a_second_fire_finds_the_first_at_work_and_says_which(brain: TestBrain) -> None:
    _, first = at_work(brain)

    connection, second = begin(brain, "second")

    assert boot(connection, second) == first
    held = brain.sql("owner", "SELECT id, held_up_by FROM company.sessions ORDER BY id")
    assert held == [{"id": first, "held_up_by": None}, {"id": second, "held_up_by": first}]
    assert leases(brain) == [(ROLE, first)]


@pytest.mark.parametrize("outcome", ["done", "skipped", "failed", "crashed"])
def test_any_end_of_a_session_ends_its_lease(brain: TestBrain, outcome: str) -> None:
    connection, session = at_work(brain)

    close_session(brain, ROLE, session, outcome, reason="as it went", via=connection)

    assert leases(brain) == []
    assert next_is_held_up_by(brain) is None


def test_an_undone_closing_keeps_the_lease(brain: TestBrain) -> None:
    connection, session = at_work(brain)

    with connection.dry_run():
        close_session(brain, ROLE, session, via=connection)

    assert next_is_held_up_by(brain) == session


def test_a_killed_process_leaves_no_lease(brain: TestBrain) -> None:
    connection, session = at_work(brain)
    brain.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.connection.info.backend_pid,))

    assert next_is_held_up_by(brain) is None
    assert end_of(brain, session) == ("crashed", "its connection ended before it closed")


def test_one_whose_time_is_over_holds_nobody_up_and_can_write_no_more(brain: TestBrain) -> None:
    ghost, session = at_work(brain)
    page = {"key": "MEMORY_DATA_WORKER", "content": "what a ghost remembers"}
    brain.wait(seconds=76)

    assert next_is_held_up_by(brain) is None

    assert end_of(brain, session) == ("timed_out", "ran past its deadline and never closed")
    [ended] = brain.sql("owner", "SELECT ended_pid FROM company.sessions WHERE id = %(id)s", id=session)
    assert ended == {"ended_pid": ghost.connection.info.backend_pid}
    with pytest.raises(BrainError):  # also what names no session
        ghost.run("write_brain", **page)
    with refused("a_fenced_session_writes_nothing"):
        close_session(brain, ROLE, session)


def test_one_within_its_time_holds_the_next_up_however_long_nothing_is_heard_of_it(brain: TestBrain) -> None:
    _, session = at_work(brain)
    brain.wait(seconds=74)

    assert next_is_held_up_by(brain) == session


def test_time_is_the_servers_in_a_live_brain(live_brain: TestBrain) -> None:
    _, over = at_work(live_brain, "over", seconds=0)
    _, session = at_work(live_brain, "well", seconds=600)

    assert end_of(live_brain, over)[0] == "timed_out"
    assert next_is_held_up_by(live_brain) == session


def test_heartbeat_ends_a_ghost_and_its_connection(brain: TestBrain) -> None:
    ghost, session = at_work(brain)
    brain.wait(seconds=76)

    [ended] = brain.as_role("heartbeat").all("end_overdue_sessions")

    assert (ended["session_id"], leases(brain), has_ended(ghost)) == (session, [], True)


def test_lambdas_retry_ends_the_connection_of_an_attempt_that_froze(brain: TestBrain) -> None:
    frozen, first = at_work(brain)
    retry = brain.connect(ROLE)

    second = session_of(brain, ROLE, schedule=f"wake-{ROLE}-first", via=retry)

    assert (boot(retry, second), end_of(brain, first)[0], has_ended(frozen)) == (None, "fenced", True)


def test_a_warm_container_is_not_held_up_by_what_it_left_behind(brain: TestBrain) -> None:
    connection, left_behind = at_work(brain)
    session = session_of(brain, ROLE, schedule=f"wake-{ROLE}-next", via=connection)

    assert boot(connection, session) is None
    assert (end_of(brain, left_behind)[0], leases(brain)) == ("crashed", [(ROLE, session)])


def test_a_session_that_boots_twice_keeps_its_lease(brain: TestBrain) -> None:
    connection, session = at_work(brain)

    assert (boot(connection, session), end_of(brain, session)[0]) == (None, None)


def test_of_two_boots_at_once_one_is_alone(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    first, session = begin(brain, "first")
    second, other = begin(brain, "second")

    with unfinished(first):
        assert boot(first, session) is None
        step = background.submit(boot, second, other)
        _wait_until_blocked(brain, second, step)

    assert step.result() == session


@pytest.mark.parametrize("ended_by", ["heartbeat", "the next boot"])
def test_one_that_froze_in_the_middle_of_its_closing_is_ended(brain: TestBrain, ended_by: str) -> None:
    frozen, session = at_work(brain)
    with pytest.raises(psycopg.Error), frozen.connection.transaction():
        close_session(brain, ROLE, session, via=frozen)
        brain.wait(seconds=76)
        if ended_by == "heartbeat":
            [ended] = brain.as_role("heartbeat").all("end_overdue_sessions")
            assert (ended["session_id"], ended["problem"]) == (session, None)
        assert next_is_held_up_by(brain) is None

    assert end_of(brain, session)[0] == "timed_out"


def test_no_lock_of_another_login_keeps_a_role_from_its_fires(brain: TestBrain) -> None:
    hostile = brain.as_role("scraping_worker")
    hostile.connection.execute("SELECT pg_advisory_lock(7741002, hashtext(role)) FROM company.roster")

    assert next_is_held_up_by(brain) is None


@pytest.mark.parametrize("role", ["scraping_worker", "data_manager", "data_auditor", "ceo", "owner", "heartbeat"])
def test_nobody_takes_anothers_lease(brain: TestBrain, role: str) -> None:
    _, session = at_work(brain)

    with refused("a_fenced_session_writes_nothing"):
        brain.sql(role, "SELECT company.take_role_lease(%(session)s)", session=session)
    close_session(brain, ROLE, session)
    assert next_is_held_up_by(brain) is None


@pytest.mark.parametrize("statement", WRITES)
def test_nobody_takes_lengthens_or_ends_a_lease_by_hand(brain: TestBrain, statement: str) -> None:
    connection, session = at_work(brain)

    for role in (ROLE, "scraping_worker", "ceo", "heartbeat"):
        with refused(NO_RIGHT):
            brain.sql(role, statement)
    assert (leases(brain), has_ended(connection)) == ([(ROLE, session)], False)


def test_a_session_that_ended_takes_no_lease(brain: TestBrain) -> None:
    connection, session = begin(brain, "first")
    close_session(brain, ROLE, session, via=connection)

    with refused("a_fenced_session_writes_nothing"):
        boot(connection, session)
    duplicate = open_session(brain, ROLE, schedule=f"wake-{ROLE}-first", request_id="request-2")
    with refused("a_fenced_session_writes_nothing"):
        boot(brain.as_role(ROLE), duplicate["session_id"])


def _wait_until_blocked(brain: TestBrain, login: Brain, step: Future[int | None]) -> None:
    """Returns once the other connection waits for a lock; fails if it finished instead."""
    blocked = "SELECT cardinality(pg_blocking_pids(%(pid)s)) > 0 AS yes"
    while not brain.sql("owner", blocked, pid=login.connection.info.backend_pid)[0]["yes"]:
        assert not step.done(), "this step should have waited"
