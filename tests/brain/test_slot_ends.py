"""How many slots of a moment ended how is what the slots say, whatever becomes of them; nobody writes it by hand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.brain.test_ledger import end_overdue, expect, note
from tests.support.acts import close_session, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.races import impatient, standing_open
from tests.support.refusals import NO_RIGHT, refused

COUNTED = "SELECT due_at, status, late, slots::bigint FROM company.slots_by_moment ORDER BY 1, 2, 3"
ROWS = "SELECT slots FROM company.slot_ends ORDER BY slots"
SLOTS = "SELECT due_at, status, late, count(*) AS slots FROM company.slots GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
ENDED = "SELECT status, sum(slots)::int AS slots FROM company.slot_ends GROUP BY 1 ORDER BY 1"


def test_the_ends_of_a_moment_are_those_of_its_slots(brain: TestBrain) -> None:
    moment = brain.now()
    close_session(brain, "check", session_of(brain, "check", due_at=moment))
    close_session(brain, "promote", session_of(brain, "promote", due_at=moment), "skipped", reason="nothing to do")
    session_of(brain, "ceo", due_at=moment)
    note(brain)
    expect(brain, moment, moment + timedelta(hours=1), moment + timedelta(hours=2))
    brain.wait(hours=1)

    assert end_overdue(brain) == ["missed"]
    close_session(brain, "data_worker", session_of(brain, "data_worker", due_at=moment))
    note(brain, expression="rate(2 hours)")
    expect(brain, moment + timedelta(hours=2))

    assert brain.sql("owner", COUNTED) == brain.sql("owner", SLOTS)
    assert [row["status"] for row in brain.sql("owner", ENDED)] == ["missed", "skipped", "succeeded"]


def test_slots_of_one_moment_that_end_at_once_are_all_counted(brain: TestBrain) -> None:
    roles = ("check", "promote", "link", "score", "flow_check", "heartbeat", "ceo", "data_worker")
    sessions = {role: session_of(brain, role, due_at=brain.now()) for role in roles}

    with ThreadPoolExecutor(len(roles)) as pool:
        list(pool.map(lambda role: close_session(brain, role, sessions[role]), roles))

    assert brain.sql("owner", ENDED) == [{"status": "succeeded", "slots": len(roles)}]
    assert brain.sql("owner", COUNTED) == brain.sql("owner", SLOTS)


def test_slots_of_one_moment_that_end_one_after_another_are_one_row(brain: TestBrain) -> None:
    for role in ("check", "promote", "link"):
        close_session(brain, role, session_of(brain, role, due_at=brain.now()))

    assert brain.sql("owner", ROWS) == [{"slots": 3}]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_role_that_keeps_an_end_open_holds_up_no_other_role(brain: TestBrain, is_first: bool) -> None:
    mine, moment = session_of(brain, "check", due_at=brain.now()), brain.now()
    if not is_first:
        close_session(brain, "link", session_of(brain, "link", due_at=moment))
    holder = standing_open(brain, "content_worker")
    theirs = session_of(brain, "content_worker", schedule="by-hand-content_worker", due_at=moment, via=holder)
    close_session(brain, "content_worker", theirs, via=holder)

    close_session(brain, "check", mine, via=impatient(brain, "check"))
    holder.connection.execute("COMMIT")

    assert brain.sql("owner", COUNTED) == brain.sql("owner", SLOTS)


def test_late_ends_that_come_at_once_wait_for_nobody_and_leave_none_that_was_not_late(brain: TestBrain) -> None:
    """Each takes one away from those that were not late: with two at once nobody took the last one."""
    roles, moment = ("check", "link"), brain.now()
    for role in roles:
        close_session(brain, role, session_of(brain, role, due_at=moment))
    late = "UPDATE company.slots SET late = true WHERE role = %(role)s"
    first, second = brain.migrator, brain.migrator
    second.execute("SET statement_timeout = '8s'")

    with first.transaction():
        run_sql(first, late, role=roles[0])
        run_sql(second, late, role=roles[1])

    assert brain.sql("owner", "SELECT count(*) AS n FROM company.slot_ends WHERE slots = 0") == [{"n": 0}]
    assert brain.sql("owner", COUNTED) == brain.sql("owner", SLOTS)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE company.slot_ends SET slots = 7",
        "DELETE FROM company.slot_ends",
        "INSERT INTO company.slot_ends (due_at, status, late, slots) VALUES (company.now(), 'missed', false, 1)",
    ],
)
def test_nobody_counts_ends_by_hand(brain: TestBrain, statement: str) -> None:
    close_session(brain, "check", session_of(brain, "check"))

    with refused("the_ends_of_a_moment_are_those_of_its_slots"):
        run_sql(brain.as_login("migrate"), statement)
    with refused(NO_RIGHT):
        brain.sql("check", statement)


def test_counted_ends_are_never_emptied(brain: TestBrain) -> None:
    with refused("history_is_never_emptied"):
        run_sql(brain.as_login("migrate"), "TRUNCATE company.slot_ends")
