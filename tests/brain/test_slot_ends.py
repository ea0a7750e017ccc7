"""How many slots of a moment ended how is what the slots say, whatever becomes of them; nobody writes it by hand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.brain.test_ledger import end_overdue, expect, note
from tests.support.acts import close_session, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

COUNTED = "SELECT due_at, status, late, slots::bigint FROM company.slots_by_moment ORDER BY 1, 2, 3"
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
